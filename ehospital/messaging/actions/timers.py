"""Jobs that time wakes, deferred in the caller's transaction; one that is lost is found again by the sweep."""

from collections.abc import Iterable

from ehospital.foundation import jobs
from ehospital.messaging.models import Delivery, Notice

STEP_JOB = "ehospital.messaging.tasks.tell_due"
SEND_JOB = "ehospital.messaging.tasks.send"


def wake(notice: Notice) -> None:
    """Have a worker tell the next step when it is due."""
    jobs.defer(STEP_JOB, {"notice_id": str(notice.id)}, at=notice.next_at)


def send(deliveries: Iterable[Delivery], *, at_once: bool = False) -> None:
    """Have a worker send each of these messages when its time has come, or at once."""
    for one in deliveries:
        if one.next_at is not None:
            jobs.defer(SEND_JOB, {"delivery_id": str(one.id)}, at=None if at_once else one.next_at)
