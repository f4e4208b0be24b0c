"""The worklist of possible duplicates, comparing, merging and undoing, as the desk does it."""

import re
from uuid import UUID

import pytest

from ehospital.people import actions, queries
from ehospital.people.access import Role
from ehospital.people.models import DuplicatePair, Patient, PatientIdentifier, PatientMerge
from tests.doors.web.conftest import SignedIn, SignIn
from tests.factories import clinical, people

pytestmark = pytest.mark.django_db
LIST = "/staff/duplicates/"


@pytest.fixture
def both() -> tuple[UUID, UUID]:
    keys = people.patient(), people.patient("Aminah", "Okafor")
    actions.find_duplicates(by=people.machinery(), at=people.NOON)
    return keys


def number(patient_id: UUID) -> str:
    return PatientIdentifier.objects.get(patient_id=patient_id, system="urn:ehospital:patient-number").value


def compare(both: tuple[UUID, UUID]) -> str:
    return f"{LIST}compare/?one={both[0]}&other={both[1]}"


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def merged(desk: SignedIn, both: tuple[UUID, UUID], **more: str) -> str:
    sent = hidden(desk.client.get(compare(both)).content.decode())
    answer = desk.client.post(f"{LIST}compare/", {**sent, "keep_names": "survivor", **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.ADMINISTRATOR])
def test_the_worklist_shows_a_pair_with_its_reasons(sign_in: SignIn, both, role) -> None:
    page = sign_in(role).client.get(LIST).content.decode()
    assert "OKAFOR, Amina" in page
    assert "OKAFOR, Aminah" in page
    assert "same birth date, same family name" in page
    assert "given name differs by a slip" in page
    assert f"{LIST}compare/?one={both[0]}&amp;other={both[1]}" in page


def test_an_empty_worklist_says_when_something_comes(sign_in: SignIn) -> None:
    assert "No possible duplicates" in sign_in(Role.RECEPTIONIST).client.get(LIST).content.decode()


@pytest.mark.parametrize("role", [Role.NURSE, Role.DOCTOR, Role.CASHIER, Role.PRIVACY_OFFICER])
def test_others_do_not_come_in(sign_in: SignIn, both, role) -> None:
    other, held = sign_in(role).client, DuplicatePair.objects.get()
    assert other.get(LIST).status_code == 403
    assert other.get(compare(both)).status_code == 403
    assert other.post(f"{LIST}{held.id}/different/", {"version": "1"}).status_code == 403
    assert DuplicatePair.objects.get().state == "open"


def test_two_people_leave_the_list(sign_in: SignIn, both) -> None:
    desk, held = sign_in(Role.RECEPTIONIST).client, DuplicatePair.objects.get()
    answer = desk.post(f"{LIST}{held.id}/different/", {"version": "1"}, follow=True)
    assert "Noted: two people" in answer.content.decode()
    assert "No possible duplicates" in answer.content.decode()
    again = desk.post(f"{LIST}{held.id}/different/", {"version": "1"}, follow=True)
    assert "Somebody else has decided" in again.content.decode()
    assert desk.get(f"{LIST}{held.id}/different/").status_code == 405
    missing = desk.post(f"{LIST}00000000-0000-7000-8000-000000000000/different/", {"version": "1"})
    assert missing.status_code == 404


def test_the_preview_shows_both_and_proposes_what_is_fuller(sign_in: SignIn, both) -> None:
    page = sign_in(Role.RECEPTIONIST).client.get(compare(both)).content.decode()
    assert 'name="keep_names" value="survivor" checked' in page
    assert "OKAFOR, Aminah" in page
    assert "The same in both" in page
    assert number(both[0]) in page
    assert number(both[1]) in page


def test_records_are_compared_by_their_hospital_numbers(sign_in: SignIn, both) -> None:
    desk = sign_in(Role.RECEPTIONIST).client
    page = desk.get(f"{LIST}compare/", {"one": number(both[0]), "other": f" {number(both[1])} "}).content.decode()
    assert "What is kept of each field" in page
    wrong = desk.get(f"{LIST}compare/", {"one": number(both[0]), "other": "0"})
    assert wrong.status_code == 422
    assert "No record has one of these numbers" in wrong.content.decode()
    assert f'value="{number(both[0])}"' in wrong.content.decode()
    same = desk.get(f"{LIST}compare/", {"one": number(both[0]), "other": number(both[0])})
    assert "Both are one record already" in same.content.decode()
    assert desk.get(f"{LIST}compare/").status_code == 200


