"""Somebody has acted on what a notice is about: its timers stop."""

from datetime import datetime

from django.db import transaction

from ehospital.foundation import audit, outbox
from ehospital.messaging import events, locks
from ehospital.messaging.models import Delivery, Notice, ToldPerson
from ehospital.people import access


@transaction.atomic
def settle(*, kind: Notice.Kind, subject: str, by: access.Actor, at: datetime) -> bool:
    """End the open notice of that kind and subject, and return whether there was one.

    A part of the caller's act, which has asked for the permission. Messages that have not left stay; everybody's screen
    shows who acted.
    """
    locks.subject(kind, subject)
    running = Notice.objects.filter(kind=kind, subject=subject, settled_at=None).values_list("pk", flat=True).first()
    notice = locks.notice(running) if running is not None else None
    if notice is None or notice.settled_at is not None:
        return False
    notice.settled_at, notice.settled_by, notice.next_at = at, by.name[:200] or by.id, None
    notice.save(update_fields=["settled_at", "settled_by", "next_at"])
    waiting = Delivery.objects.filter(notice=notice, state=Delivery.State.QUEUED)
    waiting.update(state=Delivery.State.LEFT_OUT, why=Delivery.Why.SETTLED, next_at=None)
    audit.record("notice.settled", by=by, at=at, patient_id=notice.patient_id, subject=f"notice:{notice.id}")
    told = ToldPerson.objects.filter(notice=notice).order_by("staff_id").values_list("staff_id", flat=True)
    outbox.publish(events.NoticesChanged(staff_ids=tuple(told), at=at))
    return True
