"""Confidential lines at the door: not read, not found, not counted, unless the patient allows it."""

from datetime import datetime
from uuid import UUID

import pytest

from ehospital.clinical import actions
from ehospital.clinical.details import Code, ProblemDetails
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.actions import Word
from tests.doors.fhir.serving.conftest import System, in_care, told
from tests.doors.fhir.serving.test_creating import EACH
from tests.factories import clinical, people

pytestmark = pytest.mark.django_db

ICD10 = "http://hl7.org/fhir/sid/icd-10"


@pytest.fixture
def patient(system: System, now: datetime) -> UUID:
    return in_care(system.unit_id, at=now)


@pytest.fixture
def hidden(patient: UUID, now: datetime) -> UUID:
    line = ProblemDetails(code=Code(ICD10, "B20", "Hidden"))
    return actions.record_problem(patient, line, by=people.machinery(now), at=now)


def found(system: System, patient: UUID, more: str = "") -> tuple[int, set[str]]:
    bundle = told(system.get(f"Condition?patient={patient}{more}"))
    return bundle["total"], {one["resource"]["code"]["text"] for one in bundle.get("entry", [])}


def test_it_is_neither_read_nor_found_nor_counted(system, patient, hidden, now) -> None:
    actions.record_problem(patient, clinical.problem("Asthma"), by=people.machinery(now), at=now)
    assert found(system, patient) == (1, {"Asthma"})
    assert found(system, patient, f"&code={ICD10}|B20") == (0, set())
    missing = system.get(f"Condition/{UUID(int=hidden.int ^ 1)}")
    answer = system.get(f"Condition/{hidden}")
    assert (answer.status_code, answer.content) == (404, missing.content)
    for asked in (
        "",
        f"&code={ICD10}|B20",
        f"&_id={UUID(int=1)}",
    ):  # said of every answer, so it tells nothing
        bundle = told(system.get(f"Condition?patient={patient}{asked}"))
        assert [one["code"] for one in bundle["meta"]["security"]] == ["SUBSETTED"]


def test_the_patient_allows_it_to_one_system_and_takes_it_back(system, patient, hidden, now) -> None:
    myself = access.of_patient(patient, name="Amina", at=now)
    word = Word("sharing", "permit", client_id=system.id, category="hiv")
    key = people_actions.record_consent(patient, word, by=myself, at=now)
    assert found(system, patient) == (1, {"Hidden"})
    assert system.get(f"Condition/{hidden}").status_code == 200
    refusal = people_actions.record_consent(patient, Word("sharing", "deny", category="hiv"), by=myself, at=now)
    assert found(system, patient) == (0, set()), "a refusal of all systems beats the permission of one"
    people_actions.withdraw_consent(refusal, by=myself, at=now)
    assert found(system, patient) == (1, {"Hidden"})
    people_actions.withdraw_consent(key, by=myself, at=now)
    assert found(system, patient) == (0, set())


def test_a_system_may_send_what_it_may_not_read_back_later(system, patient) -> None:
    sent = {**EACH["Condition"](patient), "code": {"coding": [{"system": ICD10, "code": "B20", "display": "Hidden"}]}}
    answer = system.post("Condition", sent)
    assert answer.status_code == 201, answer.content
    assert system.get(f"Condition/{told(answer)['id']}").status_code == 404


def test_a_refused_system_finds_nobody(system, patient, hidden, now) -> None:
    myself = access.of_patient(patient, name="Amina", at=now)
    people_actions.record_consent(patient, Word("sharing", "deny", client_id=system.id), by=myself, at=now)
    nobody = UUID(int=patient.int ^ 1)
    for path in ("Patient/{}", "Patient?_id={}", "Condition?patient={}", "Observation?subject=Patient/{}"):
        refused, made_up = (system.get(path.format(key)) for key in (patient, nobody))
        assert refused.status_code == made_up.status_code
        assert refused.content.replace(str(patient).encode(), b"") == made_up.content.replace(str(nobody).encode(), b"")
    assert system.post("Condition", EACH["Condition"](patient)).status_code == 422
