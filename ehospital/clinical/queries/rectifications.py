"""What patients asked to have corrected: their own list, the worklist of those who treat them, and what was changed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from ehospital.clinical.models import Note, Rectification
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.mistakes import KINDS
from ehospital.clinical.policies.sharing import SHARED
from ehospital.clinical.queries import mistakes
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people import access

ASKABLE = frozenset(KINDS) - {"flags", "reports", "no_known_allergies"}
"""The kinds of lines that the portal shows as lines; safety flags are words between staff."""


def about(patient_id: UUID, kind: str, entry_id: UUID | None, *, viewer: access.Actor) -> str:
    """Return what a line of the viewer's own record says, to be kept with a request about it.

    Raises:
        NotPermitted: it is not the viewer's record, or it has no such line that the portal shows.
    """
    permission = access.Permission.OWN_RECORD_READ
    access.require(viewer, permission, patient_id=patient_id)
    if not kind and entry_id is None:
        return _("My details")
    found = mistakes.line(patient_id, kind, entry_id) if kind in ASKABLE and entry_id else None
    unseen = found is not None and found.id in hidden_from(viewer, patient_id)
    if found is None or unseen or (kind == "notes" and not _shared(found.id)):
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    return " · ".join(filter(None, (found.title, found.detail if kind != "notes" else "")))


def _shared(note_id: UUID) -> bool:
    return Note.objects.filter(Q(kind__in=SHARED) & Q(amends=None), pk=note_id).exists()


def of_mine(patient_id: UUID, *, viewer: access.Actor) -> "QuerySet[Rectification]":
    """Return the requests about the viewer's own record, the newest first.

    Raises:
        NotPermitted: it is not the viewer's record.
    """
    access.require(viewer, access.Permission.OWN_RECORD_READ, patient_id=patient_id)
    return _of(patient_id, viewer)


def of_chart(patient_id: UUID, *, viewer: access.Actor) -> "QuerySet[Rectification]":
    """Return the requests about a chart that whoever reads it must know of: all but those taken back.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    return _of(patient_id, viewer).exclude(state=Rectification.State.WITHDRAWN)


def _of(patient_id: UUID, viewer: access.Actor) -> "QuerySet[Rectification]":
    found = Rectification.objects.filter(patient_id=patient_id).select_related("answered_by")
    found = found.exclude(entry_id__in=hidden_from(viewer, patient_id))
    return found.order_by("-asked_at", "-id")


def worklist(*, viewer: access.Actor) -> "QuerySet[Rectification]":
    """Return the requests of the patients whom the viewer may answer: what waits first, the soonest due of it first.

    Raises:
        NotPermitted: `viewer` answers no such requests.
    """
    permission = access.Permission.RECORD_RECTIFY
    if not access.holds(viewer, permission):
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    waits = Case(When(state="open", then=Value(0)), default=Value(1), output_field=IntegerField())
    found = Rectification.objects.filter(patient__in=access.visible_patients(viewer, permission))
    found = found.exclude(state=Rectification.State.WITHDRAWN).select_related("patient", "answered_by")
    return found.annotate(done=waits).order_by("done", F("answered_at").desc(nulls_first=True), "due_on", "id")


def request(request_id: UUID, *, viewer: access.Actor, at: datetime) -> Rectification:
    """Return one request for whoever may answer it; the look is on record.

    Raises:
        NotPermitted: `viewer` may not answer for this patient, or there is no such request.
    """
    found = worklist(viewer=viewer).filter(pk=request_id).first()
    if found is None or found.entry_id in hidden_from(viewer, found.patient_id):
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.RECORD_RECTIFY.value}")
    with transaction.atomic():
        subject = f"rectification:{request_id}"
        audit.record("rectification.read", by=viewer, at=at, patient_id=found.patient_id, subject=subject)
    return found


def changes_of(asked: Rectification) -> "QuerySet[AuditEvent]":
    """Return what staff changed in the patient's record since the patient asked, the newest first."""
    own = Q(action__startswith="rectification.") | Q(action__startswith="note_draft.") | Q(action="page.refused")
    written = AuditEvent.objects.filter(patient_id=asked.patient_id, at__gt=asked.asked_at, actor_kind="staff")
    return written.filter(category__in="CUD").exclude(own).order_by("-id")


def stands(asked: Rectification) -> bool:
    """Return whether the line that a request is about still stands: it may have been marked as a mistake meanwhile."""
    if not asked.kind or asked.entry_id is None:
        return True
    if asked.kind == "notes":
        return not standing().filter(patient_id=asked.patient_id, entry_id=asked.entry_id).exists()
    return mistakes.line(asked.patient_id, asked.kind, asked.entry_id) is not None


def waiting(*, viewer: access.Actor) -> int:
    """Return how many requests wait for an answer by the viewer; none for who does not answer."""
    if not access.holds(viewer, access.Permission.RECORD_RECTIFY):
        return 0
    return worklist(viewer=viewer).filter(state=Rectification.State.OPEN).count()
