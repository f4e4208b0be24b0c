"""Create: stored whole through the same actions as everything else, or refused with the path of what cannot be."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import models
from ehospital.foundation.models import AuditEvent, OutboxMessage
from ehospital.people.models import CareRelationship, Patient
from tests.doors.fhir.serving.conftest import Json, Register, System, in_care, told, words
from tests.factories import fhir as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(system: System, now: datetime) -> UUID:
    """A patient of the system's unit."""
    return in_care(system.unit_id, at=now)


def everything() -> tuple[int, ...]:
    """How many rows there are of whatever a client may write; and of outbox messages."""
    tables: list[Any] = [Patient, CareRelationship, models.Observation, models.Problem, models.Allergy]
    tables += [models.NoKnownAllergies, models.Encounter, models.AllergyReaction, OutboxMessage]
    return tuple(table._default_manager.count() for table in tables)


def patient(**more: Any) -> Json:
    """A Patient with everything that registration keeps."""
    return {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": "<div>Ida</div>"},
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": True},
            {"url": "urn:ehospital:fhir:communication-needs", "valueString": "Hears on the left"},
        ],
        "identifier": [
            {"use": "official", "system": "urn:test:number", "value": "N-1", "type": {"coding": [{"code": "NI"}]}}
        ],
        "active": True,
        "name": [
            {"use": "official", "family": "Solberg", "given": ["Ida", "Marie"], "prefix": ["Ms."], "text": "Ida S."},
            {"use": "maiden", "family": "Lund", "given": ["Ida"], "period": {"end": "1990-05-01"}},
        ],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        "gender": "female",
        "birthDate": "1961-04",
        "address": [{"line": ["1 Main Street", "Flat 2"], "city": "Bergen", "postalCode": "5003", "country": "NO"}],
        "contact": [{"name": {"given": ["Jon"], "family": "Solberg"}, "relationship": [{"text": "Husband"}]}],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "nb"}]}, "preferred": True}],
        "maritalStatus": {"coding": [{"code": "M", "display": "Married"}]},
        **more,
    }


def about(kind: str, key: object, **more: Any) -> Json:
    """A line of somebody's chart."""
    field = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, field: {"reference": f"Patient/{key}"}, **more}


def potassium(key: object, value: str = "4.10", **more: Any) -> Json:
    """A potassium."""
    return about(
        "Observation",
        key,
        status="final",
        category=[make.coded(f"{make.STATUS}observation-category", "laboratory", "Laboratory")],
        code=make.coded(make.LOINC, "2823-3", "Potassium"),
        **{
            "effectiveDateTime": "2024-03-01T10:00:00+01:00",
            "valueQuantity": {
                "value": make.Digits(value), "unit": "mmol/L", "system": make.UCUM, "code": "mmol/L",
            },
            **more,
        },
    )  # fmt: skip


def condition(key: object, **more: Any) -> Json:
    status = {"clinicalStatus": make.coded(f"{make.STATUS}condition-clinical", "active", "Active")}
    code = make.coded(make.SNOMED, "195967001", "Asthma")
    return about("Condition", key, code=code, onsetDateTime="1980", **{**status, **more})


def allergy(key: object, **more: Any) -> Json:
    status = make.coded(f"{make.STATUS}allergyintolerance-clinical", "active", "Active")
    reaction = [{"manifestation": [{"text": "Urticaria"}], "severity": "severe", "onset": "2001"}]
    code = make.coded(make.SNOMED, "91934008", "Nuts")
    found = {"code": code, "clinicalStatus": status, "reaction": reaction, "category": ["food"], "criticality": "high"}
    return about("AllergyIntolerance", key, **{**found, **more})


def encounter(key: object, **more: Any) -> Json:
    found = {"status": "in-progress", "class": {"code": "AMB"}, "type": [{"text": "Check-up"}]}
    found["period"] = {"start": "2024-03-01T10:00:00Z"}
    return about("Encounter", key, **{**found, **more})


EACH: dict[str, Callable[..., Json]] = {
    "Observation": potassium, "Condition": condition, "AllergyIntolerance": allergy, "Encounter": encounter,
}  # fmt: skip


