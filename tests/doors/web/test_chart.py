"""A chart: what it shows, to whom, and what it writes down about being opened."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ehospital.clinical import actions as clinical
from ehospital.foundation.models import AuditEvent
from ehospital.monitoring import actions as monitoring
from ehospital.monitoring.models import PatientState
from ehospital.monitoring.policies import picture
from ehospital.monitoring.policies.ages import Age
from ehospital.people.access import Role
from ehospital.web.kit.presenting import NO_SCORE
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import clinical as charts
from tests.factories import monitoring as wards
from tests.factories import people

pytestmark = pytest.mark.django_db
TABS = (
    "",
    "observations/",
    "observations/record/",
    "observations/scoring/",
    "results/",
    "medicines/",
    "history/",
    "documents/",
    "timeline/",
)


@pytest.mark.parametrize("tab", TABS)
def test_every_page_of_a_chart_names_the_patient_and_the_allergies(nurse: SignedIn, chart: str, tab: str) -> None:
    page = nurse.client.get(chart + tab).content.decode()
    assert "OKAFOR, Number 0" in page
    assert "Allergies not recorded" in page
    assert "14-Mar-1957" in page
    assert "Ward 4 · A1" in page


@pytest.mark.parametrize("tab", TABS)
def test_nobody_else_opens_any_page_of_it(chart: str, tab: str, sign_in: SignIn) -> None:
    missing = "/staff/patients/00000000-0000-7000-8000-000000000000/"
    stranger = sign_in(Role.NURSE)
    assert stranger.client.get(chart + tab).status_code == stranger.client.get(missing + tab).status_code == 404
    assert not AuditEvent.objects.filter(actor_id=str(stranger.member.id), action="chart.read").exists()
    assert sign_in(Role.RECEPTIONIST).client.get(chart + tab).status_code == 403


def test_opening_is_audited_once_with_its_part(nurse: SignedIn, chart: str, ward: wards.WardOfTests) -> None:
    nurse.client.get(chart)
    event = AuditEvent.objects.get(action="chart.read")
    assert (event.patient_id, event.details) == (ward.patient_ids[0], {"part": "summary"})


def test_an_empty_chart_does_not_reassure(nurse: SignedIn, chart: str) -> None:
    answer = nurse.client.get(chart)
    page = answer.content.decode()
    assert "No medicine is recorded. That does not mean that none is taken: ask." in page
    assert answer.context["head"].banner.news.text == "?"
    assert [sign.text for sign in answer.context["signs"]] == ["?"] * 6


def test_a_set_is_charted_scored_and_shown(nurse: SignedIn, chart: str, ward: wards.WardOfTests) -> None:
    typed = {"rr": "26", "spo2": "91", "oxygen": "0", "sbp": "125", "dbp": "70", "hr": "132", "consciousness": "A"}
    answer = nurse.client.post(chart + "observations/record/", {**typed, "temp": "36.8"})
    assert (answer.status_code, answer["Location"]) == (302, chart)
    page = nurse.client.get(chart)
    assert page.context["head"].banner.news.text == "9"
    assert [alert.what for alert in page.context["alerts"]] == ["NEWS2 9, HR 132, RR 26, SpO₂ 91"]
    assert PatientState.objects.get(pk=ward.patient_ids[0]).score == 9


def test_how_a_patient_is_scored_is_chosen_and_said(nurse: SignedIn, chart: str, ward: wards.WardOfTests) -> None:
    typed = {"rr": "16", "spo2": "90", "oxygen": "0", "sbp": "125", "dbp": "70", "hr": "72", "consciousness": "A"}
    nurse.client.post(chart + "observations/record/", {**typed, "temp": "36.8"})
    assert nurse.client.get(chart).context["head"].banner.news.text == "3"
    assert chart + "observations/scoring/" in nurse.client.get(chart + "observations/record/").content.decode()

    assert nurse.client.post(chart + "observations/scoring/", {"spo2_scale": "2"}).status_code == 302
    assert nurse.client.get(chart).context["head"].banner.news.text == "0"

    nurse.client.post(chart + "observations/scoring/", {"spo2_scale": "2", "pregnant": "on"})
    page = nurse.client.get(chart)
    assert page.context["head"].banner.news.text == "?"
    assert "NEWS2 is not valid in pregnancy; use a maternity score." in page.content.decode()
    told = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert told.count("spo2_scale.changed") == told.count("pregnancy.changed") == 1

    nurse.client.post(chart + "observations/scoring/", {"spo2_scale": "2"})
    assert nurse.client.get(chart).context["head"].banner.news.text == "0"
    assert nurse.client.post(chart + "observations/scoring/", {"spo2_scale": "3"}).status_code == 422


@pytest.mark.parametrize(
    ("age", "pregnant", "reason"),
    [(Age(10, 10), False, NO_SCORE[0]), (Age(15, 16), False, NO_SCORE[1]), (Age(30, 30), True, NO_SCORE[2])],
)
def test_every_reason_for_no_score_can_be_translated(now: datetime, age: Age, pregnant: bool, reason: str) -> None:
    seen = picture.picture({}, now=now, age=age, spo2_scale=1, pregnant=pregnant, watched=False, heard_at=None)
    assert seen.why_not == reason


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Nothing was typed"),
        ({"hr": "7200"}, "less than or equal to"),
        ({"temp": "abc"}, "Enter a number"),
        ({"sbp": "80", "dbp": "90"}, "The diastolic pressure must be below the systolic one"),
    ],
)
def test_a_slip_of_the_finger_is_caught(nurse: SignedIn, chart: str, typed: dict[str, str], words: str) -> None:
    answer = nurse.client.post(chart + "observations/record/", typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PatientState.objects.exists()


def test_the_summary_asks_the_database_at_most_twenty_times(
    nurse: SignedIn, chart: str, ward: wards.WardOfTests
) -> None:
    monitoring.record_observations(
        ward.patient_ids[0],
        wards.ILL,
        by=people.machinery(ward.at),
        at=ward.at - timedelta(minutes=5),  # type: ignore[arg-type]
    )
    with CaptureQueriesContext(connection) as asked:
        nurse.client.get(chart)
    questions = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(questions) <= 21, "\n".join(sql[:90] for sql in questions)


def test_every_value_of_a_test_is_shown_and_an_old_one_can_be_marked(
    nurse: SignedIn, chart: str, ward: wards.WardOfTests, now: datetime
) -> None:
    key, by = ward.patient_ids[0], people.machinery(now)
    old = clinical.record_result(key, charts.potassium("3.9", now - timedelta(days=2)), by=by, at=now)
    clinical.record_result(key, charts.potassium("4.4", now), by=by, at=now)
    series = chart + "results/series/?concept=http%3A%2F%2Floinc.org%7C2823-3"
    assert series in nurse.client.get(chart + "results/").content.decode()
    page = nurse.client.get(series).content.decode()
    assert page.index("4.4") < page.index("3.9")
    nurse.client.post(f"{chart}error/observations/{old}/", {"reason": "other tube"})
    assert "3.9" not in nurse.client.get(series).content.decode()
    for concept in ("", "nonsense", "%00x"):
        assert nurse.client.get(chart + "results/series/", {"concept": concept}).status_code == 404


def test_a_strange_period_or_cursor_is_harmless(nurse: SignedIn, chart: str) -> None:
    assert nurse.client.get(chart, {"period": "9y"}).status_code == 200
    assert nurse.client.get(chart + "timeline/", {"before": "x"}).status_code == 404
    assert nurse.client.get(chart + "documents/00000000-0000-7000-8000-000000000000/").status_code == 404
