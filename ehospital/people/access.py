"""Who may do what, on one page: roles give permissions, a care relationship gives patients.

Denied unless the table says otherwise. One predicate decides on one patient and filters every list, so a list shows
exactly what could be opened. What may not be seen answers like what does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from ehospital.foundation.models import CurrentTransaction
from ehospital.people import refusing
from ehospital.people.models import (
    BrokenGlass,
    CareRelationship,
    ClientUnit,
    Patient,
    Proxy,
    Restriction,
    StaffAsPatient,
    StaffRole,
    UnitMembership,
)
from ehospital.people.row_security import granting

Role = StaffRole.Role


class Permission(StrEnum):
    """What a page or an action asks for."""

    NONE_NEEDED = "open to everybody"
    SIGNED_IN = "any account"
    PLACES_CHANGE = "change places on a shared computer"
    PATIENT_SEARCH = "find a patient by name, number or birth date"
    PATIENT_REGISTER = "register a patient"
    PATIENT_EDIT = "correct a patient's demographics"
    PHOTO_SEE = "see a patient's photo"
    PATIENT_MERGE = "merge two records of one patient, and undo it"
    PATIENT_PLACE = "place a patient in beds and clinics"
    CHART_READ = "open a chart"
    CHART_WRITE = "write into a chart"
    CHART_TAKE_OUT = "print a chart's summary, or take it out as a file"
    PRESCRIBE = "prescribe medicines"
    WARD_READ = "see a ward's board"
    ALERT_ACKNOWLEDGE = "acknowledge an alert"
    OBSERVATION_RECORD = "record observations"
    ORDER_PLACE = "order tests, images, opinions and care"
    RESULT_ENTER = "perform an order and enter its result"
    RESULT_ACKNOWLEDGE = "acknowledge a result"
    RESULT_TAKE = "see which results nobody reads any more, and take them over"
    REFERRAL_TAKE = "see what is referred to one's unit, and take it on"
    DEVICE_READ = "see the devices"
    DEVICE_MANAGE = "register, pair and revoke devices"
    GLASS_BREAK = "open a chart outside one's care, with a reason"
    NOTICES_READ = "read one's notices, and choose how they come"
    NOTICES_SEND = "tell people of notices"
    FILES_TAKE_AWAY = "take infected files away"
    GLASS_REVIEW = "review charts that were opened outside of care"
    LOOK_ANSWER = "answer patients who ask why somebody looked"
    RECORD_RECTIFY = "answer patients who ask to have their record corrected"
    RECORD_RESTRICT = "restrict who may open a record"
    PROXY_MANAGE = "let somebody act for a patient in the portal"
    CONSENT_RECORD = "write down what a patient allows and refuses"
    ENTRY_CONFIDE = "mark an entry as confidential"
    AUDIT_READ = "read the audit trail"
    ACCOUNT_MANAGE = "manage accounts and roles"
    RECORD_IMPORT = "import records"
    FORM_DEFINE = "load the definitions of forms"
    DEATH_CERTIFY = "certify a patient's death"
    OWN_RECORD_READ = "read one's own record"
    OWN_RECORD_ACT = "act on one's own record: question a look, ask for messages"
    PROXY_HOLD = "choose for whom one acts in the portal"
    OWN_PROXY_END = "end a proxy over one's own record"
    OWN_CONSENT = "say who may see one's own record"


class Scope(StrEnum):
    """On whom a permission may be used."""

    ALL = "every patient, and where no patient is concerned"
    RELATED = "patients in a care relationship with me or with a unit of mine, as far as their record is not restricted"
    REACHED = "those, and patients whose chart I have opened with a reason: broken glass"
    UNKEPT = "those, and all whose record is neither restricted nor a colleague's, as far as they did not refuse me"
    OWN = "myself, or the one patient for whom I act by proxy"


P, ALL, RELATED, REACHED, UNKEPT, OWN = (
    Permission, Scope.ALL, Scope.RELATED, Scope.REACHED, Scope.UNKEPT, Scope.OWN,
)  # fmt: skip

_BY_CARE: Final = frozenset({RELATED, REACHED, UNKEPT})
_EVERY_STAFF: Final = {P.SIGNED_IN: ALL, P.PLACES_CHANGE: ALL, P.NOTICES_READ: ALL}
_BEDSIDE: Final = {
    P.PATIENT_SEARCH: ALL,
    # Of those already cared for: whoever could place anybody in the own ward would let themselves into any chart.
    P.PATIENT_PLACE: RELATED,
    P.CHART_READ: REACHED,
    P.PHOTO_SEE: REACHED,
    P.CHART_WRITE: REACHED,
    P.CHART_TAKE_OUT: REACHED,
    P.WARD_READ: RELATED,
    P.ALERT_ACKNOWLEDGE: REACHED,
    P.OBSERVATION_RECORD: REACHED,
    P.ORDER_PLACE: REACHED,
    P.RESULT_ENTER: REACHED,
    P.RESULT_ACKNOWLEDGE: REACHED,
    # Whoever is asked sees the question before the chart; `clinical.queries.referrals` narrows it to their units.
    P.REFERRAL_TAKE: ALL,
    # Not under broken glass: whoever opened a chart against the patient's word does not change that word.
    P.CONSENT_RECORD: RELATED,
    P.ENTRY_CONFIDE: REACHED,
    P.DEVICE_READ: ALL,
    P.GLASS_BREAK: ALL,
}

TABLE: Final[dict[str, dict[Permission, Scope]]] = {
    Role.DOCTOR: {
        **_EVERY_STAFF, **_BEDSIDE, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: RELATED, P.PRESCRIBE: REACHED,
        P.RECORD_RECTIFY: REACHED, P.DEATH_CERTIFY: REACHED,
        # Of patients who went home while whoever asked has left; `clinical.queries.duty` says of which, and to whom.
        # A record that is kept from lists opens with a reason first.
        P.RESULT_TAKE: UNKEPT,
    },
    Role.NURSE: {
        **_EVERY_STAFF, **_BEDSIDE, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: RELATED, P.RECORD_RECTIFY: REACHED,
    },
    Role.PHARMACIST: {
        **_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.CHART_READ: REACHED, P.PHOTO_SEE: REACHED, P.GLASS_BREAK: ALL,
    },
    Role.RECEPTIONIST: {
        **_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.PATIENT_REGISTER: ALL, P.PATIENT_EDIT: ALL, P.PATIENT_PLACE: ALL,
        P.PATIENT_MERGE: ALL, P.PROXY_MANAGE: ALL, P.PHOTO_SEE: ALL,
    },
    Role.CASHIER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL},
    # The order, not the chart: `clinical.policies.performing` says which orders are theirs.
    Role.LAB_TECHNICIAN: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.RESULT_ENTER: ALL},
    Role.RADIOGRAPHER: {**_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.RESULT_ENTER: ALL},
    Role.ADMINISTRATOR: {
        **_EVERY_STAFF, P.DEVICE_READ: ALL, P.DEVICE_MANAGE: ALL, P.ACCOUNT_MANAGE: ALL, P.RECORD_IMPORT: ALL,
        P.FORM_DEFINE: ALL,
        P.PATIENT_MERGE: ALL,
    },
    Role.PRIVACY_OFFICER: {
        **_EVERY_STAFF, P.PATIENT_SEARCH: ALL, P.AUDIT_READ: ALL, P.GLASS_REVIEW: ALL, P.RECORD_RESTRICT: ALL,
        P.LOOK_ANSWER: ALL,
        P.PROXY_MANAGE: ALL, P.CONSENT_RECORD: ALL,
    },
    "patient": {
        P.SIGNED_IN: ALL, P.OWN_RECORD_READ: OWN, P.OWN_RECORD_ACT: OWN, P.OWN_PROXY_END: OWN, P.OWN_CONSENT: OWN,
        P.PROXY_HOLD: ALL,
    },
    # Whoever acts for a patient, by the extent of the proxy.
    "proxy-read": {P.SIGNED_IN: ALL, P.OWN_RECORD_READ: OWN, P.PROXY_HOLD: ALL},
    "proxy-act": {P.SIGNED_IN: ALL, P.OWN_RECORD_READ: OWN, P.OWN_RECORD_ACT: OWN, P.PROXY_HOLD: ALL},
    # An account of neither staff nor patient that somebody let act for a patient, while it looks at nobody.
    "holder": {P.SIGNED_IN: ALL, P.PROXY_HOLD: ALL},
    "device": {P.OBSERVATION_RECORD: OWN},
    # Another system, by its units; the scopes of its token narrow this further at the FHIR door.
    "client": {
        P.CHART_READ: RELATED, P.CHART_WRITE: RELATED, P.OBSERVATION_RECORD: RELATED, P.PATIENT_REGISTER: ALL,
    },
    # The machinery of the hospital itself: imports, the stream, the clock. It never answers a door.
    "system": dict.fromkeys(Permission, ALL),
}  # fmt: skip


NO_CHART: Final = frozenset({
    P.NONE_NEEDED, P.SIGNED_IN, P.PLACES_CHANGE, P.PATIENT_SEARCH, P.PATIENT_REGISTER, P.PATIENT_EDIT, P.DEVICE_READ,
    P.DEVICE_MANAGE, P.GLASS_BREAK, P.GLASS_REVIEW, P.LOOK_ANSWER, P.RECORD_RESTRICT, P.PROXY_MANAGE, P.AUDIT_READ,
    P.ACCOUNT_MANAGE, P.RECORD_IMPORT, P.PROXY_HOLD, P.OWN_PROXY_END,
})  # fmt: skip
"""Permissions whose use shows nothing of a chart: under them the database opens none (`people.row_security`)."""
ONLY_READS: Final = frozenset({P.CHART_READ, P.WARD_READ, P.OWN_RECORD_READ})
"""Permissions under which the database lets nobody write a chart. Every other one opens it to read and to write."""


OPENS_TRAIL: Final = frozenset({P.AUDIT_READ, P.GLASS_REVIEW, P.LOOK_ANSWER})
"""Permissions under which the audit trail of every patient is read, and of their charts nothing (`open_trail`)."""


def deed(permission: Permission) -> str:
    """Return what the database opens under a permission: a chart to `read` or `write`, the `trail`, or `none`."""
    if permission in NO_CHART:
        return "trail" if permission in OPENS_TRAIL else "none"
    return "read" if permission in ONLY_READS else "write"


@dataclass(frozen=True)
class Glass:
    """A chart that is open under broken glass: which opening, why, and until when."""

    id: UUID
    kind: str
    ends_at: datetime
    refused: bool = False


@dataclass(frozen=True)
class Acting:
    """That somebody acts for a patient: by which proxy, whose record it is, and what they are to each other."""

    proxy_id: UUID
    patient_name: str
    relation: str


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
    acting: Acting | None = None
    client_id: UUID | None = None
    # What was permitted already: an actor is made anew for every request and judged at one moment, so one page asks
    # once for each patient, whatever permissions of the same scope it needs. Refusals are never remembered.
    permitted: dict[tuple[frozenset[Scope], UUID], Patient] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    # Which charts are open under broken glass at that moment, as far as somebody asked; None once all are known.
    glass: dict[UUID | None, Glass | None] = field(default_factory=dict, init=False, compare=False, repr=False)
    # Which lines of an open chart are not shown, as far as somebody asked (`clinical.queries.confidential`).
    hidden: dict[UUID, frozenset[UUID]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def grounds(self, patient_id: UUID | None) -> tuple[str, dict[str, str]]:
        """Return on what ground other than ordinary care this patient is seen: every audit row carries it."""
        if self.acting is not None:
            return f"proxy-{self.acting.relation}", {"proxy": str(self.acting.proxy_id)}
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


def of_proxy(proxy: Proxy, *, name: str, at: datetime) -> Actor:
    """Return the holder of a proxy as an actor: they see that one patient, and every audit row says so."""
    return Actor(
        kind="patient",
        id=str(proxy.holder.patient_id or proxy.holder_id),
        name=name,
        roles=frozenset({f"proxy-{proxy.extent}"}),
        at=at,
        patient_id=proxy.patient_id,
        acting=Acting(proxy.id, proxy.patient.name_text, proxy.relation),
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


def visible_patients(actor: Actor | None, permission: Permission, *, with_charts: bool = True) -> "QuerySet[Patient]":
    """Return the patients on whom the actor may use the permission: the one predicate behind every list and chart.

    Args:
        with_charts: the database opens their charts to this request; a list that shows nothing of them says no.
    """
    allowed = scopes(actor, permission)
    if actor is None or not allowed:
        return Patient.objects.none()
    if with_charts and permission not in NO_CHART:
        granting.open_by_rule(_who(actor), _asked(actor, permission))
    standing = Patient.objects.filter(merged_into=None)  # a merged record is seen in the one that it points to
    if Scope.ALL in allowed:
        return standing
    conditions: list[Q | Exists] = [Q(pk__in=[])]
    if Scope.OWN in allowed and actor.patient_id is not None:
        conditions.append(_own(actor))
    if allowed & _BY_CARE and (actor.staff_id is not None or actor.client_id is not None):
        conditions += _cared_for(actor)
    if actor.staff_id is None:
        return standing.filter(Q(*conditions, _connector=Q.OR))
    if allowed & {Scope.REACHED, Scope.UNKEPT}:
        conditions.append(Q(pk__in=_broken_by(actor).values("patient_id")))
    if Scope.UNKEPT in allowed:
        conditions.append(_unkept(actor))
    # Nobody opens their own record as staff, whoever cares for them: they have the portal.
    myself = StaffAsPatient.objects.filter(staff_id=actor.staff_id).values("patient_id")
    return standing.filter(Q(*conditions, _connector=Q.OR)).exclude(pk__in=myself)


def _who(actor: Actor) -> granting.Who | None:
    """Return the actor as the database knows them; None for the machinery, which has roles of its own there."""
    if actor.acting is not None:
        return granting.Who("proxy", actor.acting.proxy_id, actor.at)
    known = {"staff": actor.staff_id, "client": actor.client_id, "patient": actor.patient_id}.get(actor.kind)
    return granting.Who(actor.kind, known, actor.at) if known else None


def _asked(actor: Actor, permission: Permission) -> granting.Asked:
    reach = frozenset(scope.name for scope in scopes(actor, permission))
    return granting.Asked(permission.name, reach, deed(permission))


def _own(actor: Actor) -> Q:
    if actor.acting is None:
        return Q(pk=actor.patient_id)
    running = Proxy.objects.filter(pk=actor.acting.proxy_id, during__contains=actor.at)
    return Q(pk__in=running.values("patient_id")) & ~Q(Exists(refusing.of_proxies(actor.at)))


def _cared_for(actor: Actor) -> list[Q | Exists]:
    """Return who is in the actor's care: named clinicians always; a unit, as far as the record is not kept from it.

    A restricted or sealed record, and that of a member of staff, is open to the ward where the patient lies: its
    nurses answer the alarms; not to the lists of clinics. What the patient refused beats all of that; only the ward
    where they lie is not put out by a refusal of the ward itself.
    """
    care = CareRelationship.objects.filter(patient=OuterRef("pk"), during__contains=actor.at)
    of_units = care.filter(unit_id__in=unit_ids(actor))
    mine, units = refusing.of_actor(actor.at, actor.staff_id, actor.client_id, unit_ids(actor))
    named = (
        []
        if actor.staff_id is None
        else [Q(Exists(care.filter(staff_id=actor.staff_id)), ~Exists(mine), ~Exists(units))]
    )
    return [
        *named,
        Q(Exists(of_units), _unkept(actor)),
        Q(Exists(of_units.filter(kind=CareRelationship.Kind.WARD)), ~Exists(mine)),
    ]


def _unkept(actor: Actor) -> Q:
    """Return whose record is not kept from lists, nor from the actor by the patient's own word."""
    kept = Restriction.objects.filter(patient=OuterRef("pk"), during__contains=actor.at)
    staff = StaffAsPatient.objects.filter(patient=OuterRef("pk"))
    mine, units = refusing.of_actor(actor.at, actor.staff_id, actor.client_id, unit_ids(actor))
    return Q(~Exists(kept), ~Exists(staff), ~Exists(mine), ~Exists(units))


