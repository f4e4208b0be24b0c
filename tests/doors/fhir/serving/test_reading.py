"""Read: what is stored comes back in FHIR, with its version, once the look is written down."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import actions, details
from ehospital.clinical.details import Code, Moment
from ehospital.foundation.models import AuditEvent
from ehospital.people import actions as people_actions
from tests.doors.fhir.serving.conftest import System, in_care, told, words
from tests.factories import clinical, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(system: System, now: datetime) -> UUID:
    """A patient of the system's unit."""
    return in_care(system.unit_id, at=now, number="12345")


def test_a_patient_comes_back_as_registered(system: System, ida: UUID) -> None:
    answer = system.get(f"Patient/{ida}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/fhir+json; charset=utf-8")
    found = told(answer)
    assert found["name"] == [{"use": "official", "family": "Okafor", "given": ["Amina"]}]
    assert (found["gender"], found["birthDate"], found["active"]) == ("female", "1957-03-14", True)
    numbers = {one["system"]: one for one in found["identifier"]}
    assert numbers["urn:test:national"]["value"] == "12345"
    assert numbers["urn:ehospital:patient-number"]["type"]["coding"][0]["code"] == "MR"
    assert answer["ETag"] == f'W/"{found["meta"]["versionId"]}"'
    event = AuditEvent.objects.get(action="patient.read")
    assert (event.patient_id, event.actor_kind, event.actor_name) == (ida, "client", system.name)


def test_lines_of_a_chart_come_back_with_every_digit(system: System, ida: UUID, now: datetime) -> None:
    carer = clinical.carer(ida, at=now).actor
    pressure = actions.record_result(ida, clinical.pressure(120, 80, now), by=carer, at=now)
    key = actions.record_result(ida, clinical.potassium("4.10", now), by=carer, at=now)
    raw = system.get(f"Observation/{key}").content.decode()
    assert '"value":4.10' in raw
    found = told(system.get(f"Observation/{pressure}"))
    assert [one["valueQuantity"]["value"] for one in found["component"]] == [120, 80]
    assert found["subject"] == {"reference": f"Patient/{ida}"}
    assert found["performer"][0]["display"] == "Tove Berg"
    assert found["category"][0]["coding"][0]["code"] == "vital-signs"
    assert AuditEvent.objects.filter(action="chart.read", subject=f"Observation/{pressure}").count() == 1


def test_a_part_of_a_panel_is_no_resource(system: System, ida: UUID, now: datetime) -> None:
    from ehospital.clinical.models import Observation

    carer = clinical.carer(ida, at=now).actor
    actions.record_result(ida, clinical.pressure(120, 80, now), by=carer, at=now)
    part = Observation.objects.exclude(panel=None).first()
    assert part is not None and system.get(f"Observation/{part.pk}").status_code == 404
    assert told(system.get("Observation"))["total"] == 1