def test_a_patient_is_registered_whole_and_in_the_care_of_the_receiving_unit(system: System, now: datetime) -> None:
    answer = system.post("Patient", patient())
    assert answer.status_code == 201, answer.content
    found = told(answer)
    assert answer["Location"] == f"http://testserver/fhir/Patient/{found['id']}/_history/{found['meta']['versionId']}"
    assert system.get(f"Patient/{found['id']}").content == answer.content
    assert found["birthDate"] == "1961-04"
    assert [one["given"] for one in found["name"]] == [["Ida", "Marie"], ["Ida"]]
    row = Patient.objects.get(pk=found["id"])
    assert (row.interpreter_needed, row.communication_needs, row.language) == (True, "Hears on the left", "nb")
    care = CareRelationship.objects.get(patient=row)
    assert (care.unit_id, care.source) == (system.unit_id, f"client:{system.id}")
    event = AuditEvent.objects.get(action="patient.registered")
    assert (event.actor_kind, event.patient_id) == ("client", row.pk)


@pytest.mark.parametrize("kind", EACH)
def test_a_line_is_written_under_the_name_of_the_system_and_reads_back_the_same(
    system: System, ida: UUID, kind: str
) -> None:
    answer = system.post(kind, EACH[kind](ida))
    assert answer.status_code == 201, answer.content
    key = told(answer)["id"]
    assert system.get(f"{kind}/{key}").content == answer.content
    assert [one["resource"]["id"] for one in told(system.get(f"{kind}?patient={ida}"))["entry"]] == [key]
    events = AuditEvent.objects.filter(patient_id=ida, category="C", actor_kind="client")
    assert events.count() == 1
    assert OutboxMessage.objects.filter(subject__contains="Chart").count() <= 1


def test_digits_parts_and_judgement_of_a_result_are_kept(system: System, ida: UUID) -> None:
    limits = [{"low": {"value": make.Digits("3.50"), "unit": "mmol/L", "system": make.UCUM, "code": "mmol/L"}}]
    judged = [{"coding": [{"system": f"{make.STATUS}v3-ObservationInterpretation", "code": "H"}]}]
    sent = potassium(ida, "5.10", interpretation=judged, referenceRange=limits, note=[{"text": "Haemolysed"}])
    answer = system.post("Observation", sent)
    assert answer.status_code == 201, answer.content
    assert b'"value":5.10' in answer.content and b'"value":3.50' in answer.content
    pressure = make.pressure("x") | {"subject": {"reference": f"http://testserver/fhir/Patient/{ida}"}}
    del pressure["encounter"], pressure["id"]
    answer = system.post("Observation", pressure)
    assert answer.status_code == 201, answer.content
    assert len(told(answer)["component"]) == 2


def test_a_line_names_an_encounter_of_the_same_patient_only(system: System, ida: UUID, now: datetime) -> None:
    visit = told(system.post("Encounter", encounter(ida)))["id"]
    link = {"encounter": {"reference": f"Encounter/{visit}"}}
    assert system.post("Condition", condition(ida, **link)).status_code == 201
    other = in_care(system.unit_id, at=now)
    before = everything()
    foreign = system.post("Condition", condition(other, **link))
    nobody = system.post("Condition", condition(other, encounter={"reference": f"Encounter/{uuid4()}"}))
    assert (foreign.status_code, foreign.content) == (422, nobody.content)
    assert told(foreign)["issue"][0]["expression"] == ["Condition.encounter.reference"]
    assert everything() == before


def test_none_known_is_stated_once(system: System, ida: UUID) -> None:
    code = make.coded(make.SNOMED, "716186003", "No known allergy")
    sent = about("AllergyIntolerance", ida, code=code)
    first, second = system.post("AllergyIntolerance", sent), system.post("AllergyIntolerance", sent)
    assert (first.status_code, told(first)["id"]) == (201, told(second)["id"])
    assert system.post("AllergyIntolerance", allergy(ida)).status_code == 201
    before = everything()
    again = system.post("AllergyIntolerance", sent)
    assert again.status_code == 422 and "on record" in words(again)
    assert everything() == before


