"""Who did what to whose record: for the privacy officer, and for the patient whose record it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.models import StaffRole
from ehospital.people.queries.standing import one_person

MACHINES = ("system", "device")


@dataclass(frozen=True)
class Looked:
    """One line that a patient sees: who opened or changed the record, and when.

    `number` rises with every event, `roles` are those that a member of staff held at that moment, `part` names the
    part of the chart that was opened, where the event says it.
    """

    at: datetime
    action: str
    category: str
    name: str
    kind: str
    myself: bool
    number: int = 0
    roles: tuple[str, ...] = ()
    part: str = ""


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
        trail = trail.filter(patient_id__in=_records_of(patient_id))
    if actor_id:
        trail = trail.filter(actor_id=actor_id)
    if action:
        trail = trail.filter(action__startswith=action)
    if since is not None:
        trail = trail.filter(at__gte=since)
    if until is not None:
        trail = trail.filter(at__lt=until)
    return trail


def who_looked(
    patient_id: UUID,
    *,
    viewer: access.Actor,
    at: datetime,
    most: int = 200,
    before: int | None = None,
    machines: bool = True,
    myself: bool = True,
) -> list[Looked]:
    """Return who opened or changed a patient's record, newest first; reading this is audited too.

    Looks at a record that was merged into this one are among them.

    Args:
        before: only lines with a lower `number`, to go on after a page.
        machines: also what the hospital's computers and devices did by themselves.
        myself: also what the viewer did.
    Raises:
        NotPermitted: it is not the viewer's own record.
    """
    access.require(viewer, access.Permission.OWN_RECORD_READ, patient_id=patient_id)
    trail = AuditEvent.objects.filter(patient_id__in=_records_of(patient_id))
    trail = trail.exclude(action="patient.searched").order_by("-id")
    if before is not None:
        trail = trail.filter(id__lt=before)
    if not machines:
        trail = trail.exclude(actor_kind__in=MACHINES)
    if not myself:
        trail = trail.exclude(actor_id=viewer.id)
    events = list(trail[:most])
    roles = _roles_at(events)
    with transaction.atomic():
        audit.record("trail.read", by=viewer, at=at, patient_id=patient_id)
    return [_looked(one, viewer, roles.get(one.pk, ())) for one in events]


def _records_of(patient_id: UUID) -> list[UUID]:
    """Return the record and those merged into it: whoever looked at one of them looked at the person."""
    return one_person([patient_id]).get(patient_id, [patient_id])


def _looked(event: AuditEvent, viewer: access.Actor, roles: tuple[str, ...]) -> Looked:
    return Looked(
        at=event.at,
        action=event.action,
        category=event.category,
        name=event.actor_name,
        kind=event.actor_kind,
        myself=event.actor_id == viewer.id,
        number=event.pk,
        roles=roles,
        part=str(event.details.get("part", "")),
    )


def _roles_at(events: Iterable[AuditEvent]) -> dict[int, tuple[str, ...]]:
    """Return, by event, the roles that its actor held when it happened; one question to the database."""
    by_staff = [event for event in events if event.actor_kind == "staff"]
    held = StaffRole.objects.filter(staff_id__in={event.actor_id for event in by_staff}).order_by("role", "id")
    periods = [(str(role.staff_id), role.role, role.during) for role in held] if by_staff else []
    return {
        event.pk: tuple(
            dict.fromkeys(role for staff, role, during in periods if staff == event.actor_id and event.at in during)
        )
        for event in by_staff
    }
