"""Who may do what, on one page: roles give permissions, a care relationship gives patients.

Denied unless the table says otherwise. One predicate decides on one patient and filters every list, so a list shows
exactly what could be opened. What may not be seen answers like what does not exist.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ehospital.people.models import CareRelationship, ClientUnit, Patient, StaffRole, UnitMembership

Role = StaffRole.Role


class Permission(StrEnum):
    """What a page or an action asks for."""

    NONE_NEEDED = "open to everybody"
    SIGNED_IN = "any account"
    PATIENT_SEARCH = "find a patient by name, number or birth date"
    PATIENT_REGISTER = "register a patient"
    PATIENT_EDIT = "correct a patient's demographics"
    PATIENT_PLACE = "place a patient in beds and clinics"
    CHART_READ = "open a chart"
    CHART_WRITE = "write into a chart"
    WARD_READ = "see a ward's board"
    ALERT_ACKNOWLEDGE = "acknowledge an alert"
    OBSERVATION_RECORD = "record observations"
    DEVICE_READ = "see the devices"
    DEVICE_MANAGE = "register, pair and revoke devices"
    AUDIT_READ = "read the audit trail"
    ACCOUNT_MANAGE = "manage accounts and roles"
    RECORD_IMPORT = "import records"
    OWN_RECORD_READ = "read one's own record"


class Scope(StrEnum):
    """On whom a permission may be used."""

    ALL = "every patient, and where no patient is concerned"
    RELATED = "patients in a care relationship with me or with a unit of mine"
    OWN = "myself"


P, ALL, RELATED, OWN = Permission, Scope.ALL, Scope.RELATED, Scope.OWN

_EVERY_STAFF: Final = {P.SIGNED_IN: ALL}
_BEDSIDE: Final = {
    P.PATIENT_SEARCH: ALL,
    # Of those already cared for: whoever could place anybody in the own ward would let themselves into any chart.
    P.PATIENT_PLACE: RELATED,
    P.CHART_READ: RELATED,
    P.CHART_WRITE: RELATED,
    P.WARD_READ: RELATED,
    P.ALERT_ACKNOWLEDGE: RELATED,
    P.OBSERVATION_RECORD: RELATED,
    P.DEVICE_READ: ALL,
}

TABLE: Final[dict[str, dict[Permission, Scope]]] = {
    Role.DOCTOR: {**_EVERY_STAFF, **_BEDSIDE, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: RELATED},
    Role.NURSE: {**_EVERY_STAFF, **_BEDSIDE, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: RELATED},
    Role.PHARMACIST: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.CHART_READ: RELATED},
    Role.RECEPTIONIST: {
        **_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: ALL, P.PATIENT_PLACE: ALL,
    },
    Role.CASHIER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    Role.LAB_TECHNICIAN: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    Role.RADIOGRAPHER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    Role.ADMINISTRATOR: {
        **_EVERY_STAFF, P.DEVICE_READ: ALL, P.DEVICE_MANAGE: ALL, P.ACCOUNT_MANAGE: ALL, P.RECORD_IMPORT: ALL,
    },
    Role.PRIVACY_OFFICER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.AUDIT_READ: ALL},
    "patient": {P.SIGNED_IN: ALL, P.OWN_RECORD_READ: OWN},
    "device": {P.OBSERVATION_RECORD: OWN},
    # Another system, by its units; the scopes of its token narrow this further at the FHIR door.
    "client": {
        P.CHART_READ: RELATED, P.CHART_WRITE: RELATED, P.OBSERVATION_RECORD: RELATED, P.PATIENT_REGISTER: ALL,
    },
    # The machinery of the hospital itself: imports, the stream, the clock. It never answers a door.
    "system": dict.fromkeys(Permission, ALL),
}  # fmt: skip


@dataclass(frozen=True)
class Actor:
    """Who acts, as a door established it, and the moment at which that is judged."""

    kind: str
    id: str
    name: str
    roles: frozenset[str]
    at: datetime
    staff_id: UUID | None = None
    patient_id: UUID | None = None
    client_id: UUID | None = None
    # What was permitted already: an actor is made anew for every request and judged at one moment, so one page asks
    # once for each patient, whatever permissions of the same scope it needs. Refusals are never remembered.
    permitted: dict[tuple[frozenset[Scope], UUID], Patient] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )


class NotPermitted(PermissionError):
    """The actor may not do this; the message says what was asked, never whether the patient exists."""


def system(name: str, *, at: datetime) -> Actor:
    """Return the machinery as an actor, named by what it does."""
    return Actor(kind="system", id=name, name=name, roles=frozenset({"system"}), at=at)


def of_staff(staff_id: UUID, *, name: str, at: datetime) -> Actor:
    """Return a member of staff as an actor, with the roles held at that moment."""
    held = StaffRole.objects.filter(staff_id=staff_id, staff__active=True, during__contains=at)
    roles = frozenset(held.values_list("role", flat=True))
    return Actor(kind="staff", id=str(staff_id), name=name, roles=roles, at=at, staff_id=staff_id)


def of_patient(patient_id: UUID, *, name: str, at: datetime) -> Actor:
    """Return a patient as an actor."""
    return Actor(
        kind="patient", id=str(patient_id), name=name, roles=frozenset({"patient"}), at=at, patient_id=patient_id
    )


def of_client(client_id: UUID, *, name: str, at: datetime) -> Actor:
    """Return another system as an actor."""
    return Actor(kind="client", id=str(client_id), name=name, roles=frozenset({"client"}), at=at, client_id=client_id)


def scopes(actor: Actor | None, permission: Permission) -> frozenset[Scope]:
    """Return on whom the actor may use the permission; empty means on nobody."""
    if actor is None:
        return frozenset()
    given = (TABLE.get(role, {}).get(permission) for role in actor.roles)
    return frozenset(scope for scope in given if scope is not None)


def holds(actor: Actor | None, permission: Permission) -> bool:
    """Return whether the actor has the permission for anybody at all: enough to show a page's door."""
    return permission is Permission.NONE_NEEDED or bool(scopes(actor, permission))


