"""What a chart says in words: no raw code, no invented day, and no control that its reader may not use."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings

from ehospital.clinical import actions
from ehospital.clinical.details import (
    ActivityDetails,
    CarePlanDetails,
    Code,
    MedicineDetails,
    Moment,
    ProcedureDetails,
    Record,
    Reference,
    Value,
)
from ehospital.foundation.models import AuditEvent
from ehospital.monitoring import actions as monitoring
from ehospital.people.access import Role
from ehospital.people.models import Patient
from ehospital.web.staff.chart.head import born_words
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import clinical, people
from tests.factories import monitoring as wards

pytestmark = pytest.mark.django_db


def text_of(page: str) -> str:
    """What a person reads: no tags, single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)).split())


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.NURSE, True), (Role.DOCTOR, True), (Role.PHARMACIST, False)], ids=str
)
def test_recording_and_acknowledging_are_offered_to_whoever_may(
    ward: wards.WardOfTests, chart: str, sign_in: SignIn, role: Role, offered: bool
) -> None:
    monitoring.record_observations(ward.patient_ids[0], wards.ILL, by=people.machinery(ward.at), at=ward.at)
    browser = sign_in(role, unit_id=ward.unit_id).client
    for address in (chart, f"{chart}observations/"):
        assert ("Record obs" in browser.get(address).content.decode()) is offered
    assert (browser.get(f"{chart}observations/record/").status_code == 200) is offered
    for address in (chart, f"{chart}alerts/"):
        page = browser.get(address).content.decode()
        assert "Emergency response" in page
        assert ("Acknowledge" in page) is offered


def test_the_alerts_of_a_chart_come_alone_and_open_no_chart(
    ward: wards.WardOfTests, chart: str, nurse: SignedIn, sign_in: SignIn
) -> None:
    assert nurse.client.get(f"{chart}alerts/").content.strip() == b""
    monitoring.record_observations(ward.patient_ids[0], wards.ILL, by=people.machinery(ward.at), at=ward.at)
    page = nurse.client.get(f"{chart}alerts/").content.decode()
    assert 'class="alerts"' in page
    assert "<html" not in page
    assert not AuditEvent.objects.filter(action="chart.read").exists()
    assert sign_in(Role.DOCTOR).client.get(f"{chart}alerts/").status_code == 404


def test_a_medicine_shows_from_when_until_when_and_admits_what_is_not_known(
    ward: wards.WardOfTests, chart: str, nurse: SignedIn
) -> None:
    def take(name: str, status: str, **more: object) -> None:
        told = MedicineDetails(code=Code("", "", name), status=status, recorded_at=ward.at, **more)  # type: ignore[arg-type]
        actions.record_medicine(ward.patient_ids[0], told, by=people.machinery(ward.at), at=ward.at)

    begun = datetime(2019, 3, 1, 12, tzinfo=ZoneInfo("UTC"))
    take("Metformin", "active")
    take("Ramipril", "stopped", started=Moment(begun, "month"), ended_at=datetime(2020, 5, 17, 12, tzinfo=begun.tzinfo))
    take("Warfarin", "completed")
    rows = re.findall(r"<tr>.*?</tr>", nurse.client.get(f"{chart}medicines/").content.decode(), flags=re.DOTALL)
    every = [text_of(row).partition(" Mark in error : ") for row in rows if "<td" in row]
    said = {words.split()[0]: words for words, _, _ in every}
    marks = [f"{name} Make confidential : {name}" for name in said]
    assert [name for _, _, name in every] == marks, "each line can be marked as a mistake, and as confidential"
    assert said["Metformin"] == "Metformin dosage not recorded not known"
    assert said["Ramipril"] == "Ramipril Stopped dosage not recorded Mar-2019 17-May-2020"
    assert said["Warfarin"] == "Warfarin Completed dosage not recorded not known not known"
    assert "Until" in text_of(nurse.client.get(f"{chart}medicines/").content.decode())


