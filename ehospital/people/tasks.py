"""What the worker does for people: messages, infected photos, and records that may be of one person."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ehospital.people import access, actions
from ehospital.people.actions import telling
from ehospital.people.queries.register_candidates import Inside

ROUNDS = 25
"""So many rounds at a time; an import of thousands is compared over some minutes, and nothing else waits for it."""

STRETCH = timedelta(seconds=30)
"""So long a job works on a register at a time."""

_AGAIN = RetryStrategy(max_attempts=60, wait=5)


@app.periodic(cron="* * * * *")
@app.task(queue="people", queueing_lock="find_looks")
def find_looks(timestamp: int) -> int:
    """Prepare messages to patients whose record was opened."""
    now = datetime.now(UTC)
    return telling.find_looks(by=access.system("privacy messages", at=now), at=now)


@app.task(queue="people", retry=_AGAIN)
def tell_of_look(message_id: str) -> bool:
    """Write to a patient that the record was opened."""
    return telling.send_of_look(UUID(message_id), at=datetime.now(UTC))


@app.task(queue="people", retry=_AGAIN)
def file_was_infected(key: str, found: str) -> int:
    """Hear that something was found in a file."""
    at = datetime.now(UTC)
    return actions.end_infected(key, found, by=access.system("virus scanner", at=at), at=at)


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


@app.task(queue="people", retry=_AGAIN)
def work_on_register(register_id: str) -> int:
    """Go on with a register for a while; another job goes on after it, so that a worker that is to stop soon can."""
    key, inside, done, began = UUID(register_id), Inside(), 0, datetime.now(UTC)
    while actions.registers.work_on(key, inside, at=(now := datetime.now(UTC))):
        done += 1
        if now - began > STRETCH:
            actions.registers.work_soon(key)
            break
    return done


@app.periodic(cron="* * * * *")
@app.task(queue="people", queueing_lock="resume_registers")
def resume_registers(timestamp: int) -> int:
    """Go on with registers whose work has shown no sign of life for a minute: whoever did it was killed."""
    now = datetime.now(UTC)
    return actions.registers.resume(at=now)
