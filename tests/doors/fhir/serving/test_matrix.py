"""Every interaction × how the patient stands: let in as the table says, or answered byte for byte like nobody."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from ehospital.clinical.models import Problem
from ehospital.fhir.serving import numbers
from ehospital.foundation.models import AuditEvent
from ehospital.journeys import merging
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.people.actions import Word
from ehospital.people.models import Account, CareRelationship, Patient
from tests.doors.fhir.serving.conftest import System, in_care, told
from tests.doors.fhir.serving.test_creating import EACH, everything
from tests.doors.fhir.serving.test_creating import patient as sent_patient
from tests.doors.fhir.serving.test_refusals import KINDS, SECRET, Chart, answered, chart, interactions
from tests.factories import people

pytestmark = pytest.mark.django_db

OPEN = ("related", "archived", "refused another")
CLOSED = (
    "foreign", "no longer related", "another unit", "restricted", "sealed", "staff", "refused the system",
    "refused all systems", "refused the unit", "absorbed, foreign",
)  # fmt: skip


def standing(how: str, system: System, now: datetime) -> Chart:
    """A patient with a chart who stands so to the system."""
    by, officer = people.machinery(now), people.staff(Role.PRIVACY_OFFICER, at=now).actor
    if how == "another unit":
        return chart(now, people_actions.add_unit(name="Elsewhere", by=by, at=now))
    if how == "absorbed, foreign":
        found, into = chart(now, None), people.patient("Hamid", "Rahman", at=now)
        merging.merge(survivor_id=into, absorbed_id=found.patient, choices={}, by=by, at=now)
        return found
    found = chart(now, None if how == "foreign" else system.unit_id)
    key, named = found.patient, people.staff(Role.DOCTOR, at=now)
    myself = access.of_patient(key, name="x", at=now)
    words = {
        "refused the system": Word("sharing", "deny", client_id=system.id),
        "refused all systems": Word("sharing", "deny"),
        "refused the unit": Word("treatment", "deny", unit_id=system.unit_id),
        "refused another": Word("treatment", "deny", staff_id=named.id),
    }
    if how in words:
        people_actions.record_consent(key, words[how], by=myself, at=now)
    elif how in ("restricted", "sealed"):
        people_actions.restrict_record(key, level=how, kind="wish", named=[named.id], by=officer, at=now)
    elif how == "staff":
        people_actions.link_staff(staff_id=named.id, patient_id=key, by=officer, at=now)
    elif how == "no longer related":
        people_actions.end_care(source=f"test:{key}", by=by, at=now)
    elif how == "archived":
        version = Patient.objects.get(pk=key).version
        people_actions.archive_patient(key, seen_version=version, reason="Moved away.", by=by, at=now)
    return found


def seen(answer: HttpResponse, of: Chart) -> tuple[int, bytes, dict[str, str]]:
    """Everything that a client is told, with the ids that it asked for left away."""
    body = answer.content
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Number"}
    for key in {of.patient, *of.lines.values()}:
        body = body.replace(str(key).encode(), b"")
    return answer.status_code, body, headers


@pytest.mark.parametrize("how", OPEN)
def test_it_is_open_where_the_table_says(system: System, now: datetime, how: str) -> None:
    found = standing(how, system, now)
    for name, method, path, body in interactions(found):
        answer = answered(system, method, path, body)
        assert answer.status_code in (200, 201), (name, answer.content)
        if name.startswith(("read", "search", "form")):
            assert str(found.patient).encode() in answer.content or SECRET.encode() in answer.content, name


@pytest.mark.parametrize("how", CLOSED)
def test_what_is_closed_answers_byte_for_byte_like_nobody(system: System, now: datetime, how: str) -> None:
    found, nobody = standing(how, system, now), Chart(uuid4(), {kind: uuid4() for kind in KINDS})
    before = everything()
    for theirs, none in zip(interactions(found), interactions(nobody), strict=True):
        name = theirs[0]
        if name == "create Patient":
            continue
        refusals = AuditEvent.objects.filter(action="fhir.refused").count()
        answer, empty = answered(system, *theirs[1:]), answered(system, *none[1:])
        assert seen(answer, found) == seen(empty, nobody), name
        assert SECRET.encode() not in answer.content
        assert AuditEvent.objects.filter(action="fhir.refused").count() == refusals + 2, name
    assert everything() == before
    assert not AuditEvent.objects.filter(patient_id=found.patient, actor_kind="client", category="R").exists()


def guesses(of: Chart, number: str) -> list[tuple[str, str]]:
    """Every parameter that takes an id or a number, with that of somebody."""
    key, lines = str(of.patient), {kind: str(one) for kind, one in of.lines.items()}
    about = [
        (f"{kind}?{name}={value}", "")
        for kind in KINDS[1:]
        for name in ("patient", "subject") if not (kind == "AllergyIntolerance" and name == "subject")
        for value in (key, f"Patient/{key}", f"http://testserver/fhir/Patient/{key}")
    ]  # fmt: skip
    ids = [(f"{kind}?_id={lines[kind]}", "") for kind in KINDS]
    inside = [(f"{kind}?encounter={lines['Encounter']}", "") for kind in ("Observation", "Condition")]
    named = [(f"Patient?identifier=urn:test:national|{number}", number), (f"Patient?identifier={number}", number)]
    return [*about, *ids, *inside, *named]


def without(answer: HttpResponse, path: str) -> bytes:
    """What was answered, without what was asked, which a Bundle repeats."""
    return answer.content.replace(quote(path.split("?")[1], safe="=").encode(), b"")


def test_ids_guessed_in_every_parameter_tell_nothing(system: System, now: datetime) -> None:
    foreign, nobody = chart(now, None), Chart(uuid4(), {kind: uuid4() for kind in KINDS})
    for (theirs, number), (none, other) in zip(
        guesses(foreign, f"{SECRET}-1"), guesses(nobody, "Nobodyhas-1"), strict=True
    ):
        answer, empty = system.get(theirs), system.get(none)
        body, blank = without(answer, theirs), without(empty, none)
        assert (answer.status_code, body) == (empty.status_code, blank), theirs
        assert number == other or SECRET.encode() not in body


def test_references_in_what_is_created_tell_nothing(system: System, now: datetime) -> None:
    """An encounter of another patient, and one that nobody has, under a patient whom the system may write to."""
    mine, foreign = in_care(system.unit_id, at=now), chart(now, None)
    before = everything()
    for kind in ("Observation", "Condition", "AllergyIntolerance"):
        told_ = []
        for key in (foreign.lines["Encounter"], uuid4()):
            sent = {**EACH[kind](mine), "encounter": {"reference": f"Encounter/{key}"}}
            answer = system.post(kind, sent)
            told_.append((answer.status_code, answer.content.replace(str(key).encode(), b"")))
        assert told_[0] == told_[1], kind
        assert told_[0][0] == 422
    assert everything() == before


def test_unknown_interactions_answer_alike_for_everybody(system: System, now: datetime) -> None:
    mine, foreign = in_care(system.unit_id, at=now), chart(now, None)
    for method in ("put", "patch", "delete"):
        seen_ = {
            (answer.status_code, answer.content)
            for key in (mine, foreign.patient, uuid4())
            for answer in [system.send(method, f"Patient/{key}", data="{}", content_type="application/fhir+json")]
        }
        assert {status for status, _ in seen_} == {405}
        assert len(seen_) == 1
    for path in ("Patient/{}/$everything", "Patient/{}/_history", "Patient/{}/_history/1", "Medication/{}"):
        answers = {system.get(path.format(key)).content for key in (mine, foreign.patient, uuid4())}
        assert len(answers) == 1, path


@pytest.mark.parametrize("who", [*Role, "patient", "proxy"])
def test_no_account_comes_in_by_its_session(system: System, now: datetime, who: str) -> None:
    """Systems come by their tokens alone: whoever is signed in on the pages gets what a stranger gets."""
    found, by = chart(now, system.unit_id), people.machinery(now)
    kinds: dict[str, Any] = {}
    if who in Role.values:
        member = people.staff(who, unit_id=system.unit_id, at=now)
        kinds = {"staff_id": member.id}
    elif who == "patient":
        kinds = {"patient_id": found.patient}
    account = people_actions.give_account(username="somebody", password="x", by=by, at=now, **kinds)
    if who == "proxy":
        people_actions.give_proxy(
            found.patient, username="somebody", relation="carer", extent="act", evidence="their word", by=by, at=now
        )
    stranger, browser = Client(), Client()
    browser.force_login(Account.objects.get(pk=account), "ehospital.people.signing_in.Backend")
    system.token = ""
    before = everything()
    for name, method, path, body in interactions(found):
        answers = []
        for system.client in (browser, stranger):
            answer = answered(system, method, path, body)
            answers.append((answer.status_code, answer.content))
        assert answers[0] == answers[1], name
        assert answers[0][0] == 401, name
    assert system.client.get("/fhir/metadata").status_code == 200
    assert everything() == before


def test_the_old_id_of_a_merged_record_leads_to_the_record_that_stands(system: System, now: datetime) -> None:
    absorbed, by = chart(now, system.unit_id), people.machinery(now)
    survivor = in_care(system.unit_id, at=now, given="Hamid", family="Rahman")
    merging.merge(survivor_id=survivor, absorbed_id=absorbed.patient, choices={}, by=by, at=now)
    answer = system.get(f"Patient/{absorbed.patient}")
    assert (answer.status_code, told(answer)) == (200, {
        "resourceType": "Patient", "id": str(absorbed.patient), "active": False,
        "link": [{"other": {"reference": f"Patient/{survivor}"}, "type": "replaced-by"}],
    })  # fmt: skip
    found = told(system.get(f"Condition?patient={absorbed.patient}"))
    assert [one["resource"]["subject"]["reference"] for one in found["entry"]] == [f"Patient/{survivor}"]
    people_actions.end_care(source=f"test:{survivor}", by=by, at=now)
    people_actions.end_care(source=f"test:{absorbed.patient}", by=by, at=now)
    assert system.get(f"Patient/{absorbed.patient}").content == system.get(f"Patient/{uuid4()}").content


def test_a_change_past_the_program_shows_in_last_updated(system: System, now: datetime) -> None:
    mine = chart(now - timedelta(days=3), system.unit_id)
    key = mine.lines["Condition"]
    was = told(system.get(f"Condition/{key}"))["meta"]["lastUpdated"]
    asked = f"Condition?_id={key}&_lastUpdated=ge{(now - timedelta(days=1)).isoformat()[:19]}Z"
    assert told(system.get(asked))["total"] == 0
    Problem.objects.filter(pk=key).update(note="Edited in SQL.")
    assert told(system.get(f"Condition/{key}"))["meta"]["lastUpdated"] > was
    assert told(system.get(asked))["total"] == 1


def test_whether_a_number_is_known_can_be_guessed_a_few_times_an_hour(system: System, now: datetime) -> None:
    people.patient("Ida", "Solberg", at=now, number="67890")
    taken = {**sent_patient(), "identifier": [{"system": "urn:test:national", "value": "67890"}]}
    free = {**sent_patient(), "identifier": [{"system": "urn:test:national", "value": "11111"}]}
    for _ in range(numbers.GUESSES):
        assert system.post("Patient", taken).status_code == 422
    before = everything()
    answers = [system.post("Patient", one) for one in (taken, free)]
    assert [one.status_code for one in answers] == [429, 429]
    assert answers[0].content == answers[1].content
    assert everything() == before
    assert AuditEvent.objects.filter(action="client.number_taken").count() == numbers.GUESSES
    without = {name: value for name, value in sent_patient().items() if name != "identifier"}
    assert system.post("Patient", without).status_code == 201
    assert CareRelationship.objects.filter(unit_id=system.unit_id).exists()


def test_a_guess_is_no_uuid_or_odd_and_still_tells_nothing(system: System) -> None:
    for odd in ("1", "x" * 300, "%00", "..%2f..", "' OR 1=1 --", str(UUID(int=0)).upper()):
        assert system.get(f"Patient/{odd}").status_code in (400, 404)
