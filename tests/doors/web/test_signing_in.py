"""The front door: who comes in, who does not, and what is written down."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from allauth.mfa.totp.internal import auth
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.test import Client

from ehospital.foundation.models import AuditEvent
from ehospital.people.access import Role
from ehospital.people.models import Account
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
    assert Account.objects.count() == 0
    assert answer.status_code == 200


def test_staff_of_a_real_hospital_are_asked_for_a_second_factor(sign_in: SignIn, settings: LazySettings) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    settings.DEMO = False
    answer = nurse.client.get("/staff/patients/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert "Members of staff sign in with a second factor." in nurse.client.get("/accounts/2fa/").content.decode()
    settings.DEMO = True
    assert "Members of staff sign in" not in nurse.client.get("/accounts/2fa/").content.decode()


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


def told(action: str) -> list[tuple[str, str, dict[str, str]]]:
    """Who did that to which account, with what details."""
    events = AuditEvent.objects.filter(action=action).order_by("id")
    return [(event.actor_id, event.subject, event.details) for event in events]


def test_one_person_who_types_wrong_locks_out_nobody_behind_the_same_address(sign_in: SignIn) -> None:
    """A whole hospital may come from one address: what is counted is the name typed there."""
    for name in ("first", "second", "third"):
        sign_in(Role.RECEPTIONIST, username=name)
    ward = Client(REMOTE_ADDR="10.0.0.66")
    for name in ("first", "second"):
        for _ in range(6):
            ward.post("/accounts/login/", {"login": name, "password": "wrong"})
    assert ward.post("/accounts/login/", {"login": "first", "password": PASSWORD}).status_code != 302
    assert ward.post("/accounts/login/", {"login": "third", "password": PASSWORD}).status_code == 302


def test_signing_out_is_audited(sign_in: SignIn) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    nurse.client.post("/accounts/logout/")
    account = Account.objects.get()
    assert told("account.signed_out") == [(str(nurse.member.id), f"account:{account.pk}", {})]
    assert AuditEvent.objects.get(action="account.signed_out").category == "E"
    Client().post("/accounts/logout/")
    assert len(told("account.signed_out")) == 1


def test_a_new_password_is_audited_and_never_written_down(sign_in: SignIn) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    new = "another long and odd password 8"
    nurse.client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert Account.objects.get().check_password(new)
    assert told("account.password_changed") == [(str(nurse.member.id), f"account:{Account.objects.get().pk}", {})]
    assert new not in str(list(AuditEvent.objects.values()))


def test_a_password_that_was_reset_by_mail_is_audited(sign_in: SignIn, mailoutbox: list[EmailMessage]) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    Account.objects.update(email="berg@example.org")
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": "berg@example.org"})
    (link,) = re.findall(r"http://testserver(/accounts/password/reset/key/\S+)", str(mailoutbox[0].body))
    form = visitor.get(link, follow=True).redirect_chain[-1][0]
    new = "another long and odd password 8"
    visitor.post(form, {"password1": new, "password2": new})
    assert Account.objects.get().check_password(new)
    assert [who for who, _, _ in told("account.password_reset")] == [str(nurse.member.id)]


def test_an_address_added_and_removed_is_audited(sign_in: SignIn) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    for address in ("berg@example.org", "tove@example.org"):
        nurse.client.post("/accounts/email/", {"action_add": "", "email": address})
    nurse.client.post("/accounts/email/", {"action_remove": "", "email": "tove@example.org"})
    assert [details["email"] for _, _, details in told("account.email_added")] == [
        "berg@example.org", "tove@example.org",
    ]  # fmt: skip
    assert [details["email"] for _, _, details in told("account.email_removed")] == ["tove@example.org"]


def test_a_second_factor_added_and_removed_is_audited(
    sign_in: SignIn, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    nurse = sign_in(Role.RECEPTIONIST)
    nurse.client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    nurse.client.get("/accounts/2fa/totp/activate/")
    secret = nurse.client.session["mfa.totp.secret"]
    code = auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))
    for page, typed in (
        ("totp/activate", {"code": code}),
        ("recovery-codes/generate", {}),
        ("totp/deactivate", {}),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            assert nurse.client.post(f"/accounts/2fa/{page}/", typed).status_code == 302
    assert [details["factor"] for _, _, details in told("account.factor_added")] == ["totp", "recovery_codes"]
    assert [details["factor"] for _, _, details in told("account.factor_renewed")] == ["recovery_codes"]
    assert "totp" in [details["factor"] for _, _, details in told("account.factor_removed")]
    assert {who for who, _, _ in told("account.factor_removed")} == {str(nurse.member.id)}