def test_merge_as_chosen_and_undo(sign_in: SignIn, both) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    place = merged(desk, both, keep_names="absorbed", reason="same passport")
    assert Patient.objects.get(pk=both[0]).name_text == "OKAFOR, Aminah"
    page = desk.client.get(place).content.decode()
    assert "Nothing was deleted" in page
    assert "same passport" in page
    assert "What was written since the merge" in page
    undone = desk.client.post(place, {"reason": "two sisters"}, follow=True).content.decode()
    assert "they are two records again" in undone
    assert Patient.objects.get(pk=both[0]).name_text == "OKAFOR, Amina"
    again = desk.client.post(place, {})
    assert again.status_code == 422
    assert "This merge was undone before" in again.content.decode()


def test_a_preview_that_is_out_of_date_merges_nothing_and_keeps_what_was_chosen(sign_in: SignIn, both) -> None:
    desk = sign_in(Role.RECEPTIONIST)
    sent = hidden(desk.client.get(compare(both)).content.decode())
    actions.revise_patient(both[1], people.details("Aminata"), seen_version=1, by=people.machinery(), at=people.NOON)
    answer = desk.client.post(f"{LIST}compare/", {**sent, "keep_names": "absorbed", "reason": "same passport"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody has changed one of the two meanwhile" in page
    assert "OKAFOR, Aminata" in page
    assert 'name="keep_names" value="absorbed" checked' in page
    assert 'value="same passport"' in page
    assert not PatientMerge.objects.exists()


def test_the_absorbed_record_opens_the_survivor_for_whoever_may_see_it(sign_in: SignIn, both) -> None:
    desk, doctor, stranger = sign_in(Role.RECEPTIONIST), sign_in(Role.DOCTOR), sign_in(Role.NURSE)
    merged(desk, both)
    actions.begin_care(
        patient_id=both[0],
        kind="named",
        source="test",
        staff_id=doctor.member.id,
        by=people.machinery(),
        at=people.NOON,
    )
    to_edit = desk.client.get(f"/staff/patients/{both[1]}/edit/")
    assert (to_edit.status_code, to_edit["Location"]) == (302, f"/staff/patients/{both[0]}/edit/")
    to_chart = doctor.client.get(f"/staff/patients/{both[1]}/results/?x=1")
    assert (to_chart.status_code, to_chart["Location"]) == (302, f"/staff/patients/{both[0]}/results/?x=1")
    assert doctor.client.get(to_chart["Location"]).status_code == 200
    hidden_from = stranger.client.get(f"/staff/patients/{both[1]}/")
    missing = stranger.client.get("/staff/patients/00000000-0000-7000-8000-000000000000/")
    assert hidden_from.status_code == missing.status_code == 404
    assert desk.client.post(f"/staff/patients/{both[1]}/edit/", {}).status_code == 404


def test_the_old_number_finds_the_survivor(sign_in: SignIn, both) -> None:
    desk, old = sign_in(Role.RECEPTIONIST), number(both[1])
    merged(desk, both)
    page = desk.client.get("/staff/patients/", {"q": old}).content.decode()
    assert f'data-patient="{both[0]}"' in page
    assert number(both[0]) in page
    assert queries.standing_id(both[1]) == both[0]


def test_a_missing_merge_and_a_strange_one_answer_the_same(sign_in: SignIn) -> None:
    desk = sign_in(Role.RECEPTIONIST).client
    assert desk.get(f"{LIST}merges/00000000-0000-7000-8000-000000000000/").status_code == 404
    assert desk.get(f"{LIST}compare/", {"one": "<script>", "other": "x" * 500}).status_code == 422


def test_a_chart_is_whole_after_the_merge(sign_in: SignIn, both) -> None:
    desk, doctor = sign_in(Role.RECEPTIONIST), clinical.carer(both[1])
    merged(desk, both)
    lines = queries.lines_of([both[0]], viewer=doctor.actor)
    assert lines[both[0]].openable
