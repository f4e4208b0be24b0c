"""Saying that one has seen a notice. It goes on until somebody has acted, unless seeing it is all there is to do."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit, locks, outbox
from ehospital.messaging import events
from ehospital.messaging import locks as notice_locks
from ehospital.messaging.actions.settling import settle
from ehospital.messaging.models import Notice, ToldPerson
from ehospital.messaging.policies.urgency import RULES
from ehospital.people import access


@transaction.atomic
def see_notice(notice_id: UUID, *, by: access.Actor, at: datetime) -> Notice:
    """Note that `by` has seen a notice, and return it; again changes nothing until they are told again.

    One of a kind that seeing ends (`policies.urgency`) is settled by it.

    Raises:
        NotPermitted: it does not wait for `by`, or there is no such notice.
    """
    ends = _held(notice_id, by=by)
    key = ToldPerson.objects.filter(notice_id=notice_id, staff_id=by.staff_id, relieved_at=None)
    found = locks.rows(ToldPerson.objects.select_related("notice"), key.values_list("pk", flat=True))
    if by.staff_id is None or not found or not access.holds(by, access.Permission.NOTICES_READ):
        raise access.NotPermitted(f"{by.name} may not {access.Permission.NOTICES_READ.value}")
    (mine,) = found
    if mine.seen_at is None or mine.seen_at < mine.told_at:
        mine.seen_at = max(at, mine.told_at)
        mine.save(update_fields=["seen_at"])
        audit.record(
            "notice.seen", by=by, at=at, patient_id=mine.notice.patient_id, subject=f"notice:{notice_id}"
        )  # fmt: skip
        outbox.publish(events.NoticesChanged(staff_ids=(by.staff_id,), at=at))
    if ends is not None:
        settle(kind=Notice.Kind(ends.kind), subject=ends.subject, by=by, at=at)
    return mine.notice


def _held(notice_id: UUID, *, by: access.Actor) -> Notice | None:
    """Lock a notice that seeing it ends, in the order in which it is told; None for any other."""
    told = Notice.objects.filter(pk=notice_id, people__staff_id=by.staff_id, people__relieved_at=None)
    notice = told.first() if by.staff_id is not None else None
    if notice is None or not RULES[notice.kind].seen_ends:
        return None
    notice_locks.subject(notice.kind, notice.subject)
    return notice_locks.notice(notice_id)
