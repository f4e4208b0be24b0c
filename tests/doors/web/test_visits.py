"""The page of a visit: one press to begin, kept without a script, finished or told what is missing, and the paper."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from ehospital.clinical import actions
from ehospital.clinical.models import Encounter, MedicineTaken, Note, NoteDraft, Prescription, Visit, VisitDraft
from ehospital.people.access import Role
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import clinical, visits
from tests.factories.monitoring import WardOfTests

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(ward: WardOfTests, sign_in: SignIn) -> SignedIn:
    return sign_in(Role.DOCTOR, unit_id=ward.unit_id)


@pytest.fixture
def patient(ward: WardOfTests) -> UUID:
    return ward.patient_ids[0]


@pytest.fixture
def page(doctor: SignedIn, chart: str) -> str:
    """The address of a visit that has begun."""
    answer = doctor.client.post(f"{chart}visits/begin/")
    assert answer.status_code == 302
    address: str = answer["Location"]
    return address


def sent(client: Client, page: str, **more: Any) -> dict[str, Any]:
    """The page as a browser without scripts would send it."""
    shown = client.get(page)
    context = shown.context
    fields = {"version": context["version"], "note_version": context["note_version"], "editor": "", "turn": "0"}
    return {**fields, "reason": "Control", "text": "Well.", "do": "finish", **more}


def test_one_press_opens_the_page_and_again_the_same(doctor: SignedIn, page: str, chart: str) -> None:
    assert doctor.client.post(f"{chart}visits/begin/")["Location"] == page
    shown = doctor.client.get(page)
    assert shown.status_code == 200
    assert b"not checked by this system yet" in shown.content
    assert page.encode() not in doctor.client.get("/staff/mine/").content
    assert f"{chart}visits/begin/".encode() in doctor.client.get("/staff/mine/").content
    assert Encounter.objects.filter(setting="AMB").count() == 1


def test_it_is_finished_in_one_go_and_printed(doctor: SignedIn, page: str, patient: UUID, chart: str) -> None:
    aspirin = visits.medicine(patient, "Aspirin", clinical.carer(patient).actor)
    data = sent(
        doctor.client, page, sbp="130", dbp="80", words="Hypertension", icd10="i10", follow="91", follow_for="Pressure",
        **{f"m-{aspirin}-do": "repeat", f"m-{aspirin}-dose": "75 mg daily", f"m-{aspirin}-days": "90",
           },
    )  # fmt: skip
    answer = doctor.client.post(page, data)
    assert (answer.status_code, answer["Location"]) == (302, f"{page}paper/")
    paper = doctor.client.get(answer["Location"]).content.decode()
    for words in ("Summary of your visit", "Prescription", "75 mg daily", "for 90 days", "Hypertension", "End of items",
                  "in about 3 months", "not yet a booked appointment", "not recorded"):  # fmt: skip
        assert words in paper, words
    assert Prescription.objects.get().code == "aspirin"
    again = doctor.client.get(page)
    assert (again.status_code, again["Location"]) == (302, f"{page}paper/")


def test_what_is_missing_is_said_and_everything_typed_stays(doctor: SignedIn, page: str, patient: UUID) -> None:
    actions.record_allergy(patient, clinical.allergy("Penicillin"), by=clinical.carer(patient).actor, at=visits.NOW)
    aspirin = visits.medicine(patient, "Aspirin", clinical.carer(patient).actor)
    wrong = {"reason": "", "hr": "9000", "follow": "on", f"m-{aspirin}-do": "stop", "new-0-name": "Amoxicillin"}
    answer = doctor.client.post(page, sent(doctor.client, page, **wrong))
    words = answer.content.decode()
    assert answer.status_code == 422
    for said in ("Write why the patient came", "Write why Aspirin is stopped", "Write how much Amoxicillin", "9000",
                 "Choose the day"):  # fmt: skip
        assert said in words, said
    assert Encounter.objects.get(setting="AMB").status == "in-progress"
    assert (Note.objects.count(), Visit.objects.count(), Prescription.objects.count()) == (0, 0, 0)
    assert VisitDraft.objects.get().fields["new-0-name"] == "Amoxicillin"
    right = {"new-0-name": "Amoxicillin", "new-0-dose": "500 mg"}
    refused = doctor.client.post(page, sent(doctor.client, page, **right))
    assert refused.status_code == 422
    assert "Recorded allergy: Penicillin" in refused.content.decode()
    despite = {"new-0-despite": "Tolerated since."}
    assert doctor.client.post(page, sent(doctor.client, page, **right, **despite)).status_code == 302
    assert Prescription.objects.get().despite_reason == "Tolerated since."


def test_a_button_keeps_it_and_it_is_there_after_a_new_start(doctor: SignedIn, page: str) -> None:
    kept = {"do": "keep", "reason": "<b>Cough</b>", "new-1-name": "Codeine", "follow": "28"}
    assert doctor.client.post(page, sent(doctor.client, page, **kept))["Location"] == page
    shown = doctor.client.get(page).content.decode()
    assert "&lt;b&gt;Cough&lt;/b&gt;" in shown
    assert 'value="Codeine"' in shown
    assert '<option value="28" selected>' in shown
    assert NoteDraft.objects.get().text == "Well."


def test_the_script_is_told_versions_and_warnings(doctor: SignedIn, page: str, patient: UUID) -> None:
    actions.record_allergy(patient, clinical.allergy("Penicillin"), by=clinical.carer(patient).actor, at=visits.NOW)
    data = sent(doctor.client, page, editor="e", turn="1", **{"new-0-name": "Amoxicillin 500 mg"})
    told = doctor.client.post(f"{page}keep/", data).json()
    assert (told["version"], told["note_version"]) == (1, 2)
    assert told["warnings"] == ["Amoxicillin 500 mg: recorded allergy to Penicillin (the same class)"]
    other = doctor.client.post(f"{page}keep/", {**data, "editor": "f"})
    assert other.status_code == 409
    assert "another window" in other.json()["said"]


def test_whoever_comes_second_reads_who_was_first(
    doctor: SignedIn, page: str, ward: WardOfTests, sign_in: SignIn
) -> None:
    second = sign_in(Role.DOCTOR, unit_id=ward.unit_id, username="second")
    data = sent(second.client, page, text="Mine.", do="keep")
    second.client.post(page, data)
    doctor.client.post(page, sent(doctor.client, page))
    answer = second.client.post(page, {**data, "do": "finish"}, follow=True)
    assert "finished this visit on" in answer.content.decode()
    assert Note.objects.count() == 1
    assert NoteDraft.objects.get().text == "Mine."
    late = second.client.post(f"{page}keep/", data)
    assert late.status_code == 409


def test_a_nurse_writes_and_sees_no_prescribing(nurse: SignedIn, chart: str, patient: UUID) -> None:
    visits.medicine(patient, "Aspirin", clinical.carer(patient).actor)
    page = nurse.client.post(f"{chart}visits/begin/")["Location"]
    shown = nurse.client.get(page).content.decode()
    assert "Only a doctor prescribes." in shown
    assert 'name="new-0-name"' not in shown
    data = sent(nurse.client, page, **{"new-0-name": "Codeine", "new-0-dose": "1"})
    assert nurse.client.post(page, data)["Location"] == f"{page}paper/"
    assert (Prescription.objects.count(), MedicineTaken.objects.count()) == (0, 1)


def test_nonsense_is_refused_in_words(doctor: SignedIn, page: str, chart: str) -> None:
    assert doctor.client.post(f"{chart}visits/begin/", {"encounter": "x"}).status_code == 404
    odd = {"version": "-1", "turn": "nine", "follow": "soon", "problems": "x", "new-0-days": "0", "sbp": "many"}
    assert doctor.client.post(page, sent(doctor.client, page, **odd)).status_code == 422
    assert Note.objects.count() == 0
