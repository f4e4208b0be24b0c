"""Whom a step tells, and what is needed to reach them; read by the machinery alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from ehospital.messaging.details import Step
from ehospital.messaging.models import ToldPerson, Wishes
from ehospital.people.models import Account, StaffMember, StaffRole, UnitMembership


@dataclass(frozen=True)
class Recipient:
    """A member of staff as the channels know them.

    Attributes:
        language: of the account, empty for the hospital's.
        mobile: E.164, or empty.
        browsers: how many browsers they have chosen for push messages.
        on_screen: whether they have an account to sign in with.
    """

    staff_id: UUID
    language: str
    email: str
    mobile: str
    browsers: int
    on_screen: bool
    wishes: Wishes


def of_step(step: Step, *, at: datetime) -> list[Recipient]:
    """Return whom a step tells at that moment, by id: who left, or never works here, is told nothing."""
    named = Q(pk__in=list(step.staff_ids))
    if step.unit_ids or step.roles:
        meant = Q()
        if step.unit_ids:
            there = UnitMembership.objects.filter(unit_id__in=list(step.unit_ids), during__contains=at)
            meant &= Q(pk__in=there.values("staff_id"))
        if step.roles:
            held = StaffRole.objects.filter(role__in=list(step.roles), during__contains=at)
            meant &= Q(pk__in=held.values("staff_id"))
        named |= meant
    chosen = StaffMember.objects.filter(named, active=True, external=False).exclude(pk__in=list(step.but_not))
    return _recipients(chosen)


def of(staff_ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Return these members of staff as the channels know them now."""
    return {one.staff_id: one for one in _recipients(StaffMember.objects.filter(pk__in=list(staff_ids)))}


def relieved(notice_id: UUID) -> set[UUID]:
    """Return from whom somebody else has taken a notice over: that they were reached does not count."""
    found = ToldPerson.objects.filter(notice_id=notice_id, relieved_at__isnull=False)
    return set(found.values_list("staff_id", flat=True))


def _recipients(chosen: "QuerySet[StaffMember]") -> list[Recipient]:
    rows = chosen.select_related("account", "wishes").annotate(browsers=Count("push_subscriptions")).order_by("pk")
    return [_recipient(row) for row in rows]


def _recipient(row: StaffMember) -> Recipient:
    account: Account | None = getattr(row, "account", None)
    wishes: Wishes = getattr(row, "wishes", None) or Wishes(staff=row)
    return Recipient(
        staff_id=row.pk,
        language=account.language if account else "",
        email=(account.email if account else "") or row.email,
        mobile=wishes.mobile,
        browsers=getattr(row, "browsers", 0),
        on_screen=account is not None and account.is_active,
        wishes=wishes,
    )
