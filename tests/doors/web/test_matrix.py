"""The one table, asked through every address: who gets in, who does not, and that a refusal tells nothing.

Every address of the resolver × every role × how they stand to the patient. What is expected is worked out here from the
table of `people.access` and from the situation, in words; nothing of the predicate is used. Each request is undone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ehospital.clinical import actions as clinical
from ehospital.clinical.details import Code, EncounterDetails, FamilyHistoryDetails, Record
from ehospital.clinical.models import Document
from ehospital.foundation.days import hospital_day
from ehospital.foundation.models import AuditEvent
from ehospital.journeys import merging
from ehospital.monitoring import actions as monitoring
from ehospital.monitoring.models import Alert
from ehospital.monitoring.queries import recorded_sets
from ehospital.people import access, actions
from ehospital.people.access import TABLE, Permission, Role, Scope
from ehospital.people.models import Account, CareRelationship, DuplicatePair
from ehospital.people.signing_in import ACTING_FOR
from ehospital.web.portal.plain_results import key_of
from ehospital.web.staff.broken_glass import offers
from tests.factories import clinical as charts
from tests.factories import forms, orders, people, plans, portal
from tests.factories import messaging as messages
from tests.factories import monitoring as make
from tests.factories.files import picture
from tests.house.rules.urls import STOCK

pytestmark = pytest.mark.django_db

REFUSED = (403, 404)
PATIENT, UNIT, OPENER, STATION, AUTHOR, TOLD = "patient", "unit", "opener", "station", "author", "told"
PERFORMER, ASKED, TEAM = "performer", "asked", "team"

# What an address is about, by its parameters; whatever is about nobody opens to whoever holds its permission.
ABOUT = {"patient_id": PATIENT, "document_id": PATIENT, "note_id": PATIENT, "alert_id": PATIENT, "ward_id": UNIT,
    "plan_id": PATIENT, "activity_id": PATIENT, "event_id": PATIENT, "request_id": PATIENT,
}  # fmt: skip
KINDS_PERFORMED = {Role.LAB_TECHNICIAN: "laboratory", Role.RADIOGRAPHER: "imaging"}
ABOUT_BY_NAME = {
    "glass_close": OPENER,
    "glass_second": OPENER,
    "portal_proxy_end": PATIENT,
    "portal_ask_why": PATIENT,
    "portal_consent_withdraw": PATIENT,
    "portal_correct": PATIENT,
    "switch_lock": STATION,
    "chart_note_draft": AUTHOR,
    "badge_end": AUTHOR,
    "chart_note_keep": AUTHOR,
    "notice_seen": TOLD,
    "notice_browser_drop": TOLD,
    "order_perform": PERFORMER,
    "order_call": PERFORMER,
    "referral_take": ASKED,
    "result_take_over": TEAM,
    "result_with_reason": ASKED,  # it is the team's: to nobody here as one that nobody reads
}


@dataclass(frozen=True)
class Address:
    """One address of ours: its name, its parameters, and the permission that its view declares."""

    name: str
    parameters: tuple[str, ...]
    permission: Permission

    @property
    def about(self) -> str:
        """What it is about: one patient, a unit, an opening of one's own, a shared computer, or nobody."""
        found = (ABOUT[one] for one in self.parameters if one in ABOUT)
        return ABOUT_BY_NAME.get(self.name) or next(found, "")


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[Address]:
    """Every address of ours that is not open to the world."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        elif not f"{pattern.callback.__module__}.".startswith((*STOCK, "ehospital.fhir.")):  # FHIR has its own matrix
            permission = pattern.callback.permission  # type: ignore[attr-defined]
            if permission is not Permission.NONE_NEEDED:
                yield Address(pattern.name or "", tuple(pattern.pattern.converters), permission)


EVERY = sorted(addresses(get_resolver().url_patterns), key=lambda one: one.name)


@dataclass
class Subject:
    """One patient with something behind every kind of id, by the parameter's name."""

    patient_id: UUID
    ids: dict[str, Any]
    event: int


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


