"""What waits for somebody, and what was settled lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from ehospital.foundation import audit
from ehospital.messaging.models import Delivery, Notice, ToldPerson
from ehospital.messaging.policies.urgency import RULES, Urgency
from ehospital.people import access

SETTLED_SHOWN = timedelta(hours=24)
MOST = 200


@dataclass(frozen=True)
class PersonTold:
    """Somebody else who has the notice too."""

    name: str
    seen_at: datetime | None


@dataclass(frozen=True)
class NoticeView:
    """A notice as a screen shows it.

    Attributes:
        patient_name: empty when it is about nobody, or about somebody whose chart the viewer may not open.
        unread: whether the viewer has not seen it since they were told last.
        others: who has it too, by name.
        messages: how it came to the viewer, the newest first.
    """

    id: UUID
    kind: str
    words: str
    urgency: Urgency
    url: str
    patient_name: str
    announced_at: datetime
    told_at: datetime
    times: int
    seen_at: datetime | None
    unread: bool
    next_at: datetime | None
    unreached_at: datetime | None
    settled_at: datetime | None
    settled_by: str
    others: tuple[PersonTold, ...]
    messages: tuple[Delivery, ...]


def notices(*, viewer: access.Actor, at: datetime) -> list[NoticeView]:
    """Return what waits for the viewer, the most urgent and then the newest first; then what was settled in 24 hours.

    Audited for every patient whose name is shown.
    """
    if viewer.staff_id is None or not access.holds(viewer, access.Permission.NOTICES_READ):
        return []
    mine = ToldPerson.objects.filter(staff_id=viewer.staff_id, relieved_at=None).select_related("notice")
    lately = Q(notice__settled_at=None) | Q(notice__settled_at__gt=at - SETTLED_SHOWN)
    rows = list(mine.filter(lately).order_by("-notice__announced_at", "-notice_id")[:MOST])
    patients = [row.notice.patient_id for row in rows if row.notice.patient_id is not None]
    visible = access.visible_patients(viewer, access.Permission.CHART_READ).filter(pk__in=patients)
    names = {one.pk: one.name_text for one in visible} if patients else {}
    audit.record_listed("notices.read", list(names), by=viewer, at=at)
    others, messages = _others(rows, viewer), _messages(rows)
    found = [
        _view(row, names.get(row.notice.patient_id or row.pk, ""), others[row.notice_id], messages[row.notice_id])
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.settled_at is not None, one.urgency if not one.settled_at else 0))


def unread_count(*, viewer: access.Actor) -> int:
    """Return how many open notices the viewer has not seen since they were told of them last."""
    if viewer.staff_id is None or not access.holds(viewer, access.Permission.NOTICES_READ):
        return 0
    return _unread(
        ToldPerson.objects.filter(staff_id=viewer.staff_id, notice__settled_at=None, relieved_at=None)
    ).count()


def _unread(rows: "QuerySet[ToldPerson]") -> "QuerySet[ToldPerson]":
    return rows.filter(Q(seen_at=None) | Q(seen_at__lt=F("told_at")))


def _others(rows: list[ToldPerson], viewer: access.Actor) -> dict[UUID, tuple[PersonTold, ...]]:
    found: dict[UUID, tuple[PersonTold, ...]] = defaultdict(tuple)
    told = ToldPerson.objects.filter(notice_id__in=[row.notice_id for row in rows], relieved_at=None)
    told = told.exclude(staff_id=viewer.staff_id)
    for one in told.select_related("staff").order_by("staff__name_text", "staff_id"):
        found[one.notice_id] += (PersonTold(one.staff.name_text, one.seen_at),)
    return found


def _messages(rows: list[ToldPerson]) -> dict[UUID, tuple[Delivery, ...]]:
    found: dict[UUID, tuple[Delivery, ...]] = defaultdict(tuple)
    if rows:
        kept = Delivery.objects.filter(staff_id=rows[0].staff_id, notice_id__in=[row.notice_id for row in rows])
        for one in kept.order_by("-queued_at", "-id"):
            found[one.notice_id] += (one,)
    return found


def _view(
    row: ToldPerson, patient_name: str, others: tuple[PersonTold, ...], messages: tuple[Delivery, ...]
) -> NoticeView:
    notice = row.notice
    return NoticeView(
        id=notice.id,
        kind=notice.kind,
        words=str(Notice.Kind(notice.kind).label),
        urgency=RULES[notice.kind].urgency,
        url=notice.url,
        patient_name=patient_name,
        announced_at=notice.announced_at,
        told_at=row.told_at,
        times=row.times,
        seen_at=row.seen_at,
        unread=notice.settled_at is None and (row.seen_at is None or row.seen_at < row.told_at),
        next_at=notice.next_at,
        unreached_at=notice.unreached_at,
        settled_at=notice.settled_at,
        settled_by=notice.settled_by,
        others=others,
        messages=messages,
    )