@pytest.mark.parametrize(
    ("kind", "more", "path"),
    [
        ("Observation", {"status": "fine"}, "Observation.status"),
        ("Observation", {"effectiveDateTime": "2999-01-01"}, "Observation.effectiveDateTime"),
        ("Observation", {"effectiveDateTime": "yesterday"}, "Observation.effectiveDateTime"),
        ("Observation", {"valueQuantity": {"value": "4.1"}}, "Observation.valueQuantity.value"),
        ("Observation", {"valueString": "x"}, "Observation"),
        ("Observation", {"device": {"display": "Analyser"}}, "Observation.device"),
        ("Observation", {"performer": [{"reference": "Practitioner/1"}]}, "Observation.performer"),
        ("Observation", {"method": {"coding": [{"code": "1"}], "text": "PCR"}}, "Observation.method.coding"),
        ("Observation", {"derivedFrom": [{"reference": "Observation/1"}]}, "Observation.derivedFrom"),
        ("Observation", {"category": [{"coding": [{"code": "odd"}]}]}, "Observation.category"),
        ("Observation", {"modifierExtension": [{"url": "x", "valueBoolean": True}]}, "Observation.modifierExtension"),
        ("Observation", {"contained": [{"resourceType": "Device"}]}, "Observation.contained"),
        ("Observation", {"meta": {"security": [{"code": "R"}]}}, "Observation.meta.security"),
        ("Condition", {"code": None}, "Condition.code"),
        ("Condition", {"onsetDateTime": None, "onsetAge": {"value": 3}}, "Condition.onsetAge"),
        ("Condition", {"abatementDateTime": "1970"}, "Condition.abatementDateTime"),
        ("Condition", {"stage": [{"summary": {"text": "II"}}]}, "Condition.stage"),
        ("Condition", {"note": [{"text": "x", "authorString": "Dr. Y"}]}, "Condition.note"),
        ("Condition", {"recordedDate": "2020-05"}, "Condition.recordedDate"),
        ("AllergyIntolerance", {"category": ["dust"]}, "AllergyIntolerance.category"),
        (
            "AllergyIntolerance",
            {"reaction": [{"manifestation": [make.coded(make.SNOMED, "1", "Rash")]}]},
            "AllergyIntolerance.reaction[0].manifestation[0].coding",
        ),
        ("Encounter", {"status": "finished"}, "Encounter.status"),
        ("Encounter", {"class": {"code": "ODD"}}, "Encounter.class"),
        ("Encounter", {"type": [{"text": "a"}, {"text": "b"}]}, "Encounter"),
    ],
)
def test_what_cannot_be_stored_is_named_and_nothing_is_stored(
    system: System, ida: UUID, kind: str, more: Json, path: str
) -> None:
    before = everything()
    base = EACH[kind](ida)
    if kind == "Encounter" and more.get("status") == "finished":
        more = {**more, "period": {"start": "2024-03-01T10:00:00Z", "end": "2024-03-01T11:00:00Z"}}
    answer = system.post(kind, {name: value for name, value in {**base, **more}.items() if value is not None})
    assert answer.status_code == 422, answer.content
    places = told(answer)["issue"][0].get("expression", [])
    assert any(place == path or place.startswith((f"{path}.", f"{path}[")) for place in places), told(answer)
    assert everything() == before


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": []}, "Patient.name"),
        ({"birthDate": "2999-01-01"}, "Patient.birthDate"),
        ({"birthDate": "1700-01-01"}, "Patient.birthDate"),
        ({"photo": [{"url": "x"}]}, "Patient.photo"),
        ({"link": [{"type": "seealso"}]}, "Patient.link"),
        ({"gender": "f"}, "Patient.gender"),
        ({"extension": [{"url": "urn:race", "valueString": "x"}]}, "Patient.extension"),
        ({"telecom": [{"system": "fax", "value": "1"}]}, "Patient.telecom[0].system"),
        ({"identifier": [{"value": "1"}]}, "Patient.identifier"),
        ({"deceasedDateTime": "2020"}, "Patient.deceasedDateTime"),
        ({"name": [{"family": "x" * 300}]}, "Patient.name.family"),
        ({"communication": [{"language": {"text": "Norwegian"}}]}, "Patient.communication"),
    ],
)
def test_a_patient_with_what_cannot_be_stored_is_not_registered(system: System, more: Json, path: str) -> None:
    before = everything()
    answer = system.post("Patient", patient(**more))
    assert answer.status_code == 422, answer.content
    places = told(answer)["issue"][0].get("expression", [])
    assert any(place == path or place.startswith((f"{path}.", f"{path}[")) for place in places), told(answer)
    assert everything() == before


