"""Nobody's results: answers whose recipient cannot read them, of patients who are in nobody's care here any more.

Whoever is shown one reads who waits, since when and how it weighs, and not a word of the record: that opens to whoever
takes it over. Of a record that is restricted, or a colleague's, not even who waits: that is shown to whoever has opened
it with a reason, and so the answer is never with nobody.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Max

from ehospital.algorithms import result_readers, waiting_tone
from ehospital.algorithms.result_readers import Away, Rung
from ehospital.algorithms.waiting_tone import Tone
from ehospital.clinical.queries import duty
from ehospital.clinical.queries.duty import Unread
from ehospital.foundation import audit
from ehospital.foundation.days import hospital_day
from ehospital.people import access
from ehospital.people.models import Patient, StaffMember, StaffRole, Unit, UnitMembership

MOST: Final = 100
ENDED: Final = (Away.LEFT, Away.NO_UNIT)
"""What has a day on which it began."""


@dataclass(frozen=True, slots=True)
class NobodysResult:
    """An answer that is shown to the viewer: whose, for whom it was, why they do not read it, and since when.

    `patient` is None when the record opens with a reason only: nothing says then whose it is. What is the viewer's own
    (`mine`), and of a chart that closed to them, opens with a reason too: there is nobody to take it from. `left` is
    the day on which that person left, `tone` how urgent its age makes it; `handed` says that they did not ask for it,
    but had it from somebody.
    """

    waits: Unread
    patient: Patient | None
    of: StaffMember | None
    unit: Unit | None
    left: date | None
    handed: bool
    mine: bool
    tone: Tone


def nobodys_results(
    *, viewer: access.Actor, at: datetime, others: Collection[Unread] | None = None
) -> tuple[list[NobodysResult], int]:
    """Return what the viewer may take over, critical first, then the oldest, 100 at most; and how many there are.

    Args:
        others: what `answers_for_others` returned for the same page; it is asked for anew without.
    """
    if not access.holds(viewer, access.Permission.RESULT_TAKE):
        return [], 0
    every = [one for one in (duty.unread_answers(at=at) if others is None else others) if is_for(one, viewer)]
    every.sort(key=lambda one: one.weight != "critical")  # stable: the critical ones first, each the oldest first
    found = every[:MOST]
    named = access.visible_patients(viewer, access.Permission.RESULT_TAKE, with_charts=False)
    patients = named.in_bulk({one.patient_id for one in found})
    staff = StaffMember.objects.in_bulk({one.recipient_id for one in found if one.recipient_id})
    units = Unit.objects.in_bulk({one.unit_id for one in found if one.unit_id})
    left = left_on(staff, at=at)
    audit.record_listed("nobodys_results.listed", [one.patient_id for one in found], by=viewer, at=at)
    return [
        NobodysResult(
            waits=one,
            patient=patients.get(one.patient_id),
            of=staff.get(one.recipient_id) if one.recipient_id else None,
            unit=units.get(one.unit_id) if one.unit_id else None,
            left=left.get(one.recipient_id) if one.shown.away in ENDED else None,
            handed=one.recipient_id != one.asker_id,
            mine=one.recipient_id == viewer.staff_id,
            tone=waiting_tone.tone(at - one.since, critical=one.weight == "critical"),
        )
        for one in found
    ], len(every)


def behind_a_reason(order_id: UUID, *, viewer: access.Actor, at: datetime) -> UUID:
    """Return whose record has to be opened with a reason before the viewer takes the answer to an order over.

    Raises:
        NotPermitted: no such answer is shown to the viewer.
    """
    waits = duty.unread_of(order_id, at=at) if access.holds(viewer, access.Permission.RESULT_TAKE) else None
    if waits is None or not is_for(waits, viewer):
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.RESULT_TAKE.value}")
    return waits.patient_id


def is_for(one: Unread, viewer: access.Actor) -> bool:
    """Return whether an unread answer is one that the viewer takes over before reading it; what they keep is theirs."""
    if one.recipient_id == viewer.staff_id and one.shown.away in result_readers.NOT_ALONE:
        return False
    return one.shown.rung in (Rung.UNIT, Rung.ANYBODY) and viewer.staff_id in one.shown.readers


def left_on(staff_ids: Iterable[UUID | None], *, at: datetime) -> dict[UUID | None, date]:
    """Return on which day the last role or the last work in a unit of each ended, of those for whom either did."""
    keys = [one for one in staff_ids if one is not None]
    found: dict[UUID | None, date] = {}
    for model in (UnitMembership, StaffRole):
        ended = model.objects.filter(staff_id__in=keys).exclude(staff_id__in=_going_on(model, keys, at))
        last = ended.filter(during__endswith__lte=at).values("staff_id").annotate(last=Max("during__endswith"))
        found |= {staff: hospital_day(moment) for staff, moment in last.values_list("staff_id", "last") if moment}
    return found


def _going_on(model: type[StaffRole] | type[UnitMembership], keys: list[UUID], at: datetime) -> list[UUID]:
    return list(model.objects.filter(staff_id__in=keys, during__contains=at).values_list("staff_id", flat=True))
