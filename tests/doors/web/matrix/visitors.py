"""Whoever stands before a browser, how they stand to the patient, and whether the table lets them in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from ehospital.people import access, actions
from ehospital.people.access import TABLE, Role, Scope
from ehospital.people.models import Account, CareRelationship
from ehospital.people.signing_in import ACTING_FOR
from tests.doors.web.matrix.addresses import (
    ASKED,
    AUTHOR,
    KINDS_PERFORMED,
    OPENER,
    PERFORMER,
    STATION,
    TEAM,
    TOLD,
    UNIT,
    Address,
)  # fmt: skip
from tests.doors.web.matrix.subjects import Subject
from tests.factories import people


@dataclass
class Visitor:
    """Somebody before a browser, and how they stand to the patient."""

    name: str
    roles: frozenset[str]
    client: Client
    situation: str
    staff: access.Actor | None = None
    ids: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """The patient whom everybody asks for, another one, and the moment."""

    subject: Subject
    other: Subject
    unit_id: UUID
    at: datetime

    def may(self, visitor: Visitor, address: Address) -> bool:
        """Whether the table lets them in, as a person would read it."""
        scopes = {TABLE[role].get(address.permission) for role in visitor.roles} - {None}
        if not scopes:
            return False
        if address.about in (STATION, AUTHOR, TOLD):
            return False  # nobody here sits at a shared computer, has written the draft, or was told of the notice
        if address.about == OPENER:
            return visitor.situation == "broken glass"
        if address.about == ASKED:
            return False  # what is referred is referred to another unit
        if address.about == PERFORMER and visitor.roles <= set(KINDS_PERFORMED):
            return any(KINDS_PERFORMED[Role(role)] == "laboratory" for role in visitor.roles)
        if address.about == TEAM:
            return visitor.situation == "related"  # without its recipient, the answer is the team's
        if Scope.ALL in scopes or not address.about:
            return True
        if address.about == UNIT:
            return visitor.situation == "related"
        if address.about == PERFORMER:
            return visitor.situation in ("related", "broken glass")
        return (
            (Scope.RELATED in scopes and visitor.situation == "related")
            or (Scope.REACHED in scopes and visitor.situation in ("related", "broken glass"))
            or (Scope.OWN in scopes and visitor.situation in ("myself", "proxy"))
        )


def signed_in(account_id: UUID, **session: str) -> Client:
    """A browser with a session of this account."""
    client, account = Client(), Account.objects.get(pk=account_id)
    store = SessionStore()
    store.update({
        SESSION_KEY: str(account.pk), BACKEND_SESSION_KEY: "ehospital.people.signing_in.Backend",
        HASH_SESSION_KEY: account.get_session_auth_hash(), **session,
    })  # fmt: skip
    store.create()
    client.cookies["sessionid"] = store.session_key
    return client


def staff(world: World, role: Role, situation: str) -> Visitor:
    """A member of staff with one role who stands to the patient as told."""
    at = world.at
    unit = world.unit_id if situation == "related" else None
    member = people.staff(role, unit_id=unit, at=at)
    by, account = people.machinery(at), f"{role}-{situation}"
    key = actions.give_account(username=account, password="x", staff_id=member.id, by=by, at=at)
    ids = {}
    if situation == "was related":
        source, before = f"test:{account}", at - timedelta(days=2)
        actions.begin_care(
            patient_id=world.subject.patient_id, staff_id=member.id, kind=CareRelationship.Kind.NAMED, source=source,
            by=by, at=before,
        )  # fmt: skip
        actions.end_care(source=source, by=by, at=at)
    if situation == "broken glass":
        said = {"kind": "emergency", "reason": "Found unconscious."}
        ids["glass_id"] = actions.break_glass(world.subject.patient_id, **said, by=member.actor, at=at)
    return Visitor(account, frozenset({str(role)}), signed_in(key), situation, member.actor, ids)


def portal_visitor(world: World, situation: str, extent: str = "") -> Visitor:
    """Somebody in the portal: the patient, another patient, or who acts for the patient."""
    at, by = world.at, people.machinery(world.at)
    if not extent:
        of = world.subject if situation == "myself" else world.other
        account = Account.objects.get(patient_id=of.patient_id)
        ids = {"proxy_id": of.ids["proxy_id"]} if situation == "myself" else {}
        return Visitor(situation, frozenset({"patient"}), signed_in(account.pk), situation, None, ids)
    holder = actions.give_account(username=f"holder-{extent}", password="x", by=by, at=at)
    until = at + timedelta(minutes=1) if situation == "was proxy" else None
    key = actions.give_proxy(
        world.subject.patient_id, username=f"holder-{extent}", relation="carer", extent=extent,
        evidence="their word", until=until, by=by, at=at,
    )  # fmt: skip
    roles = frozenset({f"proxy-{extent}"} if situation == "proxy" else ())
    return Visitor(f"{situation} {extent}", roles, signed_in(holder, **{ACTING_FOR: str(key)}), situation)


CLINICIANS = (Role.DOCTOR, Role.NURSE, Role.PHARMACIST)
STAFF = [
    (role, situation)
    for role in Role
    for situation in ("related", "not related", *(("was related", "broken glass") if role in CLINICIANS else ()))
]
PORTAL = [("myself", ""), ("other", ""), ("proxy", "read"), ("proxy", "act"), ("was proxy", "act")]
