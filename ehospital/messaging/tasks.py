"""What the worker does for messages: tells steps, sends messages, hears what people tell, and sweeps up."""

from datetime import UTC, datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ehospital.messaging import actions
from ehospital.people import access

_AGAIN = RetryStrategy(max_attempts=60, wait=5)


def _now() -> tuple[access.Actor, datetime]:
    at = datetime.now(UTC)
    return access.system("notices", at=at), at


@app.task(queue="messaging", retry=_AGAIN)
def tell_due(notice_id: str) -> int:
    """Tell the steps of a notice that are due."""
    by, at = _now()
    return actions.tell_due(UUID(notice_id), by=by, at=at)


@app.task(queue="messaging", retry=_AGAIN)
def send(delivery_id: str) -> bool:
    """Send one message."""
    by, at = _now()
    return actions.deliver(UUID(delivery_id), by=by, at=at)


@app.periodic(cron="* * * * * */15")
@app.task(queue="messaging", queueing_lock="sweep_notices")
def sweep(timestamp: int) -> int:
    """Find what lost its job."""
    by, at = _now()
    found = actions.sweep(by=by, at=at)
    return found.steps + found.messages + found.notices


@app.periodic(cron="29 2 * * *")
@app.task(queue="messaging", queueing_lock="clear_notices")
def clear(timestamp: int) -> int:
    """Remove the messages of notices that were settled long ago."""
    by, at = _now()
    return actions.clear(by=by, at=at)


@app.task(queue="messaging", retry=_AGAIN)
def glass_was_broken(glass_id: str, **_: object) -> None:
    """Hear that a chart was opened outside of care."""
    by, at = _now()
    actions.glass_was_broken(UUID(glass_id), by=by, at=at)


@app.task(queue="messaging", retry=_AGAIN)
def glass_was_reviewed(glass_id: str, **_: object) -> None:
    """Hear that an opening was reviewed."""
    _by, at = _now()
    actions.glass_was_reviewed(UUID(glass_id), at=at)


@app.task(queue="messaging", retry=_AGAIN)
def look_was_questioned(question_id: str, **_: object) -> None:
    """Hear that a patient asks why somebody looked."""
    by, at = _now()
    actions.look_was_questioned(UUID(question_id), by=by, at=at)


@app.task(queue="messaging", retry=_AGAIN)
def look_was_answered(question_id: str, **_: object) -> None:
    """Hear that a question was answered."""
    _by, at = _now()
    actions.look_was_answered(UUID(question_id), at=at)