def test_a_line_in_error_is_read_with_that_status_and_left_out_of_searches(
    system: System, ida: UUID, now: datetime
) -> None:
    carer = clinical.carer(ida, at=now).actor
    key = actions.record_problem(ida, clinical.problem("Asthma"), by=carer, at=now)
    before = system.get(f"Condition/{key}")
    later = now + timedelta(seconds=5)
    actions.enter_in_error("problems", key, reason="wrong patient", by=people.machinery(later), at=later)
    after = system.get(f"Condition/{key}")
    found = told(after)
    assert found["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in found
    assert before["ETag"] != after["ETag"]
    assert told(before)["meta"]["lastUpdated"] < found["meta"]["lastUpdated"]
    assert told(system.get("Condition"))["total"] == 0
    assert told(system.get("Condition?verification-status=entered-in-error"))["total"] == 1


def test_the_statement_that_none_is_known_is_an_allergy_resource(system: System, ida: UUID, now: datetime) -> None:
    carer = clinical.carer(ida, at=now).actor
    key = actions.state_no_known_allergies(ida, by=carer, at=now)
    found = told(system.get(f"AllergyIntolerance/{key}"))
    assert found["code"]["coding"][0] == {
        "system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergies",
    }  # fmt: skip
    assert found["clinicalStatus"]["coding"][0]["code"] == "active"
    nuts = actions.record_allergy(ida, clinical.allergy("Nuts"), by=carer, at=now)
    assert told(system.get(f"AllergyIntolerance/{key}"))["clinicalStatus"]["coding"][0]["code"] == "resolved"
    listed = told(system.get(f"AllergyIntolerance?patient={ida}&clinical-status=active"))
    assert [one["resource"]["id"] for one in listed["entry"]] == [str(nuts)]
    assert told(system.get("AllergyIntolerance?code=http://snomed.info/sct|716186003"))["total"] == 1


def test_an_encounter_and_precision_of_dates(system: System, ida: UUID, now: datetime) -> None:
    carer = clinical.carer(ida, at=now).actor
    visit = details.EncounterDetails(code=Code("", "", "Check-up"), setting="EMER")
    key = actions.open_encounter(ida, visit, by=carer, at=now)
    found = told(system.get(f"Encounter/{key}"))
    assert (found["status"], found["class"]["code"], found["type"]) == ("in-progress", "EMER", [{"text": "Check-up"}])
    year = Moment(datetime(1980, 1, 1, tzinfo=now.tzinfo), "year")
    asthma = clinical.problem("Asthma", onset=year, encounter_id=key)
    problem = actions.record_problem(ida, asthma, by=carer, at=now)
    line = told(system.get(f"Condition/{problem}"))
    assert (line["onsetDateTime"], line["encounter"]) == ("1980", {"reference": f"Encounter/{key}"})


def test_who_has_the_version_is_told_so(system: System, ida: UUID, now: datetime) -> None:
    first = system.get(f"Patient/{ida}")
    same = system.get(f"Patient/{ida}", If_None_Match=first["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert system.get(f"Patient/{ida}", If_Modified_Since=first["Last-Modified"]).status_code == 304
    assert system.get(f"Patient/{ida}", If_None_Match='W/"other"').status_code == 200
    changed = people.details("Amina", "Njie")
    later = now + timedelta(seconds=2)
    by = people.machinery(later)
    people_actions.revise_patient(ida, changed, seen_version=1, by=by, at=later)
    assert system.get(f"Patient/{ida}", If_None_Match=first["ETag"]).status_code == 200
    assert system.get(f"Patient/{ida}", If_Modified_Since=first["Last-Modified"]).status_code == 200


def test_foreign_and_unknown_ids_answer_byte_for_byte_the_same(system: System, now: datetime) -> None:
    foreign = people.patient(at=now)
    carer = clinical.carer(foreign, at=now).actor
    problem = actions.record_problem(foreign, clinical.problem("Asthma"), by=carer, at=now)
    answers = {
        (answer.status_code, answer.content)
        for path in (
            f"Patient/{foreign}",
            f"Patient/{uuid4()}",
            f"Condition/{problem}",
            f"Condition/{uuid4()}",
            "Patient/x",
        )
        for answer in [system.get(path)]
    }
    assert len(answers) == 1 and next(iter(answers))[0] == 404
    refusals = AuditEvent.objects.filter(action="fhir.refused")
    assert (refusals.count(), set(refusals.values_list("patient_id", flat=True))) == (5, {None})


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/fhir+json", 200),
        ("application/fhir+json; fhirVersion=4.0", 200),
        ("application/json, text/plain", 200),
        ("*/*", 200),
        ("application/fhir+xml", 406),
        ("application/fhir+json; fhirVersion=5.0", 406),
        ("application/fhir+json;q=0", 406),
        ("text/html", 406),
    ],
)
def test_json_it_is(system: System, ida: UUID, accept: str, status: int) -> None:
    for path in (f"Patient/{ida}", "metadata"):
        answer = system.get(path, Accept=accept)
        assert answer.status_code == status
        assert status == 200 or "application/fhir+json" in words(answer)
    assert system.get(f"Patient/{ida}?_format=xml").status_code == 406
    assert system.get(f"Patient/{ida}?_format=application/fhir+json", Accept="application/fhir+xml").status_code == 200


def test_other_methods_and_addresses_are_refused_in_words(system: System, ida: UUID) -> None:
    put = system.send("put", f"Patient/{ida}", data="{}", content_type="application/fhir+json")
    assert (put.status_code, put["Allow"]) == (405, "GET, HEAD")
    assert system.send("delete", f"Patient/{ida}").status_code == 405
    assert system.send("patch", "Patient", data="{}", content_type="application/json").status_code == 405
    for path in ("Claim/1", "", f"Patient/{ida}/_history", f"Patient/{ida}/$everything", "$export"):
        answer = system.get(path)
        assert (answer.status_code, told(answer)["resourceType"]) == (404, "OperationOutcome"), path


def test_metadata_is_open_and_tells_what_there_is(system: System) -> None:
    system.token = ""
    told_ = told(system.get("metadata"))
    assert (told_["resourceType"], told_["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
    kinds = {one["type"]: one for one in told_["rest"][0]["resource"]}
    assert set(kinds) == {"Patient", "Observation", "Condition", "AllergyIntolerance", "Encounter"}
    assert {one["code"] for one in kinds["Patient"]["interaction"]} == {"read", "search-type", "create"}
    assert {"name", "family", "given", "birthdate", "identifier", "gender", "_id", "_lastUpdated"} <= {
        one["name"] for one in kinds["Patient"]["searchParam"]
    }
    smart = told(system.get(".well-known/smart-configuration"))
    assert smart["token_endpoint"] == "http://testserver/fhir/token"
