"""Asking for a correction in the portal, answering it on the staff's pages, and what each of them sees."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import Client

from ehospital.clinical import actions as clinical
from ehospital.clinical.models import Rectification
from ehospital.people import actions as people_actions
from ehospital.people.access import Role
from ehospital.people.models import CareRelationship
from tests.doors.web.conftest import PASSWORD, SignedIn, SignIn
from tests.doors.web.test_portal import entered
from tests.factories import people, portal
from tests.factories.clinical import problem

pytestmark = pytest.mark.django_db
State = Rectification.State


@pytest.fixture
def amina(db: None) -> UUID:
    return portal.portal_patient("amina", PASSWORD)


@pytest.fixture
def me(amina: UUID) -> Client:
    return entered("amina")


@pytest.fixture
def gout(amina: UUID) -> UUID:
    return clinical.record_problem(amina, problem("Gout <b>"), by=people.machinery(), at=people.NOON)


@pytest.fixture
def doctor(amina: UUID, sign_in: SignIn) -> SignedIn:
    found = sign_in(Role.DOCTOR)
    people_actions.begin_care(
        patient_id=amina, staff_id=found.member.id, kind=CareRelationship.Kind.NAMED, source="test",
        by=people.machinery(), at=people.NOON,
    )  # fmt: skip
    return found


def ask(me: Client, gout: UUID) -> Rectification:
    answer = me.post(f"/portal/record/corrections/ask/problems/{gout}/", {"wrong": "Never <i>", "should_be": "Nothing"})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/record/corrections/")
    return Rectification.objects.get()


def test_from_the_line_to_the_answer(me: Client, amina: UUID, gout: UUID, doctor: SignedIn) -> None:
    address = f"/portal/record/corrections/ask/problems/{gout}/"
    for page in ("/portal/record/", "/portal/record/problems/"):
        assert address in me.get(page).content.decode()
    assert "Gout &lt;b&gt;" in me.get(address).content.decode()
    assert me.post(address, {"wrong": " "}).status_code == 422 and not Rectification.objects.exists()
    asked = ask(me, gout)
    assert "Never &lt;i&gt;" in me.get("/portal/record/corrections/").content.decode()

    mine = doctor.client.get("/staff/mine/").content.decode()
    assert "A patient asks for a correction." in mine
    listed = doctor.client.get("/staff/corrections/").content.decode()
    answering = f"/staff/corrections/{asked.id}/"
    assert answering in listed and answering in doctor.client.get(f"/staff/patients/{amina}/history/").content.decode()
    page = doctor.client.get(answering).content.decode()
    assert f"/staff/patients/{amina}/problems/{gout}/" in page and "Never &lt;i&gt;" in page

    said = {"decision": "accepted", "answer": "You are right."}
    assert doctor.client.post(answering, said).status_code == 422
    doctor.client.post(f"/staff/patients/{amina}/error/problems/{gout}/", {"reason": "Never so."})
    page = doctor.client.get(answering).content.decode()
    assert "no longer stands" in page
    (change,) = re.findall(r'<option value="(\d+)">Problem: marked as entered in error', page)
    answer = doctor.client.post(answering, {**said, "change": change})
    assert (answer.status_code, answer["Location"]) == (302, "/staff/corrections/")
    mine = me.get("/portal/record/corrections/").content.decode()
    assert "You are right." in mine and "Tove Berg-doctor" in mine and "Corrected" in mine
    assert "The change:" in doctor.client.get(answering).content.decode()


def test_a_refusal_is_read_in_words_and_disagreement_stays_with_the_record(
    me: Client, amina: UUID, gout: UUID, doctor: SignedIn
) -> None:
    asked = ask(me, gout)
    answering = f"/staff/corrections/{asked.id}/"
    doctor.client.post(answering, {"decision": "declined", "answer": "The crystals were seen."})
    assert "The crystals were seen." in me.get("/portal/record/corrections/").content.decode()
    me.post(f"/portal/record/corrections/{asked.id}/disagree/", {"statement": "Not mine <u>"})
    assert "Not mine &lt;u&gt;" in doctor.client.get(f"/staff/patients/{amina}/history/").content.decode()
    again = doctor.client.post(answering, {"decision": "declined", "answer": "Again."}, follow=True)
    assert "A colleague has answered meanwhile" in again.content.decode()
    asked.refresh_from_db()
    assert asked.answer == "The crystals were seen."


def test_it_may_be_taken_back_while_it_waits(me: Client, gout: UUID, doctor: SignedIn) -> None:
    asked = ask(me, gout)
    me.post(f"/portal/record/corrections/{asked.id}/withdraw/")
    asked.refresh_from_db()
    assert asked.state == State.WITHDRAWN
    assert "Nobody asks" in doctor.client.get("/staff/corrections/").content.decode()


def test_a_proxy_who_only_reads_sees_the_requests_and_no_way_to_make_one(me: Client, amina: UUID, gout: UUID) -> None:
    ask(me, gout)
    now = datetime.now(UTC)
    by = people.machinery(now)
    people_actions.give_account(username="chidi", password=PASSWORD, by=by, at=now)
    key = people_actions.give_proxy(
        amina, username="chidi", relation="carer", extent="read", evidence="their word", until=None, by=by, at=now
    )
    client = Client()
    client.post("/accounts/login/", {"login": "chidi", "password": PASSWORD})
    client.post("/portal/proxies/choose/", {"proxy": str(key)})
    assert "/portal/record/corrections/ask/" not in client.get("/portal/record/").content.decode()
    assert "Never &lt;i&gt;" in client.get("/portal/record/corrections/").content.decode()
    assert client.post(f"/portal/record/corrections/ask/problems/{gout}/", {"wrong": "x"}).status_code == 403
    assert Rectification.objects.count() == 1
