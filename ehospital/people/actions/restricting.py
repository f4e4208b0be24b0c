"""Keeping a record from most of those who would see it, and telling the system that staff are patients too."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.actions import caring
from ehospital.people.models import CareRelationship, Patient, Restriction, StaffAsPatient, StaffMember


class UnusableRestriction(ValueError):
    """What was asked cannot be done; the message says what to do first, and nothing was written."""


@transaction.atomic
def restrict_record(
    patient_id: UUID,
    *,
    level: str,
    kind: str,
    note: str = "",
    named: Collection[UUID] = (),
    by: access.Actor,
    at: datetime,
) -> UUID:
    """Restrict or seal a record from now on, and name the clinicians who go on seeing it.

    Args:
        level, kind: of `Restriction.Level` and `Restriction.Kind`.
        named: members of staff who care for the patient by name while the restriction lasts.
    Raises:
        NotPermitted: `by` may not restrict records, or there is no such patient.
        UnusableRestriction: unknown words; sealed and nobody named; `by` named themselves; restricted so already.
    """
    _required(patient_id, by)
    if level not in Restriction.Level.values or kind not in Restriction.Kind.values:
        raise UnusableRestriction("choose how far it goes, and why")
    if by.staff_id in named:
        raise UnusableRestriction("somebody else must name you: nobody lets themselves into a record")
    if level == Restriction.Level.SEALED and not (named or _by_name(patient_id, at)):
        raise UnusableRestriction("name a clinician first: a sealed record is open to nobody else")
    try:
        with transaction.atomic():
            made = Restriction.objects.create(
                patient_id=patient_id, level=level, kind=kind, note=note.strip(), during=DateTimeTZRange(at, None),
                made_by_id=by.staff_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise UnusableRestriction("the record is restricted for that reason already: end that first") from error
    for staff_id in sorted(named):
        caring.name_clinician(patient_id, staff_id, source=f"restriction:{made.id}", by=by, at=at)
    audit.record("record.restricted", by=by, at=at, patient_id=patient_id, details={"level": level})
    return made.id


@transaction.atomic
def lift_restriction(restriction_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """End a restriction and the care of those whom it named. Repeating changes nothing.

    Raises:
        NotPermitted: `by` may not restrict records, or there is no such restriction.
    """
    found = locks.rows(Restriction.objects.all(), [restriction_id])
    if not found:
        raise access.NotPermitted(f"{by.name} may not {access.Permission.RECORD_RESTRICT.value}")
    (kept,) = found
    _required(kept.patient_id, by)
    if at not in kept.during:
        return
    kept.during = DateTimeTZRange(kept.during.lower, at)
    kept.save(update_fields=["during"])
    caring.end_named(f"restriction:{restriction_id}", by=by, at=at)
    audit.record("record.restriction_ended", by=by, at=at, patient_id=kept.patient_id)


@transaction.atomic
def link_staff(*, staff_id: UUID, patient_id: UUID, by: access.Actor, at: datetime) -> None:
    """Say that a member of staff is this patient: the record is restricted from now on, without anything else to do.

    Raises:
        NotPermitted: `by` may not restrict records, or there is no such patient.
        UnusableRestriction: one of the two is linked already, or there is no such member of staff.
    """
    _required(patient_id, by)
    if not StaffMember.objects.filter(pk=staff_id).exists():
        raise UnusableRestriction("nobody of that name works here")
    try:
        with transaction.atomic():
            StaffAsPatient.objects.create(staff_id=staff_id, patient_id=patient_id)
    except IntegrityError as error:
        raise UnusableRestriction("this patient or this member of staff is linked already") from error
    audit.record("record.linked_with_staff", by=by, at=at, patient_id=patient_id)


@transaction.atomic
def unlink_staff(patient_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """Take back that a patient is a member of staff, and return whether it was said.

    Raises:
        NotPermitted: `by` may not restrict records, or there is no such patient.
    """
    _required(patient_id, by)
    gone, _ = StaffAsPatient.objects.filter(patient_id=patient_id).delete()
    if gone:
        audit.record("record.unlinked_from_staff", by=by, at=at, patient_id=patient_id)
    return bool(gone)


def _required(patient_id: UUID, by: access.Actor) -> None:
    """Lock the patient, so that two restrictions of one record come after each other; require the permission."""
    locks.rows(Patient.objects.all(), [patient_id])
    access.require(by, access.Permission.RECORD_RESTRICT, patient_id=patient_id)


def _by_name(patient_id: UUID, at: datetime) -> bool:
    care = CareRelationship.objects.filter(patient_id=patient_id, during__contains=at, staff__active=True)
    return care.exists()
