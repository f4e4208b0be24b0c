"""A higher floor hears a lower one through a job in the same transaction: it needs no broker, and no import upward.

The lower floor publishes its event and knows nobody who hears it. For browsers and other processes the event goes on to
NATS; what must happen, whatever is down, is a job in the database that commits with the change.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ehospital.foundation import jobs

_JOBS: dict[type, list[str]] = defaultdict(list)


def hear(event: type, job: str) -> None:
    """Have `job` deferred with the fields of every such event; said once, when the apps are ready.

    Args:
        event: a frozen dataclass of a lower floor's `events`.
        job: the task by its name; it takes the event's fields by name, as JSON knows them.
    """
    if job not in _JOBS[event]:
        _JOBS[event].append(job)


def tell(event: type, payload: Mapping[str, Any]) -> None:
    """Defer the jobs that hear an event, in the caller's transaction."""
    for job in _JOBS.get(event, ()):
        jobs.defer(job, payload)
