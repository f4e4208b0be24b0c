"""Who answers for every answer that nobody has read (`algorithms.result_readers`), from who works where at a moment.

Everything is read at once, for all answers that wait: a handful of questions, however many there are. Nothing here
opens a chart; whoever is found is shown a line without its words, until they take it over.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ehospital.algorithms import result_readers
from ehospital.algorithms.result_readers import Asked, Person, Shown
from ehospital.clinical.models import Order
from ehospital.people import access
from ehospital.people.models import (
    BrokenGlass,
    CareRelationship,
    Consent,
    Restriction,
    StaffAsPatient,
    StaffMember,
    StaffRole,
    UnitMembership,
)

_READING = tuple(role for role in StaffRole.Role if access.Permission.RESULT_ACKNOWLEDGE in access.TABLE[role])


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that nobody has acknowledged: whose, of what kind, how it weighs, since when, and who is shown it."""

    report_id: UUID
    patient_id: UUID
    order_id: UUID
    recipient_id: UUID | None
    asker_id: UUID | None
    unit_id: UUID | None
    kind: str
    weight: str
    since: datetime
    shown: Shown = field(default=Shown(result_readers.Rung.NOBODY, frozenset()), compare=False)


def unread_answers(*, at: datetime) -> list[Unread]:
    """Return every unread answer of the hospital with its readers at that moment, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM public.clinical_unread_answers() ORDER BY since, report_id")
        facts = [Unread(*row) for row in cursor.fetchall()]
    if not facts:
        return []
    found = shown_to({one.report_id: (one.patient_id, _asked(one)) for one in facts}, at=at)
    return [_with(one, found[one.report_id]) for one in facts]


def unread_of(order_id: UUID, *, at: datetime) -> Unread | None:
    """Return the unread answer to one order, with its readers; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM public.clinical_unread_answers() WHERE order_id = %s", [order_id])
        row = cursor.fetchone()
    if row is None:
        return None
    one = Unread(*row)
    return _with(one, shown_to({one.report_id: (one.patient_id, _asked(one))}, at=at)[one.report_id])


def shown_without(order: Order, *, at: datetime) -> Shown:
    """Return who would be shown the answer to an order if whoever gets it were not there."""
    people = {key: one for key, one in _people(at).items() if key != order.recipient_id}
    asked = Asked(recipient=None, asker=order.recorded_by_id, unit=order.unit_id)
    return _shown(asked, people, _charts({order.patient_id}, people, at)[order.patient_id])


def shown_to(asked: Mapping[UUID, tuple[UUID, Asked]], *, at: datetime) -> dict[UUID, Shown]:
    """Return for each key who is shown an answer about that patient which was asked for so."""
    people = _people(at)
    charts = _charts({patient for patient, _ in asked.values()}, people, at)
    return {key: _shown(one, people, charts[patient]) for key, (patient, one) in asked.items()}


def _shown(asked: Asked, people: Mapping[UUID, Person], chart: "_Chart") -> Shown:
    return result_readers.readers(asked, people, opens=chart.opens, team=chart.team, kept_from=chart.kept_from)


def _asked(one: Unread) -> Asked:
    return Asked(recipient=one.recipient_id, asker=one.asker_id, unit=one.unit_id)


def _with(one: Unread, shown: Shown) -> Unread:
    return replace(one, shown=shown)


def _people(at: datetime) -> dict[UUID, Person]:
    """Return who works here at that moment: with a role that reads answers, and an account to sign in with."""
    roles, units = defaultdict(set), defaultdict(set)
    held = StaffRole.objects.filter(role__in=_READING, during__contains=at)
    for staff, role in held.values_list("staff_id", "role"):
        roles[staff].add(role)
    for staff, unit in UnitMembership.objects.filter(during__contains=at).values_list("staff_id", "unit_id"):
        units[staff].add(unit)
    before = UnitMembership.objects.filter(staff_id__in=list(roles), during__endswith__lte=at)
    worked = set(before.values_list("staff_id", flat=True))
    here = StaffMember.objects.filter(pk__in=list(roles), active=True, external=False, account__is_active=True)
    return {
        key: Person(
            reads=True,
            doctor=access.Role.DOCTOR in roles[key],
            units=frozenset(units[key]),
            unplaced=key in worked and not units[key],
        )
        for key in here.values_list("pk", flat=True)
    }


