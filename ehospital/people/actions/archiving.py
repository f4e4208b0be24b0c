"""Taking a record that should not have been made out of sight, and bringing it back. Nothing is deleted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit, locks, reasons
from ehospital.people import access
from ehospital.people.actions.registering import PatientChanged
from ehospital.people.models import Patient


@transaction.atomic
def archive_patient(patient_id: UUID, *, reason: str, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Take a record out of search and lists; it is still found by its number, and opens with the reason.

    `journeys.archiving` is how a person does it: nobody who lies in a bed is archived.

    Raises:
        NotPermitted: `by` may not merge (and so archive) records.
        ReasonMissing: no reason was given.
        PatientChanged: the version is no longer the one seen, or it is archived already; nothing is written.
    """
    why = reasons.given(reason, most=300)
    patient = _held(patient_id, seen_version, active=True, by=by)
    patient.active, patient.archived_reason = False, why
    _keep(patient, "patient.archived", by=by, at=at)


@transaction.atomic
def restore_patient(patient_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Bring an archived record back.

    Raises:
        NotPermitted: `by` may not merge (and so archive) records.
        PatientChanged: the version is no longer the one seen, or it is not archived; nothing is written.
    """
    patient = _held(patient_id, seen_version, active=False, by=by)
    patient.active, patient.archived_reason = True, ""
    _keep(patient, "patient.restored", by=by, at=at)


def _held(patient_id: UUID, seen_version: int, *, active: bool, by: access.Actor) -> Patient:
    access.require(by, access.Permission.PATIENT_MERGE, patient_id=patient_id)
    (patient,) = locks.rows(Patient.objects.all(), [patient_id])
    if patient.version != seen_version or patient.active is not active or patient.merged_into_id:
        raise PatientChanged(f"version {seen_version} was seen, but the record is at {patient.version} by now")
    return patient


def _keep(patient: Patient, action: str, *, by: access.Actor, at: datetime) -> None:
    patient.version, patient.changed_at = patient.version + 1, at
    patient.save(update_fields=["active", "archived_reason", "version", "changed_at"])
    audit.record(action, by=by, at=at, patient_id=patient.id)
