"""Notes as they are read: signed ones by whoever may open the chart, a draft by its author alone."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ehospital.clinical.models import Note, NoteDraft
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.sharing import SHARED
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look
from ehospital.people import access


def notes(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[Note]":
    """Return the signed notes with what was added to each, newest first; patients read those of the shared kinds.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="notes")
    return shown(notes_of(patient_id, shared_only=viewer.kind == "patient"), viewer=viewer, patient_id=patient_id)


def note(patient_id: UUID, note_id: UUID, *, viewer: access.Actor, at: datetime) -> Note:
    """Return one signed note with what was added to it.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such note that they may read.
    """
    found = notes(patient_id, viewer=viewer, at=at).filter(pk=note_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found


def notes_of(patient_id: UUID, *, shared_only: bool) -> "QuerySet[Note]":
    """Return the notes of a chart that is open already, without what was entered in error."""
    found = _true().filter(patient_id=patient_id, amends=None)
    if shared_only:
        found = found.filter(kind__in=SHARED)
    addenda = Prefetch("addenda", _true().order_by("signed_at", "id"))
    return found.prefetch_related(addenda).order_by("-signed_at", "-id")


def drafts(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[NoteDraft]":
    """Return what the viewer is writing about this patient, the last kept first.

    Raises:
        NotPermitted: `viewer` may not write into this chart.
    """
    access.require(viewer, access.Permission.CHART_WRITE, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="drafts")
    return NoteDraft.objects.filter(patient_id=patient_id, author_id=viewer.staff_id).order_by("-kept_at", "-id")


def draft(patient_id: UUID, draft_id: UUID, *, viewer: access.Actor, at: datetime) -> NoteDraft:
    """Return one draft of the viewer's own.

    Raises:
        NotPermitted: `viewer` may not write into this chart, or has no such draft.
    """
    found = drafts(patient_id, viewer=viewer, at=at).select_related("amends").filter(pk=draft_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_WRITE.value}")
    return found


def _true() -> "QuerySet[Note]":
    """Return the notes that nobody entered in error; what was added to a mistake goes with it."""
    marked = standing().filter(Q(entry_id=OuterRef("pk")) | Q(entry_id=OuterRef("amends_id")), kind="notes")
    return Note.objects.filter(~Exists(marked.filter(patient_id=OuterRef("patient_id"))))
