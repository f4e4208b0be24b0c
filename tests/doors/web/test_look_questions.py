"""A patient asks why somebody looked, reads the answer, and asks for messages."""

import re

import pytest

from ehospital.people import access, actions
from ehospital.people.access import Role
from ehospital.people.models import LookNotice, LookQuestion
from tests.doors.web.conftest import PASSWORD, SignIn
from tests.doors.web.test_broken_glass import SAID, offer
from tests.doors.web.test_record_access import enter
from tests.factories import people
from tests.factories.people import NOON
from tests.factories.portal import portal_patient

pytestmark = pytest.mark.django_db


def test_one_tap_asks_and_the_answer_stands_beside_the_look(sign_in: SignIn) -> None:
    portal_patient("amina", PASSWORD)
    doctor, officer, mine = sign_in(Role.DOCTOR), sign_in(Role.PRIVACY_OFFICER), enter("amina")
    doctor.client.post(offer(doctor), SAID, follow=True)
    page = mine.get("/portal/access/").content.decode()
    assert "The reason that they gave: you were in danger." in page
    number = re.findall(r'name="number" value="(\d+)"', page)[0]
    asked = mine.post("/portal/access/ask/", {"number": number}, follow=True).content.decode()
    assert "The privacy officer answers here." in asked
    question = LookQuestion.objects.get()
    assert "Berg-doctor" in officer.client.get("/staff/questions/").content.decode()
    address = f"/staff/questions/{question.id}/"
    assert "you were in danger" in officer.client.get(address).content.decode()
    assert officer.client.post(address, {"answer": " "}).status_code == 422
    assert officer.client.post(address, {"answer": "You lay unconscious at the lift."}).status_code == 302
    assert "You lay unconscious at the lift." in mine.get("/portal/access/").content.decode()
    assert doctor.client.get(address).status_code == 403


@pytest.mark.parametrize("number", ["", "x", "99999999999", "-1", "9" * 30])
def test_a_guessed_number_asks_about_nothing(sign_in: SignIn, number: str) -> None:
    portal_patient("amina", PASSWORD)
    assert enter("amina").post("/portal/access/ask/", {"number": number}).status_code == 404
    assert not LookQuestion.objects.exists()


def test_messages_are_asked_for_and_ended(sign_in: SignIn) -> None:
    portal_patient("amina", PASSWORD)
    mine = enter("amina")
    assert (
        "Type the e-mail address" in mine.post("/portal/access/messages/", {"email": "x"}, follow=True).content.decode()
    )
    page = mine.post("/portal/access/messages/", {"email": "amina@example.org"}, follow=True).content.decode()
    assert "We write to amina@example.org" in page
    assert LookNotice.objects.count() == 1
    mine.post("/portal/access/messages/", {"end": "yes"})
    assert not LookNotice.objects.exists()


def test_a_proxy_who_only_reads_asks_nothing(sign_in: SignIn) -> None:
    patient = portal_patient("amina", PASSWORD)
    portal_patient("carer", PASSWORD, given="Carer")
    key = actions.give_proxy(
        patient, username="carer", relation="carer", extent="read", evidence="her word", by=people.machinery(), at=NOON
    )
    carer = enter("carer")
    carer.post("/portal/proxies/choose/", {"proxy": str(key)})
    assert "Ask why" not in carer.get("/portal/access/").content.decode()
    assert carer.post("/portal/access/messages/", {"email": "carer@example.org"}).status_code == 403
    assert not LookNotice.objects.exists()
    assert not access.may(None, access.Permission.OWN_RECORD_ACT)
