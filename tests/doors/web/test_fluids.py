"""The fluid chart on its page: charted, added up, corrected; slips are told in words."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from ehospital.clinical.models import Observation
from tests.doors.web.conftest import SignedIn

pytestmark = pytest.mark.django_db


def sent(now: datetime, **more: str) -> dict[str, str]:
    at = timezone.localtime(now).strftime("%Y-%m-%dT%H:%M")
    return {"entry": str(uuid4()), "kind": "oral", "ml": "250", "at": at, "note": "", **more}


def test_an_amount_is_charted_and_counted_once(nurse: SignedIn, chart: str, patient: UUID, now: datetime) -> None:
    page = nurse.client.get(chart + "fluids/").content.decode()
    assert "Nothing was charted on this day." in page and "still running" in page
    told = sent(now)
    for _ in range(2):
        assert nurse.client.post(chart + "fluids/add/", told)["Location"] == chart + "fluids/"
    nurse.client.post(chart + "fluids/add/", sent(now, kind="urine", ml="400", note="<b>dark</b>"))
    page = nurse.client.get(chart + "fluids/").content.decode()
    assert Observation.objects.filter(patient_id=patient, ucum="mL").count() == 2
    assert "-150</bdi>" in page and "&lt;b&gt;dark" in page and "Mark in error" in page


def test_nothing_charted_is_not_a_balance_of_nought(nurse: SignedIn, chart: str, now: datetime) -> None:
    cells = r'<td class="r num">(.*?)</td>'
    page = nurse.client.get(chart + "fluids/").content.decode()
    assert set(re.findall(cells, page)) == {'<span class="muted">–</span>'}
    nurse.client.post(chart + "fluids/add/", sent(now, kind="urine", ml="0"))
    page = nurse.client.get(chart + "fluids/").content.decode()
    last = r'<th scope="row">(?:<b>)?([\w ]+)(?:</b>)?</th>(?:(?!</tr>).)*<td class="r num">((?:(?!</td>).)*)</td></tr>'
    rows = {name: re.sub("<[^>]+>", "", told) for name, told in re.findall(last, page)}
    assert rows == {"Intake": "–", "Urine": "0", "Output": "0", "Balance": "0"}


@pytest.mark.parametrize(("wrong", "said"), [
    ({"ml": "99999"}, "5000"), ({"ml": "x"}, "whole number"), ({"kind": "milk"}, "milk"), ({"entry": "x"}, "entry"),
])  # fmt: skip
def test_a_slip_is_told_and_nothing_is_charted(
    nurse: SignedIn, chart: str, patient: UUID, now: datetime, wrong: dict[str, str], said: str
) -> None:
    answer = nurse.client.post(chart + "fluids/add/", sent(now, **wrong))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Observation.objects.filter(patient_id=patient, ucum="mL").exists()


def test_what_lies_ahead_or_far_back_is_refused(nurse: SignedIn, chart: str, now: datetime) -> None:
    for shift, words in ((timedelta(hours=3), "lies in the future"), (-timedelta(days=3), "48 hours")):
        answer = nurse.client.post(chart + "fluids/add/", sent(now + shift))
        assert answer.status_code == 422 and words in answer.content.decode()


def test_the_days_are_walked(nurse: SignedIn, chart: str) -> None:
    assert nurse.client.get(chart + "fluids/?on=nonsense").status_code == 200
    page = nurse.client.get(chart + "fluids/?on=2026-01-02").content.decode()
    assert "?on=2026-01-01" in page and "?on=2026-01-03" in page and "still running" not in page
    assert "Day after" not in nurse.client.get(chart + "fluids/?on=2999-01-01").content.decode()
