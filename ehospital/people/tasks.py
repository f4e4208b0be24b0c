"""What the worker does for people: looks for records that may be of one person."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from ehospital.people import access, actions

ROUNDS = 25
"""So many rounds at a time; an import of thousands is compared over some minutes, and nothing else waits for it."""


@app.periodic(cron="* * * * * */20")
@app.task(queue="people", queueing_lock="find_duplicates")
def find_duplicates(timestamp: int) -> int:
    """Compare the patients whose details changed with everybody else."""
    at = datetime.now(UTC)
    by = access.system("duplicates", at=at)
    done = 0
    for _ in range(ROUNDS):
        compared = actions.find_duplicates(by=by, at=at)
        done += compared
        if not compared:
            break
    return done
