"""Changing places on a shared computer: one browser, several people."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from ehospital.people.access import Role
from ehospital.people.models import Account, SharedComputer
from ehospital.web.kit import stations
from tests.doors.web.conftest import PASSWORD, SignIn

pytestmark = pytest.mark.django_db

PINS = {"nurse": "481526", "doctor": "905173"}


@pytest.fixture
def desk(sign_in: SignIn) -> Client:
    """A browser that an administrator has made that of a shared computer; nurse and doctor have short codes."""
    for name, role in (("nurse", Role.NURSE), ("doctor", Role.DOCTOR)):
        client = sign_in(role, username=name).client
        assert client.post("/staff/switch/code/", {"pin": PINS[name], "again": PINS[name]}).status_code == 302
    browser = sign_in(Role.ADMINISTRATOR).client
    page = browser.post("/staff/computers/", {"name": "Ward 4, desk", "idle_minutes": "5"}, follow=True)
    assert "this one" in page.content.decode()
    browser.post("/accounts/logout/")
    return browser


def take(browser: Client, name: str, pin: str = "") -> str:
    answer = browser.post("/staff/switch/", {"username": name, "pin": pin or PINS[name]})
    return answer["Location"] if answer.status_code == 302 else str(answer.status_code)


def test_two_people_change_places_and_each_finds_their_own_page(desk: Client) -> None:
    assert take(desk, "nurse") == "/"
    page = desk.get("/staff/patients/?q=okafor").content.decode()
    assert 'id="lock-form"' in page
    locked = desk.post("/staff/switch/lock/", {"next": "/staff/patients/?q=okafor"})
    assert locked["Location"] == "/staff/switch/"
    assert desk.get("/staff/patients/").status_code == 302
    assert "Berg-nurse" in desk.get("/staff/switch/").content.decode()
    assert take(desk, "doctor") == "/"
    assert "Berg-doctor" in desk.get("/staff/patients/").content.decode()
    assert take(desk, "nurse") == "/staff/patients/?q=okafor"
    assert "Berg-nurse" in desk.get("/staff/patients/").content.decode()


def test_elsewhere_there_is_no_lock_screen(sign_in: SignIn, desk: Client) -> None:
    elsewhere = Client()
    assert elsewhere.get("/staff/switch/").status_code == 404
    assert elsewhere.post("/staff/switch/", {"username": "nurse", "pin": PINS["nurse"]}).status_code == 404
    elsewhere.cookies[stations.COOKIE] = "forged:mark"
    assert elsewhere.get("/staff/switch/").status_code == 404
    elsewhere.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert elsewhere.post("/staff/switch/lock/").status_code == 404


def test_a_wrong_code_and_a_stranger_answer_the_same(desk: Client) -> None:
    bodies = set()
    for name, pin in (("nurse", "000001"), ("nobody", "000001"), ("nurse", "x")):
        answer = desk.post("/staff/switch/", {"username": name, "pin": pin})
        assert answer.status_code == 422
        assert "That did not work." in answer.content.decode()
        bodies.add(len(answer.content.decode().replace(name, "")))
    assert desk.get("/staff/patients/").status_code == 302


def test_it_locks_itself_when_nobody_is_there(desk: Client) -> None:
    take(desk, "nurse")
    assert desk.get("/staff/patients/").status_code == 200
    session = desk.session
    session[stations.SEEN] -= timedelta(minutes=6).total_seconds()
    session.save()
    polled = Client()
    polled.cookies = desk.cookies
    answer = desk.get("/staff/patients/?q=a")
    assert (answer.status_code, answer["Location"]) == (302, "/staff/switch/")
    assert take(desk, "nurse") == "/staff/patients/?q=a"


def test_a_page_that_refreshes_itself_keeps_nothing_open(desk: Client) -> None:
    take(desk, "nurse")
    session = desk.session
    session[stations.SEEN] -= timedelta(minutes=4).total_seconds()
    session.save()
    before = desk.session[stations.SEEN]
    desk.get("/staff/alerts/", headers={"HX-Request": "true"})
    assert desk.session[stations.SEEN] == before
    desk.post("/staff/switch/here/")
    assert desk.session[stations.SEEN] > before
    session = desk.session
    session[stations.SEEN] -= timedelta(minutes=6).total_seconds()
    session.save()
    gone = desk.get("/staff/alerts/", headers={"HX-Request": "true"})
    assert (gone.status_code, gone["HX-Redirect"]) == (204, "/staff/switch/")


def test_a_retired_computer_is_like_any_other(sign_in: SignIn, desk: Client) -> None:
    key = SharedComputer.objects.get().id
    admin = Account.objects.get(username="administrator")
    boss = Client()
    boss.post("/accounts/login/", {"login": admin.username, "password": PASSWORD})
    boss.post(f"/staff/computers/{key}/retire/")
    assert desk.get("/staff/switch/").status_code == 404
    assert take(desk, "nurse") == "404"


def test_the_way_back_leads_to_this_hospital_only(desk: Client) -> None:
    for bad in ("https://evil.example/", "//evil.example/", "javascript:x"):
        take(desk, "nurse")
        desk.post("/staff/switch/lock/", {"next": bad})
        assert take(desk, "nurse") == "/"


def test_a_code_needs_a_recent_second_factor(sign_in: SignIn, settings: LazySettings) -> None:
    from allauth.mfa.totp.internal import auth

    nurse = sign_in(Role.NURSE)
    auth.TOTP.activate(Account.objects.get(staff_id=nurse.member.id), auth.generate_totp_secret())
    settings.DEMO = False
    answer = nurse.client.get("/staff/switch/code/")
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")


@pytest.mark.parametrize("typed", [("123456", "123456"), ("481526", "481527"), ("", "")])
def test_a_code_too_easy_or_typed_wrong_is_refused_in_words(sign_in: SignIn, typed: tuple[str, str]) -> None:
    nurse = sign_in(Role.NURSE).client
    assert nurse.post("/staff/switch/code/", {"pin": typed[0], "again": typed[1]}).status_code == 422
