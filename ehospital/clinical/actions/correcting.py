"""Taking back what should never have been written; it stays, and says so."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.actions.columns import TABLES
from ehospital.clinical.models import Observation
from ehospital.people import access


class RetractedBefore(RuntimeError):
    """The line was marked as entered in error before; nothing was written."""


@transaction.atomic
def retract(kind: str, entry_id: UUID, *, reason: str, by: access.Actor, at: datetime) -> None:
    """Mark a line as entered in error; no list shows it any more, the audit trail says who and why.

    Args:
        kind: a key of `columns.TABLES`: encounters, problems, allergies, observations, …
        reason: in words, for whoever asks later.
    Raises:
        UnknownEntry: no such line that `by` may write to.
        RetractedBefore: nothing is written.
    """
    model = TABLES[kind][0]
    line = writing.locked(model, entry_id, by=by)
    names = {field.name for field in model._meta.concrete_fields}
    field = next(name for name in ("verification", "entered_in_error", "status") if name in names)
    mark: object = True if field == "entered_in_error" else "entered-in-error"
    if getattr(line, field) == mark:
        raise RetractedBefore("it was taken back before")
    setattr(line, field, mark)
    line.save(update_fields=[field])
    if isinstance(line, Observation):
        Observation.objects.filter(panel_id=line.pk, patient_id=line.patient_id).update(status=mark)
    writing.noted(line, f"{model._meta.model_name}.retracted", by=by, at=at, details={"reason": reason})
