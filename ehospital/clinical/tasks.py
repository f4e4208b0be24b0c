"""What the worker does for charts: takes away documents in which the virus scanner found something."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ehospital.clinical import actions
from ehospital.people import access

_AGAIN = RetryStrategy(max_attempts=60, wait=5)


@app.task(queue="clinical", retry=_AGAIN)
def file_was_infected(key: str, found: str) -> int:
    """Hear that something was found in a file."""
    at = datetime.now(UTC)
    return actions.take_away_infected(key, found, by=access.system("virus scanner", at=at), at=at)