def written(key: UUID, unit_id: UUID, at: datetime) -> dict[str, Any]:
    """What a doctor of the unit wrote into the chart, by the parameter's name."""
    by = people.staff(Role.DOCTOR, unit_id=unit_id, at=at).actor
    problem = clinical.record_problem(key, charts.problem("Asthma"), by=by, at=at)
    mistaken = clinical.record_problem(key, charts.problem("Gout"), by=by, at=at)
    visit = EncounterDetails(code=Code("", "", "Visit"), started_at=at)
    draft = clinical.start_note(key, "outpatient", by=by, at=at)
    order, _more = orders.placed(key, "glucose", "ecg", by=by, at=at)  # a test for laboratory and bedside
    orders.answered(order, by=people.staff(Role.LAB_TECHNICIAN, at=at).actor, glucose="1.9", at=at)
    plan = plans.running(key, by=by, at=at, details=plans.small(tasks=(replace(plans.WALK, starts_on=None),)))
    myself = access.of_patient(key, name="Amina", at=at)
    return {
        "order_id": order,
        "kind": "problems",
        "problem_id": problem,
        "entry_id": problem,
        "correction_id": clinical.enter_in_error("problems", mistaken, reason="Another patient's.", by=by, at=at),
        "allergy_id": clinical.record_allergy(key, charts.allergy("Nuts"), by=by, at=at),
        "encounter_id": clinical.open_encounter(key, visit, by=by, at=at),
        "note_id": clinical.sign_note(draft, clinical.Typed("Well.", 1), by=by, at=at),
        "draft_id": clinical.start_note(key, "ward-round", by=by, at=at),
        "line_kind": "family",
        "line_id": clinical.record_history(
            "family_history", key, FamilyHistoryDetails(code=Code("", "", "Gout"), relation="FTH"), by=by, at=at
        ),
        "form_id": forms.filled(key, forms.falls(), by=by, at=at),
        "form_draft_id": clinical.begin_form(key, forms.FALLS, by=by, at=at),
        "plan_id": plan.pk,
        "goal_id": plan.goals.get().pk,
        "activity_id": plans.activity(plan),
        "event_id": clinical.tick(plans.activity(plan), "done", on=hospital_day(at), by=myself, at=at),
    }


def observed(key: UUID, by: access.Actor, at: datetime) -> UUID:
    """A set that was observed at the bedside."""
    monitoring.record_observations(key, {"temp": 36.6}, by=by, at=at)
    return recorded_sets(key, viewer=by, at=at)[0].id


def likely(key: UUID, username: str, at: datetime) -> dict[str, Any]:
    """A record that was merged into the patient's, and one that may be the patient's too."""
    by = people.machinery(at)
    twin, other = (people.patient(username.title(), f"{name} {username}", at=at) for name in ("Twin", "Likely"))
    first, second = sorted((key, other))
    pair = DuplicatePair.objects.create(first_id=first, second_id=second, found_at=at, version="test", probability=0.9)
    merged = merging.merge(survivor_id=key, absorbed_id=twin, choices={}, by=by, at=at)
    return {"pair_id": pair.id, "merge_id": merged}


def badge_of(username: str, at: datetime) -> UUID:
    """A badge of somebody who works here."""
    by, member = people.machinery(at), people.staff(Role.NURSE, at=at)
    account = actions.give_account(username=f"{username}-badge", password="x", staff_id=member.id, by=by, at=at)
    return actions.enrol_badge(Account.objects.get(pk=account), f"badge-of-{username}", by=by, at=at)


def filled(unit_id: UUID, ward_id: UUID, at: datetime, username: str) -> Subject:
    """A patient in the unit's care with something behind every kind of id."""
    by = people.machinery(at)
    key = people.patient(username.title(), at=at)
    actions.give_account(username=username, password="x", patient_id=key, by=by, at=at)
    actions.begin_care(
        patient_id=key, unit_id=unit_id, kind=CareRelationship.Kind.WARD, source=f"test:{username}", by=by, at=at
    )
    record = Record(
        documents=(portal.document("Letter", "text/plain", b"Dear you"),), observations=(portal.potassium("4.1", 3),)
    )
    clinical.import_record(key, record, by=by, at=at)
    alert = Alert.objects.create(
        patient_id=key, cause="news_high", kind="clinical", priority="high", opened_at=at, updated_at=at,
        ward_id=ward_id, owner_unit_id=unit_id,
    )  # fmt: skip
    stranger, officer = people.staff(Role.DOCTOR, at=at), people.staff(Role.PRIVACY_OFFICER, at=at)
    glass = actions.break_glass(key, kind="wish", reason="The patient asks.", by=stranger.actor, at=at)
    event = AuditEvent.objects.get(action="glass.broken", patient_id=key).pk
    myself = access.of_patient(key, name=username, at=at)
    holder = f"{username}-carer"
    actions.give_account(username=holder, password="x", by=by, at=at)
    said = {"relation": "carer", "extent": "read", "evidence": "their word"}
    told = messages.colleague("doctor", f"{username}-told", at=at)
    notice = messages.announced(*messages.ladder([told.id]), subject=f"test:{username}", patient_id=key, at=at)
    ids = {
        "patient_id": key,
        "notice_id": notice.id,
        "browser_id": messages.browser(told, f"https://push.example/{username}", at=at),
        "document_id": Document.objects.get(patient_id=key).id,
        "alert_id": alert.id,
        "ward_id": ward_id,
        "glass_id": glass,
        "restriction_id": actions.restrict_record(key, level="restricted", kind="wish", by=officer.actor, at=at),
        "proxy_id": actions.give_proxy(key, username=holder, **said, by=by, at=at),
        "consent_id": actions.record_consent(key, actions.Word("research", "permit"), by=myself, at=at),
        "question_id": actions.question_look(key, event, by=myself, at=at),
        "request_id": clinical.ask_for_correction(key, wrong="My name.", by=myself, at=at),
        "device_id": f"monitor-{username}",
        "computer_id": actions.add_shared_computer(name="Desk", idle_minutes=5, by=by, at=at),
        "badge_id": badge_of(username, at),
        "photo_id": actions.take_photo(key, picture(), consent="given", by=by, at=at),
        "size": "small",
        "key": key_of("http://loinc.org|2823-3"),
        "slug": "medicines",
        "table": "icd10",
        "kind": "problems",
        "token": "made-up",
        **written(key, unit_id, at),
        **likely(key, username, at),
    }
    ids["set_id"] = observed(key, by, at)
    make.device(ids["device_id"], since=at)
    return Subject(key, ids, event)


