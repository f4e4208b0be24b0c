"""Every interaction × every way of not being allowed: nothing foreign comes out, nothing goes in, nothing is told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from ehospital.clinical import actions
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.foundation.models import AuditEvent
from ehospital.people import access, smart
from ehospital.people import actions as people_actions
from ehospital.people.models import ClientApplication
from tests.doors.fhir.serving.conftest import Register, System, in_care, told
from tests.doors.fhir.serving.test_creating import EACH, everything, patient
from tests.factories import clinical, people

pytestmark = pytest.mark.django_db

KINDS = ("Patient", "Observation", "Condition", "AllergyIntolerance", "Encounter")
SECRET = "Zyxomorph"


@dataclass
class Chart:
    """A patient with one line of every kind, all of which carry a word that nobody else has."""

    patient: UUID
    lines: dict[str, UUID]


def chart(at: datetime, unit_id: UUID | None) -> Chart:
    key = people.patient(SECRET, SECRET, at=at, number=f"{SECRET}-1")
    if unit_id:
        in_care(unit_id, key, at=at)
    by = people.machinery(at)
    lines = {
        "Patient": key,
        "Observation": actions.record_result(key, clinical.potassium("4.1", at, note=SECRET), by=by, at=at),
        "Condition": actions.record_problem(key, clinical.problem(SECRET), by=by, at=at),
        "AllergyIntolerance": actions.record_allergy(key, clinical.allergy(SECRET), by=by, at=at),
        "Encounter": actions.open_encounter(key, EncounterDetails(code=Code("", "", SECRET)), by=by, at=at),
    }
    return Chart(key, lines)


def interactions(found: Chart) -> Iterator[tuple[str, str, str, Any]]:
    """Every interaction as (name, method, path, body) about that chart."""
    for kind in KINDS:
        field = "_id" if kind == "Patient" else "patient"
        body = patient() if kind == "Patient" else EACH[kind](found.patient)
        yield f"read {kind}", "get", f"{kind}/{found.lines[kind]}", None
        yield f"search {kind}", "get", f"{kind}?{field}={found.patient}", None
        yield f"form {kind}", "form", f"{kind}/_search", f"{field}={found.patient}"
        yield f"create {kind}", "post", kind, body


def answered(system: System, method: str, path: str, body: Any) -> HttpResponse:
    if method == "form":
        return system.send("post", path, data=body, content_type="application/x-www-form-urlencoded")
    return system.post(path, body) if method == "post" else system.get(path)


def expired(system: System, now: datetime) -> str:
    row = ClientApplication.objects.get(pk=system.id)
    return smart.sign(smart.Token(row.pk, row.edition, tuple(row.scopes), now - timedelta(seconds=1)))


@pytest.mark.parametrize("why", ["no token", "expired", "changed", "revoked", "basic", "a browser's session"])
def test_without_a_good_token_every_interaction_answers_the_same_words(system: System, now: datetime, why: str) -> None:
    found = chart(now, system.unit_id)
    if why == "no token":
        system.token = ""
    elif why == "expired":
        system.token = expired(system, now)
    elif why == "changed":
        system.token = system.token[:-2] + ("aa" if not system.token.endswith("aa") else "bb")
    elif why == "revoked":
        people_actions.revoke_client(system.name, by=people.machinery(now), at=now)
    elif why == "a browser's session":
        system.token, system.client = "", signed_in(found.patient, now)
    before, trail = everything(), AuditEvent.objects.count()
    seen = set()
    for name, method, path, body in interactions(found):
        if why == "basic":
            answer = system.get(path, Authorization="Basic eDp5") if method == "get" else None
        else:
            answer = answered(system, method, path, body)
        if answer is not None:
            assert answer.status_code == 401, name
            assert answer["WWW-Authenticate"].startswith("Bearer ")
            seen.add(answer.content)
    assert len(seen) == 1 and SECRET.encode() not in next(iter(seen))
    assert everything() == before
    assert AuditEvent.objects.count() == trail


def signed_in(patient_id: UUID, at: datetime) -> Client:
    """A browser of a doctor who may open the chart on the pages."""
    doctor = clinical.carer(patient_id, at=at)
    made = people_actions.give_account(
        username="doctor", password="a long and odd password 7", staff_id=doctor.id, by=people.machinery(at), at=at
    )
    client = Client(raise_request_exception=False)
    from ehospital.people.models import Account

    client.force_login(Account.objects.get(pk=getattr(made, "pk", made)), "ehospital.people.signing_in.Backend")
    return client


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("deed", smart.DEEDS)
def test_a_scope_opens_its_own_interactions_and_no_other(
    register: Register, now: datetime, kind: str, deed: str
) -> None:
    system = register(scopes=(f"system/{kind}.{deed}",)).sign_in()
    found = chart(now, system.unit_id)
    for name, method, path, body in interactions(found):
        before = everything()
        answer = answered(system, method, path, body)
        does, of = name.split()
        allowed = of == kind and (does == "create") == (deed == "write")
        assert (answer.status_code in (200, 201)) == allowed, (name, answer.content)
        if not allowed:
            assert answer.status_code == 403 and SECRET.encode() not in answer.content
            assert everything() == before
    refused = AuditEvent.objects.filter(action="fhir.refused")
    assert refused.count() == 20 - (1 if deed == "write" else 3)


def test_the_scope_counts_before_the_chart_so_that_403_tells_nothing(register: Register, now: datetime) -> None:
    system = register(scopes=("system/Encounter.read",)).sign_in()
    mine, foreign = chart(now, system.unit_id).lines, str(uuid4())
    answers = {system.get(f"Condition/{key}").content for key in (mine["Condition"], foreign)}
    assert len(answers) == 1


def test_another_units_chart_answers_like_one_that_does_not_exist(system: System, now: datetime) -> None:
    foreign = chart(now, None)
    nobody = Chart(uuid4(), {kind: uuid4() for kind in KINDS})
    before = everything()
    for theirs, none in zip(interactions(foreign), interactions(nobody), strict=True):
        if theirs[0] == "create Patient":
            continue
        answer, empty = answered(system, *theirs[1:]), answered(system, *none[1:])
        same = empty.content.replace(str(nobody.patient).encode(), str(foreign.patient).encode())
        assert (answer.status_code, answer.content) == (empty.status_code, same), theirs[0]
        assert SECRET.encode() not in answer.content
        if theirs[0].startswith(("search", "form")):
            assert (told(answer)["total"], "entry" in told(answer)) == (0, False)
    assert everything() == before
    assert not AuditEvent.objects.filter(patient_id=foreign.patient, actor_kind="client").exists()


def test_ids_and_words_of_others_guessed_in_every_parameter_find_nothing(system: System, now: datetime) -> None:
    from ehospital.fhir.serving.types import KINDS as SERVED

    foreign = chart(now, None)
    guesses = [*map(str, foreign.lines.values()), f"Patient/{foreign.patient}", SECRET, f"{SECRET}-1", "4.1", "female"]
    for kind in SERVED.values():
        for name, parameter in kind.parameters.items():
            for guess in guesses:
                for modifier in ("", *(f":{one}" for one in parameter.modifiers)):
                    answer = system.get(f"{kind.name}?{name}{modifier}={guess}")
                    assert answer.status_code in (200, 400), (kind.name, name, guess)
                    if answer.status_code == 200:
                        assert told(answer)["total"] == 0, (kind.name, name, guess)
                        assert "entry" not in told(answer)


def test_care_that_ends_closes_the_door(system: System, now: datetime) -> None:
    found = chart(now, system.unit_id)
    assert system.get(f"Patient/{found.patient}").status_code == 200
    people_actions.end_care(source=f"test:{found.patient}", by=people.machinery(now), at=now)
    for kind, key in found.lines.items():
        assert system.get(f"{kind}/{key}").status_code == 404
        assert told(system.get(kind))["total"] == 0


def test_a_list_shows_exactly_what_could_be_read(register: Register, now: datetime) -> None:
    first, second = register("First").sign_in(), register("Second").sign_in()
    keys = {
        in_care(first.unit_id, at=now): {first.name},
        in_care(second.unit_id, at=now): {second.name},
        people.patient(at=now): set(),
    }
    both = in_care(first.unit_id, at=now)
    people_actions.receive(patient_id=both, unit_id=second.unit_id, source="x", by=people.machinery(now), at=now)
    keys[both] = {first.name, second.name}
    for system in (first, second):
        listed = {one["resource"]["id"] for one in told(system.get("Patient"))["entry"]}
        read = {str(key) for key in keys if system.get(f"Patient/{key}").status_code == 200}
        assert listed == read == {str(key) for key, names in keys.items() if system.name in names}


def test_a_system_has_no_other_permission_than_the_tables(now: datetime) -> None:
    client = access.of_client(uuid4(), name="x", at=now)
    held = {one for one in access.Permission if one is not access.Permission.NONE_NEEDED and access.holds(client, one)}
    P = access.Permission
    assert held == {P.CHART_READ, P.CHART_WRITE, P.OBSERVATION_RECORD, P.PATIENT_REGISTER}
    assert not access.visible_patients(client, P.CHART_READ).exists()


def test_every_look_is_one_event_a_patient(system: System, now: datetime) -> None:
    charts = [chart_of(system, now, place) for place in range(3)]
    AuditEvent.objects.filter(actor_kind="client").count()
    before = AuditEvent.objects.filter(action="chart.read").count()
    assert told(system.get("Condition"))["total"] == 3
    events = AuditEvent.objects.filter(action="chart.read", actor_kind="client")
    assert events.count() - before == 3
    assert {one.patient_id for one in events} == set(charts)
    assert json.dumps([one.details for one in events]).count(SECRET) == 0


def chart_of(system: System, at: datetime, place: int) -> UUID:
    key = in_care(system.unit_id, at=at, given=f"P{place}", family="X")
    actions.record_problem(key, clinical.problem("Asthma"), by=people.machinery(at), at=at)
    return key