def test_a_number_that_is_taken_is_refused_without_telling_by_whom(system: System, now: datetime) -> None:
    people.patient(at=now, number="9")
    before = everything()
    sent = patient(identifier=[{"system": "urn:test:national", "value": "9"}])
    answer = system.post("Patient", sent)
    assert (answer.status_code, told(answer)["issue"][0]["expression"]) == (422, ["Patient.identifier"])
    assert everything() == before


def test_if_none_exist_creates_once(system: System, now: datetime) -> None:
    known = {"If_None_Exist": "identifier=urn:test:number|N-1"}
    first = system.post("Patient", patient(), **known)
    second = system.post("Patient", patient(), **known)
    assert (first.status_code, second.status_code, second.content) == (201, 200, first.content)
    assert first["Location"] == second["Location"]
    for given in ("Ida", "Eva"):
        in_care(system.unit_id, at=now, given=given, family="Moe")
    before = everything()
    several = system.post("Patient", patient(identifier=[]), If_None_Exist="family=Moe")
    assert several.status_code == 412
    for words_ in ("shoe-size=44", "_count=1", "birthdate=x", "_has:Observation:patient:code=1"):
        assert system.post("Patient", patient(identifier=[]), If_None_Exist=words_).status_code == 400
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        (" ", {}, 400),
        ("{", {}, 400),
        ("[]", {}, 400),
        ('{"resourceType": "Condition"}', {}, 400),
        ('{"resourceType": "Observation", "x": 1e999999999}', {}, 422),
        ("<Observation/>", {"type": "application/fhir+xml"}, 415),
        ("a=b", {"type": "application/x-www-form-urlencoded"}, 415),
        ("[" * 100_000, {}, 400),
        ('{"resourceType": "Observation", "x": "' + "x" * (1 << 20) + '"}', {}, 413),
    ],
)
def test_what_is_no_resource_is_refused(system: System, body: str, more: dict[str, str], status: int) -> None:
    before = everything()
    answer = system.post("Observation", body, **more)
    assert (answer.status_code, told(answer)["resourceType"]) == (status, "OperationOutcome")
    assert everything() == before


def test_a_chart_that_is_not_open_takes_nothing_and_does_not_tell_that_it_exists(system: System, now: datetime) -> None:
    foreign = people.patient(at=now)
    before = everything()
    for kind, make_one in EACH.items():
        answers = {
            (answer.status_code, answer.content)
            for key in (foreign, uuid4(), "x", "")
            for answer in [system.post(kind, make_one(key))]
        }
        assert len(answers) == 1 and next(iter(answers))[0] == 422, (kind, answers)
    assert everything() == before


def test_a_client_without_a_receiving_unit_registers_nobody(register: Register, system: System, now: datetime) -> None:
    from ehospital.people.models import ClientUnit

    ClientUnit.objects.filter(client_id=system.id).delete()
    before = everything()
    answer = system.post("Patient", patient())
    assert answer.status_code == 422 and "no unit" in words(answer)
    assert everything() == before


def test_minimal_answers_have_no_body(system: System, ida: UUID) -> None:
    answer = system.post("Observation", potassium(ida), Prefer="return=minimal")
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer["Location"].startswith("http://testserver/fhir/Observation/")


def test_a_moment_ahead_of_our_clock_is_refused(system: System, ida: UUID, now: datetime) -> None:
    ahead = (now + timedelta(minutes=30)).isoformat()
    answer = system.post("Observation", potassium(ida, effectiveDateTime=ahead))
    assert answer.status_code == 422 and "future" in words(answer)
