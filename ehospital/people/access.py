"""Who may do what, on one page: roles give permissions, a care relationship gives patients.

Denied unless the table says otherwise. One predicate decides on one patient and filters every list, so a list shows
exactly what could be opened. What may not be seen answers like what does not exist.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ehospital.people.models import BrokenGlass, CareRelationship, Patient, StaffRole, UnitMembership

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
    GLASS_BREAK = "open a chart outside one's care, with a reason"
    GLASS_REVIEW = "review charts that were opened outside of care"
    AUDIT_READ = "read the audit trail"
    ACCOUNT_MANAGE = "manage accounts and roles"
    RECORD_IMPORT = "import records"
    OWN_RECORD_READ = "read one's own record"


class Scope(StrEnum):
    """On whom a permission may be used."""

    ALL = "every patient, and where no patient is concerned"
    RELATED = "patients in a care relationship with me or with a unit of mine"
    REACHED = "patients in a care relationship, and those whose chart I have opened with a reason: broken glass"
    OWN = "myself"


P, ALL, RELATED, REACHED, OWN = Permission, Scope.ALL, Scope.RELATED, Scope.REACHED, Scope.OWN

_EVERY_STAFF: Final = {P.SIGNED_IN: ALL}
_BEDSIDE: Final = {
    P.PATIENT_SEARCH: ALL,
    # Of those already cared for: whoever could place anybody in the own ward would let themselves into any chart.
    P.PATIENT_PLACE: RELATED,
    P.CHART_READ: REACHED,
    P.CHART_WRITE: REACHED,
    P.WARD_READ: RELATED,
    P.ALERT_ACKNOWLEDGE: REACHED,
    P.OBSERVATION_RECORD: REACHED,
    P.DEVICE_READ: ALL,
    P.GLASS_BREAK: ALL,
}

TABLE: Final[dict[str, dict[Permission, Scope]]] = {
    Role.DOCTOR: {**_EVERY_STAFF, **_BEDSIDE, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: RELATED},
    Role.NURSE: {**_EVERY_STAFF, **_BEDSIDE, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: RELATED},
    Role.PHARMACIST: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.CHART_READ: REACHED, P.GLASS_BREAK: ALL},
    Role.RECEPTIONIST: {
        **_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: ALL, P.PATIENT_PLACE: ALL,
    },
    Role.CASHIER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    Role.LAB_TECHNICIAN: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    Role.RADIOGRAPHER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    Role.ADMINISTRATOR: {
        **_EVERY_STAFF, P.DEVICE_READ: ALL, P.DEVICE_MANAGE: ALL, P.ACCOUNT_MANAGE: ALL, P.RECORD_IMPORT: ALL,
    },
    Role.PRIVACY_OFFICER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.AUDIT_READ: ALL, P.GLASS_REVIEW: ALL},
    "patient": {P.SIGNED_IN: ALL, P.OWN_RECORD_READ: OWN},
    "device": {P.OBSERVATION_RECORD: OWN},
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
    # What was permitted already: an actor is made anew for every request and judged at one moment, so one page asks
    # once for each patient, whatever permissions of the same scope it needs. Refusals are never remembered.
    permitted: dict[tuple[frozenset[Scope], UUID], Patient] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    # The charts open under broken glass at that moment, by patient, once somebody asked; see `glass_of`.
    glass: list[dict[UUID, BrokenGlass]] = field(default_factory=list, init=False, compare=False, repr=False)

    def grounds(self, patient_id: UUID | None) -> tuple[str, dict[str, str]]:
        """Return on what ground other than ordinary care this patient is seen: every audit row carries it."""
        broken = glass_of(self, patient_id) if patient_id is not None else None
        return (f"glass-{broken.kind}", {"glass": str(broken.id)}) if broken else ("", {})


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


def scopes(actor: Actor | None, permission: Permission) -> frozenset[Scope]:
    """Return on whom the actor may use the permission; empty means on nobody."""
    if actor is None:
        return frozenset()
    given = (TABLE.get(role, {}).get(permission) for role in actor.roles)
    return frozenset(scope for scope in given if scope is not None)


def holds(actor: Actor | None, permission: Permission) -> bool:
    """Return whether the actor has the permission for anybody at all: enough to show a page's door."""
    return permission is Permission.NONE_NEEDED or bool(scopes(actor, permission))


def unit_ids(actor: Actor) -> "QuerySet[UnitMembership, UUID]":
    """Return the units that the actor works in at that moment."""
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
    if allowed & {Scope.RELATED, Scope.REACHED} and actor.staff_id is not None:
        care = CareRelationship.objects.filter(patient=OuterRef("pk"), during__contains=actor.at)
        conditions.append(Exists(care.filter(Q(staff_id=actor.staff_id) | Q(unit_id__in=unit_ids(actor)))))
    if Scope.REACHED in allowed and actor.staff_id is not None:
        conditions.append(Q(pk__in=_broken_by(actor).values("patient_id")))
    return Patient.objects.filter(Q(*conditions, _connector=Q.OR))


def _broken_by(actor: Actor) -> "QuerySet[BrokenGlass]":
    return BrokenGlass.objects.filter(staff_id=actor.staff_id, during__contains=actor.at)


def glass_of(actor: Actor, patient_id: UUID) -> BrokenGlass | None:
    """Return the broken glass under which the actor sees this patient at that moment; one question for all patients."""
    if Scope.REACHED not in scopes(actor, Permission.CHART_READ) or actor.staff_id is None:
        return None
    if not actor.glass:
        actor.glass.append({one.patient_id: one for one in _broken_by(actor)})
    return actor.glass[0].get(patient_id)


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
    # Not `replace`: a page's actor is a lazy stand-in for one.
    return Actor(**{one.name: getattr(actor, one.name) for one in fields(Actor) if one.init} | {"at": at})
