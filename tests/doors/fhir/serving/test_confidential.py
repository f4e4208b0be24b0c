"""Confidential lines at the door: not read, not found, not counted, unless the patient allows it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from ehospital.clinical import actions
from ehospital.clinical.details import Code, Moment, ProblemDetails, Record, ReportDetails
from ehospital.clinical.models import Observation
from ehospital.people import access
from ehospital.people import actions as people_actions
from ehospital.people.actions import Word
from tests.doors.fhir.serving.conftest import System, in_care, told
from tests.doors.fhir.serving.test_creating import EACH
from tests.factories import clinical, forms, orders, people

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


@dataclass
class Hidden:
    """Results that belong to something hidden, and one that does not."""

    results: set[UUID]
    open: UUID


@pytest.fixture(params=["order", "report", "report of elsewhere", "form"])
def belonging(request: pytest.FixtureRequest, patient: UUID, now: datetime) -> Hidden:
    carer = clinical.carer(patient, at=now).actor
    lines = (clinical.potassium("4.1", now), clinical.potassium("4.2", now))
    actions.import_record(patient, Record(observations=lines), by=people.machinery(now), at=now)
    kind, key = _made(request.param, patient, lines[0].id, carer, now)
    actions.confide(kind, key, category="violence", by=carer, at=now)
    results = set(Observation.objects.exclude(pk__in=[one.id for one in lines]).values_list("pk", flat=True))
    return Hidden(results or {lines[0].id}, lines[1].id)


def _made(what: str, patient: UUID, told: UUID, carer: access.Actor, now: datetime) -> tuple[str, UUID]:
    if what == "form":
        return "forms", forms.filled(patient, forms.social(), by=carer, url=forms.SOCIAL, at=now)
    if what == "report of elsewhere":
        report = ReportDetails(code=Code("", "", "Panel"), effective=Moment(now), result_ids=(told,))
        actions.import_record(patient, Record(reports=(report,)), by=people.machinery(now), at=now)
        return "reports", report.id
    order = orders.one(patient, by=carer, at=now)
    answer = orders.answered(order.pk, by=orders.technician(now), at=now, potassium="4.4")
    return ("reports", answer) if what == "report" else ("orders", order.pk)


def test_what_belongs_to_a_hidden_line_is_neither_read_nor_found_nor_counted_nor_paged(
    system, patient, belonging
) -> None:
    for key in belonging.results:
        missing, answer = system.get(f"Observation/{UUID(int=key.int ^ 1)}"), system.get(f"Observation/{key}")
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert told(system.get(f"Observation?patient={patient}&_id={key}"))["total"] == 0
    everything = told(system.get(f"Observation?patient={patient}"))
    shown = {UUID(one["resource"]["id"]) for one in everything["entry"]}
    assert belonging.open in shown and not shown & belonging.results
    assert everything["total"] == len(shown)
    assert told(system.get(f"Observation?patient={patient}&_summary=count"))["total"] == len(shown)
    paged, path = set(), f"Observation?patient={patient}&_count=1"
    for _ in range(len(shown)):
        page = told(system.get(path))
        paged |= {UUID(one["resource"]["id"]) for one in page["entry"]}
        following = [one["url"] for one in page["link"] if one["relation"] == "next"]
        path = following[0].partition("/fhir/")[2] if following else path
    assert paged == shown and not following
    assert [one["code"] for one in page["meta"]["security"]] == ["SUBSETTED"]


def test_it_is_shown_once_the_patient_allows_it(system, patient, belonging, now) -> None:
    myself = access.of_patient(patient, name="Amina", at=now)
    word = Word("sharing", "permit", client_id=system.id, category="violence")
    people_actions.record_consent(patient, word, by=myself, at=now)
    for key in belonging.results:
        assert system.get(f"Observation/{key}").status_code == 200
    refusal = Word("sharing", "deny", category="violence")
    people_actions.record_consent(patient, refusal, by=myself, at=now)
    for key in belonging.results:
        assert system.get(f"Observation/{key}").status_code == 404


def test_a_confidential_part_is_left_out_of_its_panel(system, patient, now) -> None:
    carer, panel = clinical.carer(patient, at=now).actor, clinical.pressure(120, 80, now)
    actions.import_record(patient, Record(observations=(panel,)), by=people.machinery(now), at=now)
    part = Observation.objects.get(display="Systolic")
    assert len(told(system.get(f"Observation/{panel.id}"))["component"]) == 2
    actions.confide("observations", part.pk, category="violence", by=carer, at=now)
    for one in (
        told(system.get(f"Observation/{panel.id}")),
        told(system.get(f"Observation?patient={patient}"))["entry"][0]["resource"],
    ):
        assert [each["code"]["text"] for each in one["component"]] == ["Diastolic"]
