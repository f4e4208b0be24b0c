"""Encounters on the pages: planned, begun, moved."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from ehospital.clinical.models import Encounter
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import monitoring as wards

pytestmark = pytest.mark.django_db
NOW = {"setting": "AMB", "words": "Heart clinic", "when": "now"}


def test_an_encounter_is_planned_and_goes_its_way(nurse: SignedIn, chart: str, now: datetime) -> None:
    later = timezone.localtime(now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    nurse.client.post(chart + "encounters/add/", {**NOW, "when": "later", "planned_at": later})
    row = Encounter.objects.get()
    assert (row.status, row.clinician_id, row.started_at.date()) == (
        "planned", nurse.member.id, (now + timedelta(days=2)).date(),
    )  # fmt: skip
    address = f"{chart}encounters/{row.pk}/move/"
    page = nurse.client.get(chart + "history/").content.decode()
    assert address in page and 'value="arrived"' in page and 'value="triaged"' not in page
    for seen, to in (("planned", "arrived"), ("arrived", "in-progress"), ("in-progress", "finished")):
        answer = nurse.client.post(address, {"seen": seen, "to": to, "outcome": "Home <b>"}, follow=True)
        assert "Written down." in answer.content.decode()
    row.refresh_from_db()
    assert (row.status, row.outcome) == ("finished", "Home <b>")
    assert "Home &lt;b&gt;" in answer.content.decode()
    page = nurse.client.post(address, {"seen": "in-progress", "to": "finished"}, follow=True).content.decode()
    assert "A colleague was faster" in page
    page = nurse.client.post(address, {"seen": "finished", "to": "planned"}, follow=True).content.decode()
    assert "does not go from there to here" in page
    assert nurse.client.get(address).status_code == 405


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"words": ""}, "This field is required"),
        ({"setting": "MOON"}, "Select a valid choice"),
        ({"when": "later", "planned_at": "2001-01-01T10:00"}, "has passed"),
        ({"when": "later", "planned_at": "2999-01-01T10:00"}, "more than three years ahead"),
        ({"when": "later", "planned_at": "31-02-2030"}, "Enter a valid date/time"),
        ({"planned_at": "2999-01-01T10:00"}, "is not planned for a time"),
    ],
)
def test_a_slip_is_caught(nurse: SignedIn, chart: str, typed: dict[str, str], words: str) -> None:
    answer = nurse.client.post(chart + "encounters/add/", {**NOW, "reason": "my words", **typed})
    assert answer.status_code == 422
    assert words in answer.content.decode() and "my words" in answer.content.decode()
    assert not Encounter.objects.exists()


def test_a_second_stay_is_refused_in_words(nurse: SignedIn, chart: str) -> None:
    stay = {**NOW, "setting": "IMP"}
    assert nurse.client.post(chart + "encounters/add/", stay).status_code == 302
    answer = nurse.client.post(chart + "encounters/add/", stay)
    assert answer.status_code == 422 and "in hospital already" in answer.content.decode()
    assert Encounter.objects.count() == 1


def test_nobody_else_writes(nurse: SignedIn, chart: str, ward: wards.WardOfTests, sign_in: SignIn) -> None:
    nurse.client.post(chart + "encounters/add/", NOW)
    move = f"encounters/{Encounter.objects.get().pk}/move/"
    step = {**NOW, "seen": "in-progress", "to": "finished"}
    stranger, pharmacist = sign_in(Role.DOCTOR), sign_in(Role.PHARMACIST, unit_id=ward.unit_id)
    for path in ("encounters/add/", move):
        assert stranger.client.post(chart + path, step).status_code == 404
        assert pharmacist.client.post(chart + path, step).status_code == 403
    assert (Encounter.objects.count(), Encounter.objects.get().status) == (1, "in-progress")
    assert "encounters/" not in pharmacist.client.get(chart + "history/").content.decode()
