"""A job stands or falls with the transaction of its change, inside the worker too."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from ehospital.foundation import jobs

NAME = "ehospital.people.tasks.tell_of_look"


class Undone(Exception):
    """The change did not come to pass."""


def deferred_and_undone() -> None:
    with pytest.raises(Undone), transaction.atomic():
        jobs.defer(NAME, {"message_id": "1"}, lock="look:1")
        raise Undone


@pytest.mark.django_db(transaction=True)
def test_an_undone_change_leaves_no_job_behind_in_the_worker_either() -> None:
    deferred_and_undone()
    # What the worker does while it runs jobs: the library then has connections of its own.
    own = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    library = own.get_sync_connector()
    library.open()
    try:
        with app.replace_connector(own):
            deferred_and_undone()
    finally:
        library.close()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_a_job_goes_to_the_queue_of_its_task_with_its_lock() -> None:
    jobs.defer(NAME, {"message_id": "1"}, lock="look:1")
    (job,) = ProcrastinateJob.objects.all()
    assert (job.task_name, job.queue_name, job.lock, job.args) == (NAME, "people", "look:1", {"message_id": "1"})


@pytest.mark.django_db
def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(KeyError):
        jobs.defer("ehospital.people.tasks.nothing", {})
    assert not ProcrastinateJob.objects.exists()
