"""Marking a line of the chart as confidential, and opening one that its code makes confidential."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.policies.confidential import KINDS
from ehospital.people import access
from ehospital.people import actions as people


@transaction.atomic
def confide(
    kind: str, entry_id: UUID, *, category: str, open: bool = False, note: str = "", by: access.Actor, at: datetime
) -> None:
    """Say that a line is confidential in a category, or, with `open`, that it is not although its code says so.

    Args:
        kind: a key of `policies.confidential.KINDS`; allergies and safety flags are never confidential.
        category: of `people.models.Sensitivity`.
    Raises:
        UnknownEntry: no such line of a kind that may be marked, or none that `by` may write to and sees.
        UnknownCategory: there is no such category; nothing is written.
    """
    if kind not in KINDS:
        raise writing.UnknownEntry(f"no line of kind {kind[:40]!r} may be confidential")
    line = writing.locked(KINDS[kind], entry_id, by=by)
    people.keep_mark(
        line.patient_id, kind, entry_id, category=category, open=open, note=note, by=by, at=at
    )  # fmt: skip
    by.hidden.pop(line.patient_id, None)
