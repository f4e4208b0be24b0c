"""That a patient has died: told to every domain, so that what was to come for them stops; and taken back."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit, locks, outbox
from ehospital.foundation.days import hospital_day
from ehospital.people import access, events
from ehospital.people.models import Patient

_CLOCKS_MAY_DIFFER_BY: Final = timedelta(minutes=5)


class DeathRefused(ValueError):
    """It cannot be so; `why` is future or before-birth. Nothing was written."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the death was not recorded: {why}")
        self.why = why


@transaction.atomic
def record_death(patient_id: UUID, died_at: datetime, *, by: access.Actor, at: datetime) -> None:
    """Write down when a patient died, and tell everybody. Another time corrects the one before.

    Raises:
        NotPermitted: `by` certifies no deaths, or not of this patient.
        DeathRefused: nothing is written.
    """
    access.require(by, access.Permission.DEATH_CERTIFY, patient_id=patient_id)
    (patient,) = locks.rows(Patient.objects.all(), [patient_id])
    if died_at > at + _CLOCKS_MAY_DIFFER_BY:
        raise DeathRefused("future")
    if patient.birth_on is not None and hospital_day(died_at) < patient.birth_on:
        raise DeathRefused("before-birth")
    if patient.deceased and patient.deceased_at == died_at:
        return
    _set(patient, died_at)
    audit.record("patient.died", by=by, at=at, patient_id=patient_id)
    outbox.publish(events.PatientDied(patient_id=patient_id, died_at=died_at, at=at))


@transaction.atomic
def take_back_death(patient_id: UUID, died_at: datetime, *, by: access.Actor, at: datetime) -> None:
    """Take back that a patient died at that time; what somebody has corrected since stays.

    Raises:
        NotPermitted: `by` certifies no deaths, or not of this patient.
    """
    access.require(by, access.Permission.DEATH_CERTIFY, patient_id=patient_id)
    (patient,) = locks.rows(Patient.objects.all(), [patient_id])
    if not patient.deceased or patient.deceased_at != died_at:
        return
    _set(patient, None)
    audit.record("patient.death_taken_back", by=by, at=at, patient_id=patient_id)
    outbox.publish(events.DeathWasTakenBack(patient_id=patient_id, at=at))


def _set(patient: Patient, died_at: datetime | None) -> None:
    patient.deceased, patient.deceased_at = died_at is not None, died_at
    patient.version += 1
    patient.save(update_fields=["deceased", "deceased_at", "version"])