def refused(actor: Actor, patient_id: UUID) -> bool:
    """Return whether the patient refused that the actor, or a unit of theirs, sees the record."""
    mine, units = refusing.of_actor(actor.at, actor.staff_id, actor.client_id, unit_ids(actor))
    asked = Patient.objects.filter(pk=patient_id, merged_into=None)
    return asked.filter(Q(Exists(mine)) | Q(Exists(units))).exists()


def _broken_by(actor: Actor) -> "QuerySet[BrokenGlass]":
    agreed = Q(needs_second=False) | Q(second__isnull=False)
    return BrokenGlass.objects.filter(agreed, staff_id=actor.staff_id, during__contains=actor.at)


def glass_of(actor: Actor, patient_id: UUID) -> Glass | None:
    """Return the broken glass under which the actor sees this patient at that moment.

    Whoever was asked about with `patient` is known already; for others one question answers for all patients.
    """
    if Scope.REACHED not in scopes(actor, Permission.CHART_READ) or actor.staff_id is None:
        return None
    if patient_id not in actor.glass and None not in actor.glass:
        actor.glass.update(
            {one.patient_id: Glass(one.id, one.kind, one.ends_at, one.against_refusal) for one in _broken_by(actor)}
        )
        actor.glass[None] = None
    return actor.glass.get(patient_id)


