"""Finding what lost its job: a worker that died left it, or the queue was emptied. The tables say what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ehospital.messaging.actions import timers
from ehospital.messaging.actions.announcing import tell_due
from ehospital.messaging.actions.hearing import reconcile
from ehospital.messaging.models import Delivery, Notice
from ehospital.people import access

AT_ONCE = 500
GRACE = timedelta(seconds=20)
"""A message that is overdue by more than this has lost its job."""
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Swept:
    """What a sweep found: steps that were due, messages without a job, notices that ought to be or not to be."""

    steps: int
    messages: int
    notices: int


def sweep(*, by: access.Actor, at: datetime) -> Swept:
    """Tell every step that is due, and give overdue messages a job again; at most 500 of each at once.

    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.NOTICES_SEND)
    notices = reconcile(by=by, at=at)
    due = Notice.objects.filter(settled_at=None, next_at__lte=at).order_by("next_at", "pk")
    steps = sum(tell_due(key, by=by, at=at) for key in due.values_list("pk", flat=True)[:AT_ONCE])
    return Swept(steps, _send_again(at), notices)


@transaction.atomic
def _send_again(at: datetime) -> int:
    overdue = Delivery.objects.filter(
        state__in=(Delivery.State.QUEUED, Delivery.State.SENDING), next_at__lte=at - GRACE
    ).order_by("next_at", "pk")[:AT_ONCE]
    lost = list(overdue)
    timers.send(lost, at_once=True)
    return len(lost)


@transaction.atomic
def clear(*, by: access.Actor, at: datetime) -> int:
    """Remove the messages of notices that were settled more than 90 days ago; the audit trail keeps who was told.

    Raises:
        NotPermitted: `by` is not the machinery.
    """
    access.require(by, access.Permission.NOTICES_SEND)
    gone, _ = Delivery.objects.filter(notice__settled_at__lt=at - KEPT).delete()
    return gone
