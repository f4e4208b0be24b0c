"""Changing places on a shared computer: one browser, several people."""

import re
import time
from datetime import timedelta
from ipaddress import ip_network
from uuid import UUID

import pytest
from allauth.mfa.totp.internal import auth
from django.conf import LazySettings
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.access import TABLE, Role
from ehospital.people.models import Account, Badge, QuickPin, SharedComputer
from ehospital.web.kit import second_factor, stations
from tests.doors.web.conftest import PASSWORD, SignIn
from tests.doors.web.matrix.addresses import EVERY

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
    nurse = sign_in(Role.NURSE)
    auth.TOTP.activate(Account.objects.get(staff_id=nurse.member.id), auth.generate_totp_secret())
    settings.DEMO = False
    answer = nurse.client.get("/staff/switch/code/")
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")


@pytest.mark.parametrize("typed", [("123456", "123456"), ("481526", "481527"), ("", "")])
def test_a_code_too_easy_or_typed_wrong_is_refused_in_words(sign_in: SignIn, typed: tuple[str, str]) -> None:
    nurse = sign_in(Role.NURSE).client
    assert nurse.post("/staff/switch/code/", {"pin": typed[0], "again": typed[1]}).status_code == 422


# Badges

BADGE = "04A2-77-1190"


@pytest.fixture
def badged(sign_in: SignIn, desk: Client) -> Client:
    """The same desk; the nurse has a badge."""
    nurse = Client()
    nurse.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert nurse.post("/staff/switch/badge/", {"number": BADGE}).status_code == 302
    return desk


def hold(browser: Client, number: str = BADGE) -> HttpResponse:
    return browser.post("/staff/switch/", {"badge": number})


def with_code(browser: Client, page: HttpResponse, pin: str = "") -> HttpResponse:
    """Type the short code into the page that a badge has led to."""
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', page.content.decode())
    return browser.post("/staff/switch/", {"username": "nurse", "pin": pin or PINS["nurse"], "shown": shown})


def test_a_badge_and_the_code_once_and_then_the_badge_alone(badged: Client) -> None:
    page = hold(badged)
    assert page.status_code == 200 and "Your badge is known." in page.content.decode()
    assert badged.get("/staff/patients/").status_code == 302
    assert with_code(badged, page).status_code == 302
    badged.post("/staff/switch/lock/", {"next": "/staff/patients/?q=okafor"})
    began = time.perf_counter()
    answer = hold(badged)
    took = time.perf_counter() - began
    assert (answer.status_code, answer["Location"]) == (302, "/staff/patients/?q=okafor")
    assert "Berg-nurse" in badged.get("/staff/patients/").content.decode()
    assert took < 3
    event = AuditEvent.objects.filter(action="account.signed_in").latest("id")
    assert event.details["by"] == "badge"


def test_after_some_hours_and_when_the_code_sleeps_the_badge_is_not_enough(badged: Client) -> None:
    with_code(badged, hold(badged))
    for change in (
        lambda: Badge.objects.update(proved_at=F("proved_at") - actions.badges.ALONE),
        lambda: QuickPin.objects.update(good_until=F("set_at")),
        lambda: QuickPin.objects.update(failed=5),
    ):
        with transaction.atomic():
            badged.post("/staff/switch/lock/", {})
            change()
            assert hold(badged).status_code == 200
            transaction.set_rollback(True)


def test_the_code_alone_proves_no_badge_and_another_code_neither(badged: Client) -> None:
    take(badged, "nurse")
    badged.post("/staff/switch/lock/", {})
    page = hold(badged)
    assert page.status_code == 200
    assert with_code(badged, page, "000001").status_code == 422
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', page.content.decode())
    badged.post("/staff/switch/", {"username": "doctor", "pin": PINS["doctor"], "shown": shown})
    assert Badge.objects.get().proved_at is None


def test_a_badge_taken_back_opens_nothing_from_that_moment(badged: Client, sign_in: SignIn) -> None:
    with_code(badged, hold(badged))
    badged.post("/staff/switch/lock/", {})
    administrator = sign_in(Role.ADMINISTRATOR, username="boss").client
    badge = Badge.objects.get()
    assert "Berg-nurse" in administrator.get("/staff/switch/badges/").content.decode()
    assert administrator.post(f"/staff/switch/badges/{badge.id}/revoke/").status_code == 302
    assert hold(badged).status_code == 422
    enrolled = administrator.post("/staff/switch/badges/", {"username": "doctor", "number": BADGE})
    assert enrolled.status_code == 302
    assert "Your badge is known." in hold(badged).content.decode()


def test_a_badge_names_one_person_and_is_kept_as_a_hash(badged: Client, sign_in: SignIn) -> None:
    administrator = sign_in(Role.ADMINISTRATOR, username="boss").client
    answer = administrator.post("/staff/switch/badges/", {"username": "doctor", "number": BADGE})
    assert answer.status_code == 422
    assert "somebody" in answer.content.decode()
    assert Badge.objects.count() == 1
    assert BADGE not in repr(Badge.objects.values().get())
    assert BADGE not in repr(list(AuditEvent.objects.values_list("details", "subject")))


def test_strange_badges_are_counted_and_after_ten_the_computer_takes_none(badged: Client) -> None:
    bodies = {hold(badged, f"strange-{number}").status_code for number in range(10)}
    assert bodies == {422}
    assert hold(badged).status_code == 422
    assert AuditEvent.objects.filter(action="badge.failed").count() == 10
    assert take(badged, "nurse") == "/", "the short code works all the same"


def test_elsewhere_a_badge_opens_nothing(badged: Client) -> None:
    assert hold(Client()).status_code == 404


def test_from_outside_a_place_taken_by_code_is_not_enough(badged: Client, settings: LazySettings) -> None:
    """And for privileged pages neither, wherever one sits."""
    take(badged, "nurse")
    nurse = Account.objects.get(username="nurse")
    auth.TOTP.activate(nurse, auth.generate_totp_secret())
    settings.DEMO = False
    assert badged.get("/staff/patients/").status_code == 200
    outside = badged.get("/staff/patients/", REMOTE_ADDR="203.0.113.9")
    assert outside["Location"].startswith("/accounts/2fa/reauthenticate/")
    settings.INSIDE_NETWORKS = (ip_network("203.0.113.0/24"),)
    assert badged.get("/staff/patients/", REMOTE_ADDR="203.0.113.9").status_code == 200


PRIVILEGED = sorted(
    (role, reverse(address.name, kwargs=dict.fromkeys(address.parameters, UUID(int=1))))
    for address in EVERY
    for role in Role
    if address.permission in second_factor.PRIVILEGED and address.permission in TABLE[role]
    if all(name.endswith("_id") for name in address.parameters) and "device_id" not in address.parameters
)


def test_every_privileged_permission_is_tried_below() -> None:
    assert {permission for one in EVERY if (permission := one.permission) in second_factor.PRIVILEGED} == {
        *second_factor.PRIVILEGED
    }
    assert len(PRIVILEGED) >= 20


@pytest.mark.parametrize(("role", "path"), PRIVILEGED)
def test_what_is_privileged_asks_for_the_second_factor_also_inside(
    sign_in: SignIn, settings: LazySettings, role: Role, path: str
) -> None:
    one = sign_in(role)
    account = Account.objects.get(staff_id=one.member.id)
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(account, secret)
    settings.DEMO = False
    answer = one.client.get(path)
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    code = auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    done = one.client.post(answer["Location"], {"code": code})
    assert done.status_code == 302
    assert one.client.get(path).status_code in (200, 404, 405), "the page itself: 404 of an id that nobody has"
