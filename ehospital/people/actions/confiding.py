"""Keeping the mark that a line of a chart is confidential, or is not although its code says so."""

from datetime import datetime
from uuid import UUID

from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import ConfidentialEntry, Sensitivity


class UnknownCategory(ValueError):
    """There is no such category of confidential entries; nothing was written."""


def keep_mark(
    patient_id: UUID, kind: str, entry_id: UUID, *, category: str, open: bool, note: str, by: access.Actor, at: datetime
) -> None:
    """Mark a line in one category, in the caller's transaction, which has locked the chart; the last mark counts.

    Raises:
        NotPermitted: `by` may not mark entries of this patient.
        UnknownCategory: there is no such category.
    """
    access.require(by, access.Permission.ENTRY_CONFIDE, patient_id=patient_id)
    if category not in Sensitivity.values:
        raise UnknownCategory(f"no category {category[:40]!r}")
    ConfidentialEntry.objects.update_or_create(
        entry_id=entry_id, category=category,
        defaults={
            "patient_id": patient_id, "kind": kind, "open": open, "note": note.strip()[:250], "made_at": at,
            "made_by": by.name[:200],
        },
    )  # fmt: skip
    said = {"kind": kind, "open": open}
    audit.record("entry.confided", by=by, at=at, patient_id=patient_id, subject=f"{kind}:{entry_id}", details=said)
