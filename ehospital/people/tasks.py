"""What the worker does for people: messages that a change left behind."""

from datetime import UTC, datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ehospital.people import access
from ehospital.people.actions import telling

_AGAIN = RetryStrategy(max_attempts=60, wait=5)


@app.task(queue="people", retry=_AGAIN)
def tell_of_glass(glass_id: str) -> int:
    """Write to the privacy officers that a chart was opened outside of care."""
    now = datetime.now(UTC)
    return telling.send_of_glass(UUID(glass_id), by=access.system("privacy messages", at=now), at=now)
