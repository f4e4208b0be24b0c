"""Stating who cares for whom, and who works where."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.models import CareRelationship, UnitMembership


@transaction.atomic
def join_unit(*, staff_id: UUID, unit_id: UUID, by: access.Actor, at: datetime) -> None:
    """Let a member of staff work in a unit from now on, until further notice."""
    access.require(by, access.Permission.ACCOUNT_MANAGE)
    UnitMembership.objects.create(staff_id=staff_id, unit_id=unit_id, during=DateTimeTZRange(at, None))
    audit.record("membership.created", by=by, at=at, subject=f"staff:{staff_id}", details={"unit": str(unit_id)})


@transaction.atomic
def begin_care(
    *,
    patient_id: UUID,
    kind: CareRelationship.Kind,
    source: str,
    by: access.Actor,
    at: datetime,
    staff_id: UUID | None = None,
    unit_id: UUID | None = None,
    until: datetime | None = None,
) -> UUID:
    """State that a member of staff or a unit cares for the patient from now on, and return the relationship's id.

    Upper floors call this; it gives access to the chart, so it is audited as such.

    Args:
        source: what made the relationship, `occupancy:<id>`; `end_care` ends by it.
    Raises:
        NotPermitted: `by` may not place this patient; nothing is written.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    return _begin(
        patient_id, kind, source, DateTimeTZRange(at, until), by=by, at=at, staff_id=staff_id, unit_id=unit_id
    )


def _begin(
    patient_id: UUID,
    kind: CareRelationship.Kind,
    source: str,
    during: DateTimeTZRange,
    *,
    by: access.Actor,
    at: datetime,
    staff_id: UUID | None = None,
    unit_id: UUID | None = None,
) -> UUID:
    made = CareRelationship.objects.create(
        patient_id=patient_id, staff_id=staff_id, unit_id=unit_id, kind=kind, source=source, during=during
    )
    audit.record("care.created", by=by, at=at, patient_id=patient_id, subject=source, details={"kind": kind})
    return made.id


def name_clinician(patient_id: UUID, staff_id: UUID, *, source: str, by: access.Actor, at: datetime) -> None:
    """State that a clinician cares for the patient by name, for an action that has permitted it already."""
    during = DateTimeTZRange(at, None)
    _begin(patient_id, CareRelationship.Kind.NAMED, source, during, by=by, at=at, staff_id=staff_id)


def let_unit_in(
    patient_id: UUID, unit_id: UUID, kind: CareRelationship.Kind, *, source: str, by: access.Actor, at: datetime
) -> None:
    """State that a unit cares for the patient, for an action that has permitted it already."""
    _begin(patient_id, kind, source, DateTimeTZRange(at, None), by=by, at=at, unit_id=unit_id)


def end_named(source: str, *, staff_id: UUID | None = None, by: access.Actor, at: datetime) -> None:
    """End what `name_clinician` or `let_unit_in` stated, for an action that has permitted it already.

    Args:
        staff_id: of this clinician alone: two may have been named from one source, one after the other.
    """
    running = CareRelationship.objects.filter(source=source, during__contains=at)
    if staff_id is not None:
        running = running.filter(staff_id=staff_id)
    for care in locks.rows(CareRelationship.objects.all(), running.values_list("pk", flat=True)):
        care.during = DateTimeTZRange(care.during.lower, at)
        care.save(update_fields=["during"])
        audit.record("care.ended", by=by, at=at, patient_id=care.patient_id, subject=source)


@transaction.atomic
def receive(*, patient_id: UUID, unit_id: UUID, source: str, by: access.Actor, at: datetime) -> None:
    """Put a patient whose record came from another system on a unit's list, unless that was done before.

    Who was taken off the list since stays off it: a later import from the same source puts nobody back.

    Raises:
        NotPermitted: `by` may not import.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    if not CareRelationship.objects.filter(patient_id=patient_id, unit_id=unit_id, source=source).exists():
        since = DateTimeTZRange(at, None)
        _begin(patient_id, CareRelationship.Kind.CLINIC, source, since, by=by, at=at, unit_id=unit_id)


@transaction.atomic
def end_care(*, source: str, by: access.Actor, at: datetime) -> int:
    """End every running relationship of that source and return how many there were.

    Raises:
        NotPermitted: `by` may not place one of the patients; nothing is ended.
    """
    keys = CareRelationship.objects.filter(source=source, during__contains=at).values_list("pk", flat=True)
    running = locks.rows(CareRelationship.objects.all(), keys)
    for care in running:
        access.require(by, access.Permission.PATIENT_PLACE, patient_id=care.patient_id)
        care.during = DateTimeTZRange(care.during.lower, at)
        care.save(update_fields=["during"])
        audit.record("care.ended", by=by, at=at, patient_id=care.patient_id, subject=source)
    return len(running)
