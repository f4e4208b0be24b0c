"""Tokens: given to whoever shows the secret, for minutes, and dead at once with the credentials."""

import base64
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions, queries, smart
from ehospital.people.models import ClientApplication
from tests.doors.fhir.serving.conftest import Register, System
from tests.factories import people

FORM = "application/x-www-form-urlencoded"

pytestmark = pytest.mark.django_db


def test_a_token_opens_the_door_for_five_minutes(system: System, now: datetime) -> None:
    answer = system.ask_token()
    told = json.loads(answer.content)
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 300, "system/*.read system/*.write")
    assert answer["Cache-Control"] == "no-store"
    assert system.get("Patient").status_code == 200
    text = told["access_token"]
    until = smart.read(text, at=now).until
    assert queries.bearer(text, at=until - timedelta(microseconds=1)).actor.client_id == system.id
    with pytest.raises(smart.NoToken):
        queries.bearer(text, at=until)


def test_the_secret_is_kept_nowhere_and_basic_works_too(register: Register) -> None:
    system = register()
    row = ClientApplication.objects.get()
    assert system.secret not in str(row.__dict__) and len(system.secret) == 43
    basic = base64.b64encode(f"{system.id}:{system.secret}".encode()).decode()
    answer = system.client.post(
        "/fhir/token",
        "grant_type=client_credentials&scope=system/Patient.read",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Basic {basic}"},
    )
    assert json.loads(answer.content)["scope"] == "system/Patient.read"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "01999999-0000-7000-8000-000000000000"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "system/Patient.delete"}, 400, "invalid_scope"),
        ({"scope": "user/Patient.read"}, 400, "invalid_scope"),
    ],
)
def test_what_is_refused(register: Register, form: dict[str, str], status: int, error: str) -> None:
    system = register()
    answer = system.ask_token(**form)
    assert (answer.status_code, json.loads(answer.content)["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer) == (status == 401)
    assert not AuditEvent.objects.filter(action="client.signed_in").exists()


def test_a_wrong_secret_and_an_unknown_client_answer_the_same_and_are_written_down(register: Register) -> None:
    system = register()
    wrong = system.ask_token(client_secret="x" * 43)
    unknown = system.ask_token(client_id="01999999-0000-7000-8000-000000000000")
    assert (wrong.content, wrong.status_code) == (unknown.content, unknown.status_code)
    events = AuditEvent.objects.filter(action="client.failed").order_by("id")
    assert [(one.actor_kind, one.actor_id) for one in events] == [("client", str(system.id)), ("nobody", "")]


def test_a_client_asks_for_no_more_than_it_was_given(register: Register) -> None:
    system = register(scopes=("system/Patient.read", "system/Observation.*"))
    for scope in ("system/*.read", "system/Patient.write", "system/*.*", "system/Patient.*"):
        assert json.loads(system.ask_token(scope=scope).content)["error"] == "invalid_scope", scope
    assert json.loads(system.ask_token(scope="system/Observation.write").content)["scope"] == "system/Observation.write"


SCOPES = st.lists(
    st.builds("system/{}.{}".format, st.sampled_from(("*", *smart.KINDS)), st.sampled_from(("*", *smart.DEEDS))),
    max_size=4,
)


@given(asked=SCOPES, given_=SCOPES)
def test_what_is_within_the_scopes_is_what_they_all_allow(asked: list[str], given_: list[str]) -> None:
    def allowed(scopes: list[str]) -> set[tuple[str, str]]:
        return {(kind, deed) for kind in smart.KINDS for deed in smart.DEEDS if smart.allows(scopes, kind, deed)}

    assert smart.within(asked, given_) == (allowed(asked) <= allowed(given_))


@pytest.mark.parametrize("charset", ["utf-16", "latin-1"])
def test_a_form_in_another_charset_or_with_too_many_fields_is_answered(register: Register, charset: str) -> None:
    system = register()
    for body, kind in (("a=b", f"application/x-www-form-urlencoded; charset={charset}"), ("a=b&" * 2000, FORM)):
        answer = system.client.post("/fhir/token", body, content_type=kind)
        assert answer.status_code in (400, 401) and "error" in json.loads(answer.content)


def test_ten_wrong_secrets_make_it_wait_and_nobody_else(register: Register) -> None:
    system, other = register(), register("Other")
    for _ in range(10):
        assert system.ask_token(client_secret="wrong").status_code == 401
    paused = system.ask_token()
    assert (paused.status_code, paused["Retry-After"]) == (429, "300")
    assert other.ask_token().status_code == 200


def test_guessing_ids_fills_no_more_of_the_trail_and_keeps_nobody_out(register: Register) -> None:
    system = register()
    for place in range(65):
        assert system.ask_token(client_id=f"guess-{place}").status_code == 401
    assert AuditEvent.objects.filter(action="client.failed").count() == 60
    assert system.ask_token().status_code == 200


def test_renewing_and_revoking_kill_tokens_at_once(register: Register, now: datetime) -> None:
    system = register().sign_in()
    by = people.machinery(now)
    _, secret = actions.renew_client(system.name, by=by, at=now)
    assert system.get("Patient").status_code == 401
    assert system.ask_token().status_code == 401
    system.secret = secret
    assert system.sign_in().get("Patient").status_code == 200
    actions.revoke_client(system.name.upper(), by=by, at=now)
    assert (system.get("Patient").status_code, system.ask_token().status_code) == (401, 401)
    actions.revoke_client(system.name, by=by, at=now)
    seen = list(
        AuditEvent.objects.filter(subject=f"client:{system.id}").order_by("id").values_list("action", flat=True)
    )
    assert seen == [
        "client.registered",
        "client.signed_in",
        "client.secret_renewed",
        "client.signed_in",
        "client.revoked",
    ]


def test_only_who_manages_accounts_lets_systems_in(register: Register, now: datetime) -> None:
    from ehospital.people import access

    nurse = people.staff(access.Role.NURSE).actor
    register()
    before = AuditEvent.objects.count()
    for act in (
        lambda: actions.add_client("x", scopes=["system/*.read"], unit_ids=[], by=nurse, at=now),
        lambda: actions.renew_client("Harbour Laboratory", by=nurse, at=now),
        lambda: actions.revoke_client("Harbour Laboratory", by=nurse, at=now),
        lambda: queries.clients(viewer=nurse),
    ):
        with pytest.raises(access.NotPermitted):
            act()
    assert (ClientApplication.objects.count(), AuditEvent.objects.count()) == (1, before)


def test_names_and_scopes_are_checked(register: Register, now: datetime) -> None:
    register()
    by = people.machinery(now)
    with pytest.raises(actions.ClientKnown):
        actions.add_client("harbour LABORATORY", scopes=["system/*.read"], unit_ids=[], by=by, at=now)
    with pytest.raises(smart.UnknownScope):
        actions.add_client("Other", scopes=["system/Claim.read"], unit_ids=[], by=by, at=now)
    with pytest.raises(actions.NoSuchClient):
        actions.renew_client("Nobody", by=by, at=now)
    assert ClientApplication.objects.count() == 1