@pytest.fixture
def world() -> World:
    at = datetime.now(UTC) - timedelta(minutes=10)
    ward = make.ward(at, patients=0)
    subject, other = (filled(ward.unit_id, ward.id, at, name) for name in ("amina", "hamid"))
    return World(subject, other, ward.unit_id, at)


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


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever a request writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def path(address: Address, ids: dict[str, Any]) -> str:
    missing = [one for one in address.parameters if one not in ids]
    assert not missing, f"{address.name}: put something behind {missing} in `filled`, and say in ABOUT whose it is"
    return reverse(address.name, kwargs={one: ids[one] for one in address.parameters})


def ask(visitor: Visitor, method: str, address: Address, ids: dict[str, Any], event: int) -> tuple[HttpResponse, int]:
    """Return the answer, and how many refusals it left in the trail; everything else is undone."""
    before = AuditEvent.objects.filter(action="page.refused").count()
    with undone():
        sent = {"number": str(event), "proxy": "", "email": "a@example.org", "unlink": "yes", "about": "research"}
        data = sent if method == "post" else {"concept": "http://loinc.org|2823-3"}
        answer = getattr(visitor.client, method)(path(address, ids), data, headers={"Accept": "text/html"})
        assert answer.status_code < 500, (address.name, visitor.name, answer.status_code)
        answer.content  # noqa: B018  a streamed answer would be read here
        return answer, AuditEvent.objects.filter(action="page.refused").count() - before


def told(answer: HttpResponse) -> bytes:
    """The body but for what is another in every answer: the request's number and the token against forged forms."""
    body = answer.content.replace(answer["X-Request-Number"].encode(), b"")
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)


def judge(world: World, visitor: Visitor) -> list[str]:
    """Ask for every address, and return where the answer is not what the table says."""
    wrong = []
    for address in EVERY:
        ids = {**world.subject.ids, **visitor.ids}
        if visitor.staff is not None:
            ids["token"] = offers.address(world.subject.patient_id, visitor.staff).rstrip("/").rsplit("/", 1)[1]
        answers = [ask(visitor, "get", address, ids, world.subject.event)]
        if answers[0][0].status_code in (404, 405):
            answers.append(ask(visitor, "post", address, ids, world.subject.event))
        statuses = [answer.status_code for answer, _ in answers]
        let_in = any(status not in (*REFUSED, 405) for status in statuses)
        if let_in != world.may(visitor, address):
            wrong.append(f"{address.name}: {'let in' if let_in else 'kept out'} ({statuses})")
        if not let_in and not any(refusals for _, refusals in answers):
            wrong.append(f"{address.name}: a refusal without a row in the trail")
        # Without the permission the view is not reached, whatever was asked for: 403 before anything is looked up.
        reached = any(TABLE[role].get(address.permission) for role in visitor.roles)
        wrong += guessed(world, visitor, address, ids) if reached and not let_in else []
    return wrong


