"""What the worker does for the foundation, by the clock."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from procrastinate.contrib.django import app

from ehospital.foundation import file_states, quarantine, sealing

A_TURN = timedelta(seconds=10)
"""So long at a time: thousands of imported files are looked at over some minutes, and nothing else waits for them."""


@app.periodic(cron="* * * * * */15")
@app.task(queue="foundation", queueing_lock="look_into_files")
def look_into_files(timestamp: int) -> int:
    """Take up files that nobody knows; show what waits to the virus scanner, remove what is infected."""
    began, turns = datetime.now(UTC), 0
    file_states.adopt(at=began)
    while (at := datetime.now(UTC)) - began < A_TURN and quarantine.next_turn(at=at):
        turns += 1
    return turns


@app.periodic(cron="* * * * * */30")
@app.task(queue="foundation", queueing_lock="seal_audit", pass_context=False)
def seal_audit(timestamp: int) -> int:
    """Seal the audit trail; twice a minute, so that no event stays unsealed for a minute."""
    return sealing.seal(at=datetime.now(UTC))


@app.periodic(cron="41 3 * * *")
@app.task(queue="foundation", queueing_lock="clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Remove sessions and rate-limit counters that have run out: neither table may grow without bound."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session WHERE expire_date < now()")
        cursor.execute("DELETE FROM foundation_cache WHERE expires < now()")
