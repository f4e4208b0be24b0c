"""What nobody types, but somebody sends: every page answers it, none fails."""

from uuid import uuid4

import pytest

from ehospital.people.access import Role
from ehospital.people.models import Patient
from tests.doors.web.conftest import SignIn
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["alerts/", "patients/", "audit/", "mine/", "wards/"])
def test_a_nul_character_is_refused_in_words(sign_in: SignIn, page: str) -> None:
    staff = sign_in(Role.PRIVACY_OFFICER if page == "audit/" else Role.NURSE)
    answer = staff.client.get(f"/staff/{page}", {"q": "a\0b", "actor": "a\0", "page": "\0"})
    assert answer.status_code == 400
    assert "could not be understood" in answer.content.decode()
    assert staff.client.get(f"/staff/{page}").status_code in (200, 302)


def test_a_note_with_a_nul_character_reaches_no_alert(sign_in: SignIn) -> None:
    nurse = sign_in(Role.NURSE)
    url = f"/staff/alerts/{uuid4()}/acknowledge/"
    assert nurse.client.post(url, {"note": "seen\0"}).status_code == 400
    assert nurse.client.post(url, {"note": "seen"}).status_code == 404


@pytest.mark.parametrize("version", ["\u00b2", "\u0661", "-1", "1e3", "9" * 5000, ""])
def test_an_odd_version_is_an_outdated_one_and_nothing_is_saved(sign_in: SignIn, version: str) -> None:
    key = people.patient()
    desk = sign_in(Role.RECEPTIONIST)
    answer = desk.client.post(f"/staff/patients/{key}/edit/", {"family": "New", "sex": "other", "version": version})
    assert answer.status_code == 422
    assert "Somebody else has changed this patient" in answer.content.decode()
    assert Patient.objects.get().version == 1


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-30", "1899-12-31"])
@pytest.mark.parametrize("end", ["since", "until"])
def test_the_ends_of_the_calendar_are_no_days_of_the_trail(sign_in: SignIn, end: str, day: str) -> None:
    officer = sign_in(Role.PRIVACY_OFFICER)
    answer = officer.client.get("/staff/audit/", {end: day})
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {end}
