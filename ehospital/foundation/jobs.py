"""Deferring jobs: always on Django's own connection, so that a job commits, or not, with the change that it belongs to.

Inside the worker the library's app holds connections of its own. A job deferred through those would be there before the
rows that it speaks of: it would run, find nothing, and be gone.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


def defer(name: str, arguments: Mapping[str, Any], *, at: datetime | None = None, lock: str | None = None) -> None:
    """Have a worker run a task when, and only if, the caller's transaction commits.

    Args:
        name: of the task, with its module.
        arguments: of the task, as JSON knows them.
        at: not before that moment.
        lock: of two jobs with the same, the second waits for the first.
    """
    app.perform_import_paths()
    job = configure_task(
        name=name, job_manager=_on_the_connection_of_django(), queue=app.tasks[name].queue, lock=lock, schedule_at=at
    )
    job.defer(**arguments)


@lru_cache(maxsize=1)
def _on_the_connection_of_django() -> JobManager:
    return JobManager(DjangoConnector())
