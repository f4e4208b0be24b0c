"""History on the pages: family, pregnancies, past procedures, vaccinations and their schedule."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from ehospital.clinical.models import FamilyHistory, Immunisation, Pregnancy, Procedure
from ehospital.people.models import Patient
from tests.doors.web.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(patient: UUID) -> str:
    return f"/staff/patients/{patient}/history/"


FAMILY = {"relation": "MTH", "words": "Breast cancer", "icd10": "C50.9", "onset_age": "44", "deceased": "yes",
          "death_age": "50", "died_of_it": "on"}  # fmt: skip
OPERATION = {"words": "Appendicectomy", "performed": "1999", "reason": "Appendicitis"}
VACCINATION = {"vaccine": "05", "status": "completed", "given": "03-2020", "place": "elsewhere", "given_by": "Dr. A",
               "lot": "X1", "route": "Into the muscle"}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        ("family", FAMILY, ("Breast cancer", "began at 44", "died at 50", "died of it", "Mother")),
        ("pregnancy", {"outcome": "live-birth", "ended": "2015", "weeks": "39", "delivery": "vaginal"},
         ("Live birth", "39", "Gravida")),
        ("procedure", OPERATION, ("Appendicectomy", "1999")),
        ("vaccination", VACCINATION, ("Measles", "given elsewhere", "X1")),
    ],
)  # fmt: skip
def test_a_line_is_added_shown_and_changed(
    nurse: SignedIn, history: str, kind: str, sent: dict[str, str], words
) -> None:
    assert nurse.client.get(f"{history}{kind}/add/").status_code == 200
    assert nurse.client.post(f"{history}{kind}/add/", sent)["Location"].startswith(history + "#")
    page = nurse.client.get(history).content.decode()
    assert [one for one in words if one not in page] == []
    model = {"family": FamilyHistory, "pregnancy": Pregnancy, "procedure": Procedure, "vaccination": Immunisation}[kind]
    line = model.objects.get()
    edit = f"{history}{kind}/{line.pk}/"
    assert edit in page and nurse.client.get(edit).status_code == 200
    changed = {**sent, "version": "1", "note": "Told by her sister."}
    assert nurse.client.post(edit, changed).status_code == 302
    assert (model.objects.get().note, model.objects.get().version) == ("Told by her sister.", 2)
    same = {name: getattr(model.objects.get(), name) for name in ("recorded_at", "recorded_by_id")}
    assert same == {name: getattr(line, name) for name in same}
    late = nurse.client.post(edit, {**sent, "version": "1", "note": "Mine."})
    assert late.status_code == 422 and "Told by her sister." in late.content.decode()
    assert model.objects.get().note == "Told by her sister."
    assert nurse.client.get(f"{history}nonsense/add/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "sent", "why"),
    [
        ("family", {**FAMILY, "deceased": ""}, "has died"),
        ("family", {**FAMILY, "onset_age": "60"}, "began after the death"),
        ("family", {**FAMILY, "onset_age": "131"}, "130"),
        ("pregnancy", {"outcome": "ongoing", "weeks": "12"}, "has not given birth"),
        ("pregnancy", {"outcome": "live-birth", "last_period_on": "31-02-2020"}, "no date"),
        (
            "pregnancy",
            {"outcome": "live-birth", "last_period_on": "01-02-2020", "ended": "01-01-2020"},
            "before it began",
        ),
        ("pregnancy", {"outcome": "live-birth", "ended": "01-01-2999"}, "lies in the past"),
        ("procedure", {**OPERATION, "performed": "2999"}, "lies in the past"),
        ("vaccination", {**VACCINATION, "given": ""}, "when it was given"),
        ("vaccination", {**VACCINATION, "vaccine": ""}, "Choose the vaccine"),
        ("vaccination", {**VACCINATION, "vaccine": "", "words": "Rabies", "code": "x"}, "no code of CVX"),
        ("vaccination", {**VACCINATION, "status": "not-done", "given": ""}, "why it was not given"),
    ],
)
def test_what_cannot_be_is_sent_back(nurse: SignedIn, history: str, kind: str, sent: dict[str, str], why: str) -> None:
    answer = nurse.client.post(f"{history}{kind}/add/", sent)
    assert answer.status_code == 422 and why in answer.content.decode()
    assert not any(model.objects.exists() for model in (FamilyHistory, Pregnancy, Procedure, Immunisation))


def test_codes_of_vaccines(nurse: SignedIn, history: str) -> None:
    for code, words in (("90", "Rabies"), ("j07bg01", "Rabies, other"), ("", "Unknown")):
        sent = {**VACCINATION, "vaccine": "", "words": words, "code": code}
        assert nurse.client.post(f"{history}vaccination/add/", sent).status_code == 302
    nurse.client.post(f"{history}vaccination/add/", VACCINATION)
    found = Immunisation.objects.order_by("id").values_list("code_system", "code", "display", "first_hand", "given_by")
    assert [row[:3] for row in found] == [
        ("http://hl7.org/fhir/sid/cvx", "90", "Rabies"), ("http://www.whocc.no/atc", "J07BG01", "Rabies, other"),
        ("", "", "Unknown"), ("http://hl7.org/fhir/sid/cvx", "05", "Measles"),
    ]  # fmt: skip
    assert found[0][3:] == (False, "Dr. A")


def test_the_schedule_stands_in_the_history_of_a_child(
    nurse: SignedIn, history: str, patient: UUID, now: datetime
) -> None:
    assert "Schedule for children" not in nurse.client.get(history).content.decode()
    born = (now - timedelta(days=300)).date()
    Patient.objects.filter(pk=patient).update(birth_on=born, birth_precision="day")
    page = nurse.client.get(history).content.decode()
    assert "Schedule for children" in page and "WHO" in page
    assert re.search(r"overdue: \d+", page) and re.search(r"due now: \d+", page)
    Patient.objects.filter(pk=patient).update(birth_precision="year")
    assert "the birth date is not exact enough" in nurse.client.get(history).content.decode()