def _read(facts: dict[str, Any] | None) -> Glass | None:
    if not facts:
        return None
    return Glass(UUID(facts["id"]), facts["kind"], datetime.fromisoformat(facts["ends_at"]), bool(facts["refused"]))


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
    """Return the patient when the actor may use the permission on them, with these parts of theirs loaded.

    In a request, the database then decides the same by itself and opens the chart as far as the permission goes.
    """
    found = _permitted(actor, permission, patient_id, *with_parts)
    if found is None or permission in NO_CHART:
        return found
    return found if granting.open_charts(_who(actor), _asked(actor, permission), [patient_id]) else None


def open_charts(actor: Actor | None, permission: Permission, patient_ids: Iterable[UUID]) -> list[UUID]:
    """Return on whom of these patients the actor may use the permission; in a request their charts are open then."""
    visible = visible_patients(actor, permission, with_charts=False).filter(pk__in=list(patient_ids))
    found = list(visible.values_list("pk", flat=True))
    if actor is None or permission in NO_CHART:
        return found
    opened = granting.open_charts(_who(actor), _asked(actor, permission), found)
    return [one for one in found if one in opened]


def _permitted(actor: Actor, permission: Permission, patient_id: UUID, *with_parts: str) -> Patient | None:
    asked = (scopes(actor, permission), patient_id)
    if asked in actor.permitted and not with_parts:
        return actor.permitted[asked]
    visible = visible_patients(actor, permission, with_charts=False).filter(pk=patient_id)
    under = Scope.REACHED in asked[0] and actor.staff_id is not None
    if under:
        facts = JSONObject(id="id", kind="kind", ends_at="during__endswith", refused="against_refusal")
        visible = visible.annotate(glass=Subquery(_broken_by(actor).filter(patient=OuterRef("pk")).values(of=facts)))
    if numbered := permission not in NO_CHART and granting.number_wanted():
        visible = visible.annotate(in_transaction=CurrentTransaction())
    found = visible.prefetch_related(*with_parts).first()
    if found is not None and numbered:
        granting.number_is(getattr(found, "in_transaction", 0))
    if found is not None and under:
        actor.glass[patient_id] = _read(getattr(found, "glass", None))
    if found is not None and actor.kind != "system":  # the machinery goes through every patient of a hospital
        actor.permitted[asked] = found
    return found


def require(actor: Actor | None, permission: Permission, *, patient_id: UUID | None = None) -> None:
    """Return when permitted.

    Raises:
        NotPermitted: the table or the care relationship does not allow it.
    """
    if not may(actor, permission, patient_id=patient_id):
        raise NotPermitted(f"{actor.name if actor else 'nobody'} may not {permission.value}")


def open_trail(actor: Actor, permission: Permission) -> None:
    """Return when the actor may read the audit trail under this permission; in a request it is open then, of everybody.

    Raises:
        NotPermitted: the table does not allow it.
    """
    require(actor, permission)
    granting.open_by_rule(_who(actor), _asked(actor, permission))


def later(actor: Actor, at: datetime) -> Actor:
    """Return the same actor, judged at another moment."""
    # Not `replace`: a page's actor is a lazy stand-in for one.
    return Actor(**{one.name: getattr(actor, one.name) for one in fields(Actor) if one.init} | {"at": at})