@dataclass(slots=True)
class _Chart:
    """Who opens one chart at a moment, who of them cares for the patient, and who is kept from it."""

    opens: set[UUID] = field(default_factory=set)
    team: set[UUID] = field(default_factory=set)
    kept_from: set[UUID] = field(default_factory=set)


def _charts(patients: Collection[UUID], people: Mapping[UUID, Person], at: datetime) -> dict[UUID, _Chart]:
    """Return of each chart who opens it: what `people.access` says of one person, of everybody at once.

    A test asks both about the same situations.
    """
    working = defaultdict(set)
    for staff, person in people.items():
        for unit in person.units:
            working[unit].add(staff)
    closed = _closed(patients, at)
    alone, by_unit, myself = _refused(patients, working, at)
    charts = {key: _Chart(kept_from=alone[key] | by_unit[key] | myself[key]) for key in patients}
    care = CareRelationship.objects.filter(patient_id__in=patients, during__contains=at)
    for patient, staff, unit, kind in care.values_list("patient_id", "staff_id", "unit_id", "kind"):
        if staff is not None:
            found = {staff} - alone[patient] - by_unit[patient]
        elif kind == CareRelationship.Kind.WARD:
            found = working[unit] - alone[patient]
        else:
            found = set() if patient in closed else working[unit] - alone[patient] - by_unit[patient]
        charts[patient].team |= found - myself[patient]
    agreed = Q(needs_second=False) | Q(second__isnull=False)
    glass = BrokenGlass.objects.filter(agreed, patient_id__in=patients, during__contains=at)
    for one in charts.values():
        one.opens |= one.team
        one.kept_from -= one.team  # where the patient lies, a refusal of the ward itself puts nobody out
    for patient, staff in glass.values_list("patient_id", "staff_id"):
        charts[patient].opens |= {staff} - myself[patient]
    return charts


def is_kept(patient_id: UUID, *, at: datetime) -> bool:
    """Return whether a record is kept from lists: restricted, or that of a member of staff."""
    return bool(_closed({patient_id}, at))


def _closed(patients: Collection[UUID], at: datetime) -> set[UUID]:
    """Return whose record is restricted or that of a member of staff: no list of a clinic opens it."""
    kept = Restriction.objects.filter(patient_id__in=patients, during__contains=at).values_list("patient_id", flat=True)
    staff = StaffAsPatient.objects.filter(patient_id__in=patients).values_list("patient_id", flat=True)
    return {*kept, *staff}


def _refused(
    patients: Collection[UUID], working: Mapping[UUID, Iterable[UUID]], at: datetime
) -> tuple[dict[UUID, set[UUID]], dict[UUID, set[UUID]], dict[UUID, set[UUID]]]:
    """Return whom each patient refused by name, whom with their unit, and who is the patient themselves."""
    alone: dict[UUID, set[UUID]] = defaultdict(set)
    by_unit: dict[UUID, set[UUID]] = defaultdict(set)
    myself: dict[UUID, set[UUID]] = defaultdict(set)
    refusals = Consent.objects.filter(
        patient_id__in=patients, decision=Consent.Decision.DENY, category="", scope=Consent.Scope.TREATMENT,
        during__contains=at,
    )  # fmt: skip
    for patient, staff, unit in refusals.values_list("patient_id", "staff_id", "unit_id"):
        if staff is not None:
            alone[patient].add(staff)
        if unit is not None:
            by_unit[patient] |= set(working.get(unit, ()))
    own = StaffAsPatient.objects.filter(patient_id__in=patients).values_list("patient_id", "staff_id")
    for patient, staff in own:
        myself[patient].add(staff)
    return alone, by_unit, myself
