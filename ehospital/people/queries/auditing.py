"""Who did what to whose record: for the privacy officer, and for the patient whose record it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from ehospital.foundation import audit
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from ehospital.people.models import CareRelationship, LookNotice, LookQuestion, StaffRole, UnitMembership
from ehospital.people.queries.standing import one_person

MACHINES = ("system", "device")


@dataclass(frozen=True)
class Looked:
    """One line that a patient sees: who opened or changed the record, and when.

    `number` rises with every event, `roles` are those that a member of staff held at that moment, `part` names the
    part of the chart that was opened, where the event says it. `purpose` is the ground on which it was opened when it
    was none of care (`glass-…`, `proxy-…`), `care` the kind of care at that moment, `question` what the patient asked.
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
    purpose: str = ""
    care: str = ""
    question: LookQuestion | None = None


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
    access.open_trail(viewer, access.Permission.AUDIT_READ)
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
    roles, care = _roles_at(events), _care_at(events, patient_id)
    asked = {one.event: one for one in LookQuestion.objects.filter(patient_id=patient_id)}
    with transaction.atomic():
        audit.record("trail.read", by=viewer, at=at, patient_id=patient_id)
    return [
        replace(_looked(one, viewer, roles.get(one.pk, ())), care=care.get(one.pk, ""), question=asked.get(one.pk))
        for one in events
    ]


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
        purpose=event.purpose,
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


def _care_at(events: Iterable[AuditEvent], patient_id: UUID) -> dict[int, str]:
    """Return, by event, the kind of care in which its actor had the patient when it happened; two questions."""
    by_staff = [event for event in events if event.actor_kind == "staff"]
    if not by_staff:
        return {}
    staff = {UUID(event.actor_id) for event in by_staff}
    member = [(str(one.staff_id), one.unit_id, one.during) for one in UnitMembership.objects.filter(staff_id__in=staff)]
    care = list(CareRelationship.objects.filter(patient_id=patient_id).order_by("during", "id"))
    found = {}
    for event in by_staff:
        units = {unit for who, unit, during in member if who == event.actor_id and event.at in during}
        running = [one for one in care if event.at in one.during]
        named = [one for one in running if str(one.staff_id) == event.actor_id]
        kinds = [*named, *(one for one in running if one.unit_id in units)]
        found[event.pk] = kinds[0].kind if kinds else ""
    return found


def questions(*, viewer: access.Actor) -> "QuerySet[LookQuestion]":
    """Return what patients asked about looks: what waits first, the oldest of it first, then the newest answers.

    Raises:
        NotPermitted: `viewer` does not answer patients.
    """
    access.require(viewer, access.Permission.LOOK_ANSWER)
    found = LookQuestion.objects.select_related("patient", "answered_by")
    return found.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "id")


def question(question_id: UUID, *, viewer: access.Actor, at: datetime) -> LookQuestion:
    """Return one question; audited.

    Raises:
        NotPermitted: `viewer` does not answer patients, or there is no such question.
    """
    found = questions(viewer=viewer).filter(pk=question_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.LOOK_ANSWER.value}")
    with transaction.atomic():
        audit.record("look.read", by=viewer, at=at, patient_id=found.patient_id, subject=f"question:{question_id}")
    return found


def look_of(asked: LookQuestion, *, viewer: access.Actor) -> Looked | None:
    """Return the look that a question is about, as the trail tells it.

    Raises:
        NotPermitted: `viewer` does not answer patients.
    """
    access.open_trail(viewer, access.Permission.LOOK_ANSWER)
    events = list(AuditEvent.objects.filter(pk=asked.event))
    roles, care = _roles_at(events), _care_at(events, asked.patient_id)
    for one in events:
        return replace(_looked(one, viewer, roles.get(one.pk, ())), care=care.get(one.pk, ""))
    return None


def look_messages_to(patient_id: UUID, *, viewer: access.Actor) -> str:
    """Return the address that hears when the record is opened; empty when none does.

    Raises:
        NotPermitted: it is not the viewer's own record.
    """
    access.require(viewer, access.Permission.OWN_RECORD_READ, patient_id=patient_id)
    found = LookNotice.objects.filter(patient_id=patient_id).values_list("email", flat=True).first()
    return found or ""
