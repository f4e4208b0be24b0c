"""The front door: who comes in, who does not, and what is written down."""

import pytest
from django.conf import LazySettings
from django.test import Client

from ehospital.foundation.models import AuditEvent
from ehospital.people.access import Role
from tests.doors.web.conftest import PASSWORD, SignIn

pytestmark = pytest.mark.django_db


def test_a_right_password_opens_and_is_audited(sign_in: SignIn) -> None:
    member = sign_in(Role.RECEPTIONIST).member
    event = AuditEvent.objects.get(action="account.signed_in")
    assert (event.actor_id, event.category) == (str(member.id), "E")


def test_a_wrong_password_stays_outside_and_is_audited(sign_in: SignIn) -> None:
    sign_in(Role.RECEPTIONIST)
    stranger = Client()
    answer = stranger.post("/accounts/login/", {"login": "receptionist", "password": "wrong"})
    assert answer.status_code == 200
    assert stranger.get("/staff/patients/").status_code == 302
    event = AuditEvent.objects.get(action="account.failed")
    assert (event.actor_name, event.details) == ("receptionist", {"address": "127.0.0.1"})


def test_a_wrong_name_answers_like_a_wrong_password(sign_in: SignIn) -> None:
    sign_in(Role.RECEPTIONIST)
    bodies = []
    for name in ("receptionist", "nobody-here"):
        answer = Client().post("/accounts/login/", {"login": name, "password": "wrong"})
        bodies.append([str(error) for error in answer.context["form"].non_field_errors()])
    assert bodies[0] == bodies[1] != []


def test_many_wrong_passwords_lock_that_desk_out_and_no_colleague(sign_in: SignIn) -> None:
    sign_in(Role.RECEPTIONIST)
    attacker = Client(REMOTE_ADDR="10.0.0.66")
    for _ in range(6):
        attacker.post("/accounts/login/", {"login": "receptionist", "password": "wrong"})
    right = {"login": "receptionist", "password": PASSWORD}
    assert attacker.post("/accounts/login/", right).status_code != 302
    assert Client(REMOTE_ADDR="10.0.0.7").post("/accounts/login/", right).status_code == 302


def test_nobody_registers_an_account_for_oneself() -> None:
    answer = Client().post(
        "/accounts/signup/", {"username": "me", "password1": PASSWORD, "password2": PASSWORD}, follow=True
    )
    from ehospital.people.models import Account

    assert Account.objects.count() == 0
    assert answer.status_code == 200


def test_staff_of_a_real_hospital_are_asked_for_a_second_factor(sign_in: SignIn, settings: LazySettings) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    settings.DEMO = False
    answer = nurse.client.get("/staff/patients/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")


def test_signing_out_closes_every_page(sign_in: SignIn) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    nurse.client.post("/accounts/logout/")
    assert nurse.client.get("/staff/patients/").status_code == 302


def test_pages_with_patients_are_kept_by_no_cache_and_run_nothing_foreign(sign_in: SignIn) -> None:
    answer = sign_in(Role.RECEPTIONIST).client.get("/staff/patients/")
    assert "no-store" in answer["Cache-Control"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