def unit_ids(actor: Actor) -> "QuerySet[UnitMembership, UUID] | QuerySet[ClientUnit, UUID]":
    """Return the units that the actor works in at that moment, or that a system was given."""
    if actor.client_id is not None:
        given = ClientUnit.objects.filter(client_id=actor.client_id, client__revoked_at=None)
        return given.values_list("unit_id", flat=True)
    return UnitMembership.objects.filter(staff_id=actor.staff_id, during__contains=actor.at).values_list(
        "unit_id", flat=True
    )


def visible_patients(actor: Actor | None, permission: Permission) -> "QuerySet[Patient]":
    """Return the patients on whom the actor may use the permission: the one predicate behind every list and chart."""
    allowed = scopes(actor, permission)
    if actor is None or not allowed:
        return Patient.objects.none()
    if Scope.ALL in allowed:
        return Patient.objects.all()
    conditions: list[Q | Exists] = [Q(pk__in=[])]
    if Scope.OWN in allowed and actor.patient_id is not None:
        conditions.append(Q(pk=actor.patient_id))
    if Scope.RELATED in allowed and (actor.staff_id is not None or actor.client_id is not None):
        care = CareRelationship.objects.filter(patient=OuterRef("pk"), during__contains=actor.at)
        by_name = Q() if actor.staff_id is None else Q(staff_id=actor.staff_id)
        conditions.append(Exists(care.filter(by_name | Q(unit_id__in=unit_ids(actor)))))
    return Patient.objects.filter(Q(*conditions, _connector=Q.OR))


def may(actor: Actor | None, permission: Permission, *, patient_id: UUID | None = None) -> bool:
    """Return whether the actor may use the permission, on that patient when one is named."""
    if permission is Permission.NONE_NEEDED:
        return True
    if patient_id is None:
        return Scope.ALL in scopes(actor, permission)
    if actor is None:
        return False
    return patient(actor, permission, patient_id) is not None


def patient(actor: Actor, permission: Permission, patient_id: UUID, *with_parts: str) -> Patient | None:
    """Return the patient when the actor may use the permission on them, with these parts of theirs loaded."""
    asked = (scopes(actor, permission), patient_id)
    if asked in actor.permitted and not with_parts:
        return actor.permitted[asked]
    found = visible_patients(actor, permission).filter(pk=patient_id).prefetch_related(*with_parts).first()
    if found is not None and actor.kind != "system":  # the machinery goes through every patient of a hospital
        actor.permitted[asked] = found
    return found


def may_in_unit(actor: Actor | None, permission: Permission, *, unit_id: UUID) -> bool:
    """Return whether the actor may use the permission on a unit as a whole, such as a ward's board."""
    allowed = scopes(actor, permission)
    if Scope.ALL in allowed:
        return True
    return actor is not None and Scope.RELATED in allowed and unit_ids(actor).filter(unit_id=unit_id).exists()


def require(actor: Actor | None, permission: Permission, *, patient_id: UUID | None = None) -> None:
    """Return when permitted.

    Raises:
        NotPermitted: the table or the care relationship does not allow it.
    """
    if not may(actor, permission, patient_id=patient_id):
        raise NotPermitted(f"{actor.name if actor else 'nobody'} may not {permission.value}")


def later(actor: Actor, at: datetime) -> Actor:
    """Return the same actor, judged at another moment."""
    return replace(actor, at=at)
