"""A chart as it was known at an earlier moment, and every change that made it what it is."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ehospital.clinical.queries import whole_record
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.clinical.queries.opening import look
from ehospital.foundation import history
from ehospital.people import access
from ehospital.people.models import Patient


def record_as_it_was(
    patient_id: UUID, moment: datetime, *, viewer: access.Actor, at: datetime, most: int
) -> whole_record.WholeRecord | None:
    """Return the whole record as the hospital knew it at that moment, None when the patient was not registered yet.

    What counts is when a fact was written into the record, not when it happened.

    Args:
        most: how many lines of each long list are wanted.
    Raises:
        NotPermitted: `viewer` may not open this chart today, or there is no such patient.
    """
    look(patient_id, viewer=viewer, at=at, part="past")
    hidden_from(viewer, patient_id)  # what is confidential is judged by today's marks: known before the past is read
    with history.as_it_was(patient_id, moment):
        patient = Patient.objects.filter(pk=patient_id).first()
        return whole_record.read(patient, viewer=viewer, at=moment, most=most) if patient else None


def changes(
    patient_id: UUID, *, viewer: access.Actor, at: datetime, before: int | None = None, most: int = 20
) -> list[history.ChangeSet]:
    """Return who changed what in a record, field by field, the newest first.

    Args:
        before: a `ChangeSet.number`, to read on behind it.
        most: how many transactions.
    Raises:
        NotPermitted: `viewer` may not open this chart, or there is no such patient.
    """
    look(patient_id, viewer=viewer, at=at, part="changes")
    found = history.changes_of(patient_id, before=before, most=most)
    hidden = {str(key) for key in hidden_from(viewer, patient_id)}
    if not hidden:
        return found
    return [replace(one, changes=tuple(line for line in one.changes if not _about(line, hidden))) for one in found]


def _about(line: history.Change, hidden: set[str]) -> bool:
    """Return whether a change is of a hidden line, or of what belongs to one."""
    return line.row_key in hidden or not hidden.isdisjoint(str(value) for value in line.row.values() if value)