def guessed(world: World, visitor: Visitor, address: Address, ids: dict[str, Any]) -> list[str]:
    """Return where a refusal tells whether what was asked for exists."""
    unknown = {one: uuid4() if isinstance(value, UUID) else value for one, value in ids.items()}
    unknown |= {"device_id": "monitor-nowhere", "token": "made-up-too"}
    wrong = []
    for method in ("get", "post"):
        real, _ = ask(visitor, method, address, ids, world.subject.event)
        made_up, _ = ask(visitor, method, address, unknown, 10**15)
        if (real.status_code, told(real)) != (made_up.status_code, told(made_up)):
            wrong.append(f"{address.name}: {method} tells by {real.status_code} / {made_up.status_code} what exists")
    return wrong


@pytest.mark.parametrize(("role", "situation"), STAFF)
def test_staff_get_in_exactly_where_the_table_says(world: World, role: Role, situation: str) -> None:
    actions.lift_restriction(
        world.subject.ids["restriction_id"], by=people.staff(Role.PRIVACY_OFFICER, at=world.at).actor, at=world.at
    )
    if role == Role.PRIVACY_OFFICER:
        world.subject.ids["restriction_id"] = actions.restrict_record(
            world.subject.patient_id, level="restricted", kind="hiv",
            by=people.staff(Role.PRIVACY_OFFICER, at=world.at).actor, at=world.at,
        )  # fmt: skip
    assert judge(world, staff(world, role, situation)) == []


@pytest.mark.parametrize(("situation", "extent"), PORTAL)
def test_the_portal_lets_in_exactly_whom_the_table_says(world: World, situation: str, extent: str) -> None:
    assert judge(world, portal_visitor(world, situation, extent)) == []


def test_nobody_gets_in_without_an_account(world: World) -> None:
    for address in EVERY:
        answer = Client().get(path(address, world.subject.ids))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/"), address.name


def test_another_patients_ids_below_ones_own_patient_tell_nothing(world: World) -> None:
    """Whoever may see one patient asks, below that patient's address, for what belongs to another."""
    asked = 0
    visitors = [staff(world, Role.DOCTOR, "related"), staff(world, Role.PRIVACY_OFFICER, "related")]
    for visitor in visitors:
        for address in EVERY:
            # A kind of line is a word, not an id: it belongs to nobody.
            foreign = [one for one in address.parameters if one not in ("patient_id", "line_kind")]
            if "patient_id" not in address.parameters or not foreign:
                continue
            for method in ("get", "post"):
                ids = {**world.other.ids, "patient_id": world.subject.patient_id}
                unknown = {**ids, **{one: uuid4() for one in foreign}}
                real, _ = ask(visitor, method, address, ids, 0)
                made_up, _ = ask(visitor, method, address, unknown, 0)
                assert real.status_code in (*REFUSED, 405), (address.name, method)
                assert (real.status_code, told(real)) == (made_up.status_code, told(made_up)), address.name
                asked += 1
    assert asked >= 8


@pytest.mark.parametrize(
    ("name", "sent"),
    [("portal_choose", "proxy"), ("portal_ask_why", "number")],
)
def test_ids_in_forms_of_the_portal_tell_nothing(world: World, name: str, sent: str) -> None:
    visitor = portal_visitor(world, "other")
    foreign = world.subject.ids["proxy_id"] if sent == "proxy" else world.subject.event
    made_up: list[object] = [uuid4(), world.subject.patient_id] if sent == "proxy" else [10**15, 0]
    answers = []
    for value in (foreign, *made_up, "nonsense"):
        with undone():
            answers.append(visitor.client.post(reverse(name), {sent: str(value)}))
    assert {answer.status_code for answer in answers} == {404}
    assert len({told(answer) for answer in answers}) == 1


def test_ids_in_questions_of_addresses_tell_nothing(world: World) -> None:
    """The id of another patient, under every name that a page reads from its address, changes no page of a stranger."""
    visitor = staff(world, Role.NURSE, "not related")
    names = ("patient", "actor", "q", "id", "ward", "unit", "before", "page", "period", "order", "family", "who")
    for address in EVERY:
        if address.parameters or not TABLE[Role.NURSE].get(address.permission):
            continue
        for name in names:
            values = (world.subject.patient_id, UUID(int=world.subject.patient_id.int ^ 1))
            with undone():
                real, made_up = (visitor.client.get(reverse(address.name), {name: str(value)}) for value in values)
            bodies = [
                told(answer).replace(str(value).encode(), b"")
                for answer, value in zip((real, made_up), values, strict=True)
            ]
            bodies = [re.sub(rb"ticket=[\w.=-]+|datetime=\"[^\"]+\"", b"", body) for body in bodies]
            assert bodies[0] == bodies[1], (address.name, name)


def test_the_matrix_asks_for_every_address() -> None:
    assert len(EVERY) >= 55
    assert len({one.name for one in EVERY}) == len(EVERY)
