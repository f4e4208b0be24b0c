"""Who did what to whose record: for the privacy officer, and for the patient whose record it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people import access


@dataclass(frozen=True)
class Looked:
    """One line that a patient sees: who opened or changed the record, and when."""

    at: datetime
    action: str
    category: str
    name: str
    kind: str
    myself: bool


def audit_trail(
    *,
    viewer: access.Actor,
    patient_id: UUID | None = None,
    actor_id: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> "QuerySet[AuditEvent]":
    """Return the trail, newest first, narrowed as asked.

    Raises:
        NotPermitted: `viewer` may not read the trail.
    """
    access.require(viewer, access.Permission.AUDIT_READ)
    trail = AuditEvent.objects.order_by("-id")
    if patient_id is not None:
        trail = trail.filter(patient_id=patient_id)
    if actor_id:
        trail = trail.filter(actor_id=actor_id)
    if action:
        trail = trail.filter(action__startswith=action)
    if since is not None:
        trail = trail.filter(at__gte=since)
    if until is not None:
        trail = trail.filter(at__lt=until)
    return trail


def who_looked(patient_id: UUID, *, viewer: access.Actor, at: datetime, most: int = 200) -> list[Looked]:
    """Return who opened or changed a patient's record, newest first; reading this is audited too.

    Raises:
        NotPermitted: it is not the viewer's own record.
    """
    access.require(viewer, access.Permission.OWN_RECORD_READ, patient_id=patient_id)
    trail = AuditEvent.objects.filter(patient_id=patient_id).exclude(action="patient.searched").order_by("-id")
    lines = [
        Looked(one.at, one.action, one.category, one.actor_name, one.actor_kind, one.actor_id == viewer.id)
        for one in trail[:most]
    ]
    with transaction.atomic():
        audit.record("trail.read", by=viewer, at=at, patient_id=patient_id)
    return lines
