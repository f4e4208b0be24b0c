"""Medicines that the patient takes, prescribed elsewhere or bought."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.details import MedicineDetails
from ehospital.clinical.models import MedicineTaken
from ehospital.people import access


class NotTaken(RuntimeError):
    """The patient does not take it any more."""


@transaction.atomic
def record_medicine(patient_id: UUID, details: MedicineDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Write what the patient takes and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        ForeignEncounter: nothing is written.
    """
    return writing.write_line("medicines", patient_id, details, what="medicine.recorded", by=by, at=at)


@transaction.atomic
def stop_medicine(
    medicine_id: UUID, *, reason: str, stopped_at: datetime | None = None, by: access.Actor, at: datetime
) -> None:
    """State that the patient no longer takes it, from now on or since `stopped_at`.

    Raises:
        UnknownEntry: no such medicine that `by` may write to.
        NotTaken: it was stopped before; nothing is written.
        InTheFuture: nothing is written.
    """
    writing.not_after(stopped_at, at, "the end")
    medicine = writing.locked(MedicineTaken, medicine_id, by=by)
    if medicine.status not in ("active", "on-hold", "intended", "unknown", "draft"):
        raise NotTaken(f"the medicine is {medicine.get_status_display()}")
    medicine.status, medicine.ended_at = MedicineTaken.Status.STOPPED, stopped_at or at
    medicine.stop_reason = reason
    medicine.save(update_fields=["status", "ended_at", "stop_reason"])
    writing.noted(medicine, "medicine.stopped", by=by, at=at)