def test_codes_stand_in_words(ward: wards.WardOfTests, chart: str, nurse: SignedIn) -> None:
    key, by, at = ward.patient_ids[0], people.machinery(ward.at), ward.at
    actions.record_procedure(key, ProcedureDetails(code=Code("", "", "Gastroscopy"), status="not-done"), by=by, at=at)
    walking = ActivityDetails(code=Code("", "", "Walk daily"), status="not-started")
    plan = CarePlanDetails(code=Code("", "", "Getting up"), activities=(walking,))
    actions.import_record(key, Record(care_plans=(plan,)), by=by, at=at)
    smoking = clinical.potassium("1", at - timedelta(hours=2), category="social-history")
    actions.record_result(key, smoking, by=by, at=at)
    history = text_of(nurse.client.get(f"{chart}history/").content.decode())
    assert "Gastroscopy Not done" in history
    assert "Walk daily Not started" in history
    results = nurse.client.get(f"{chart}results/").content.decode()
    assert "Social history" in text_of(results)
    assert "social-history" not in results


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"interpretation": "AA"}, "4.1 mmol/L Critically abnormal"),
        ({"interpretation": "HH"}, "4.1 mmol/L ▲▲ Critically high"),
        ({"interpretation": "LL"}, "4.1 mmol/L ▼▼ Critically low"),
        ({"interpretation": "N", "reference": Reference(high=Decimal("4.0"))}, "4.1 mmol/L ▲ Above range"),
        ({"interpretation": "", "reference": Reference(low=Decimal("4.2"))}, "4.1 mmol/L ▼ Below range"),
        ({"interpretation": "L", "reference": Reference(high=Decimal("4.0"))}, "4.1 mmol/L Disagrees with its range"),
        ({"value": Value(number=Decimal("37.72429354"), unit="mL/min/{1.73_m2}")}, "37.72 mL/min/1.73 m²"),
        ({"interpretation": "OWN"}, "4.1 mmol/L OWN"),
        ({"value": Value(absent_reason="not-performed")}, "no value: not performed"),
        ({"value": Value(absent_reason="Asked But Unknown")}, "no value: asked, but not known"),
        ({"value": Value(absent_reason="The tube broke")}, "no value: The tube broke"),
    ],
)
def test_a_mark_on_a_result_stands_in_words(
    ward: wards.WardOfTests, chart: str, nurse: SignedIn, told: dict, words: str
) -> None:
    result = replace(clinical.potassium("4.1", ward.at), **told)
    actions.record_result(ward.patient_ids[0], result, by=people.machinery(ward.at), at=ward.at)
    assert words in text_of(nurse.client.get(f"{chart}results/").content.decode())


def test_age_and_days_are_those_of_the_hospital(settings: LazySettings) -> None:
    """At noon in Greenwich it is tomorrow already in Kiribati: who is born that day is a year older there."""
    noon = datetime(2026, 3, 13, 12, tzinfo=ZoneInfo("UTC"))
    born = Patient(birth_on=date(1957, 3, 14), birth_precision="day")
    settings.TIME_ZONE = "Pacific/Kiritimati"
    assert born_words(born, noon) == "14-Mar-1957 (69 y)"
    settings.TIME_ZONE = "UTC"
    assert born_words(born, noon) == "14-Mar-1957 (68 y)"
    about = Patient(birth_on=date(1957, 3, 1), birth_precision="month")
    assert born_words(about, noon) == "Mar-1957 (about 69 y)"
    assert born_words(Patient(birth_precision="unknown"), noon) == "not known"


def test_an_empty_list_is_headed_below_its_card(nurse: SignedIn, chart: str) -> None:
    for address, words in ((f"{chart}documents/", "No documents"), (f"{chart}observations/", "Nothing measured")):
        assert f"<h3>{words}</h3>" in nurse.client.get(address).content.decode()
