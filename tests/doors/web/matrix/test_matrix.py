"""The one table, asked through every address: who gets in, who does not, and that a refusal tells nothing.

Every address of the resolver × every role × how they stand to the patient. What is expected is worked out here from the
table of `people.access` and from the situation, in words; nothing of the predicate is used. Each request is undone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ehospital.foundation.models import AuditEvent
from ehospital.people import actions
from ehospital.people.access import TABLE, Role
from ehospital.web.staff.broken_glass import offers
from tests.doors.web.matrix.addresses import EVERY, Address
from tests.doors.web.matrix.subjects import filled
from tests.doors.web.matrix.visitors import PORTAL, STAFF, Visitor, World, portal_visitor, staff
from tests.factories import monitoring as make
from tests.factories import people

pytestmark = pytest.mark.django_db

REFUSED = (403, 404)


@pytest.fixture
def world() -> World:
    at = datetime.now(UTC) - timedelta(minutes=10)
    ward = make.ward(at, patients=0)
    subject, other = (filled(ward.unit_id, ward.id, at, name) for name in ("amina", "hamid"))
    return World(subject, other, ward.unit_id, at)


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever a request writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def path(address: Address, ids: dict[str, Any]) -> str:
    missing = [one for one in address.parameters if one not in ids]
    assert not missing, f"{address.name}: put something behind {missing} in `filled`, and say in ABOUT whose it is"
    return reverse(address.name, kwargs={one: ids[one] for one in address.parameters})


def ask(visitor: Visitor, method: str, address: Address, ids: dict[str, Any], event: int) -> tuple[HttpResponse, int]:
    """Return the answer, and how many refusals it left in the trail; everything else is undone."""
    before = AuditEvent.objects.filter(action="page.refused").count()
    with undone():
        sent = {"number": str(event), "proxy": "", "email": "a@example.org", "unlink": "yes", "about": "research"}
        data = sent if method == "post" else {"concept": "http://loinc.org|2823-3"}
        answer = getattr(visitor.client, method)(path(address, ids), data, headers={"Accept": "text/html"})
        assert answer.status_code < 500, (address.name, visitor.name, answer.status_code)
        answer.content  # noqa: B018  a streamed answer would be read here
        return answer, AuditEvent.objects.filter(action="page.refused").count() - before


def told(answer: HttpResponse) -> bytes:
    """The body but for what is another in every answer: the request's number and the token against forged forms."""
    body = answer.content.replace(answer["X-Request-Number"].encode(), b"")
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)


def judge(world: World, visitor: Visitor) -> list[str]:
    """Ask for every address, and return where the answer is not what the table says."""
    wrong = []
    for address in EVERY:
        ids = {**world.subject.ids, **visitor.ids}
        if visitor.staff is not None:
            ids["token"] = offers.address(world.subject.patient_id, visitor.staff).rstrip("/").rsplit("/", 1)[1]
        answers = [ask(visitor, "get", address, ids, world.subject.event)]
        if answers[0][0].status_code in (404, 405):
            answers.append(ask(visitor, "post", address, ids, world.subject.event))
        statuses = [answer.status_code for answer, _ in answers]
        let_in = any(status not in (*REFUSED, 405) for status in statuses)
        if let_in != world.may(visitor, address):
            wrong.append(f"{address.name}: {'let in' if let_in else 'kept out'} ({statuses})")
        if not let_in and not any(refusals for _, refusals in answers):
            wrong.append(f"{address.name}: a refusal without a row in the trail")
        # Without the permission the view is not reached, whatever was asked for: 403 before anything is looked up.
        reached = any(TABLE[role].get(address.permission) for role in visitor.roles)
        wrong += guessed(world, visitor, address, ids) if reached and not let_in else []
    return wrong


def guessed(world: World, visitor: Visitor, address: Address, ids: dict[str, Any]) -> list[str]:
    """Return where a refusal tells whether what was asked for exists."""
    unknown = {one: uuid4() if isinstance(value, UUID) else value for one, value in ids.items()}
    unknown |= {"device_id": "monitor-nowhere", "token": "made-up-too"}
    wrong = []
    for method in ("get", "post"):
        real, _ = ask(visitor, method, address, ids, world.subject.event)
        made_up, _ = ask(visitor, method, address, unknown, 10**15)
        if (real.status_code, told(real)) != (made_up.status_code, told(made_up)):
            wrong.append(f"{address.name}: {method} tells by {real.status_code} / {made_up.status_code} what exists")
    return wrong


@pytest.mark.parametrize(("role", "situation"), STAFF)
def test_staff_get_in_exactly_where_the_table_says(world: World, role: Role, situation: str) -> None:
    actions.lift_restriction(
        world.subject.ids["restriction_id"], by=people.staff(Role.PRIVACY_OFFICER, at=world.at).actor, at=world.at
    )
    if role == Role.PRIVACY_OFFICER:
        world.subject.ids["restriction_id"] = actions.restrict_record(
            world.subject.patient_id, level="restricted", kind="hiv",
            by=people.staff(Role.PRIVACY_OFFICER, at=world.at).actor, at=world.at,
        )  # fmt: skip
    assert judge(world, staff(world, role, situation)) == []


@pytest.mark.parametrize(("situation", "extent"), PORTAL)
def test_the_portal_lets_in_exactly_whom_the_table_says(world: World, situation: str, extent: str) -> None:
    assert judge(world, portal_visitor(world, situation, extent)) == []


def test_nobody_gets_in_without_an_account(world: World) -> None:
    for address in EVERY:
        answer = Client().get(path(address, world.subject.ids))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/"), address.name


def test_another_patients_ids_below_ones_own_patient_tell_nothing(world: World) -> None:
    """Whoever may see one patient asks, below that patient's address, for what belongs to another."""
    asked = 0
    visitors = [staff(world, Role.DOCTOR, "related"), staff(world, Role.PRIVACY_OFFICER, "related")]
    for visitor in visitors:
        for address in EVERY:
            # A kind of line is a word, not an id: it belongs to nobody.
            foreign = [one for one in address.parameters if one not in ("patient_id", "line_kind", "recall")]
            if "patient_id" not in address.parameters or not foreign:
                continue
            for method in ("get", "post"):
                ids = {**world.other.ids, "patient_id": world.subject.patient_id}
                unknown = {**ids, **{one: uuid4() for one in foreign}}
                real, _ = ask(visitor, method, address, ids, 0)
                made_up, _ = ask(visitor, method, address, unknown, 0)
                assert real.status_code in (*REFUSED, 405), (address.name, method)
                assert (real.status_code, told(real)) == (made_up.status_code, told(made_up)), address.name
                asked += 1
    assert asked >= 8


@pytest.mark.parametrize(
    ("name", "sent"),
    [("portal_choose", "proxy"), ("portal_ask_why", "number")],
)
def test_ids_in_forms_of_the_portal_tell_nothing(world: World, name: str, sent: str) -> None:
    visitor = portal_visitor(world, "other")
    foreign = world.subject.ids["proxy_id"] if sent == "proxy" else world.subject.event
    made_up: list[object] = [uuid4(), world.subject.patient_id] if sent == "proxy" else [10**15, 0]
    answers = []
    for value in (foreign, *made_up, "nonsense"):
        with undone():
            answers.append(visitor.client.post(reverse(name), {sent: str(value)}))
    assert {answer.status_code for answer in answers} == {404}
    assert len({told(answer) for answer in answers}) == 1


def test_ids_in_questions_of_addresses_tell_nothing(world: World) -> None:
    """The id of another patient, under every name that a page reads from its address, changes no page of a stranger."""
    visitor = staff(world, Role.NURSE, "not related")
    names = ("patient", "actor", "q", "id", "ward", "unit", "before", "page", "period", "order", "family", "who")
    for address in EVERY:
        if address.parameters or not TABLE[Role.NURSE].get(address.permission):
            continue
        for name in names:
            values = (world.subject.patient_id, UUID(int=world.subject.patient_id.int ^ 1))
            with undone():
                real, made_up = (visitor.client.get(reverse(address.name), {name: str(value)}) for value in values)
            bodies = [
                told(answer).replace(str(value).encode(), b"")
                for answer, value in zip((real, made_up), values, strict=True)
            ]
            bodies = [re.sub(rb"ticket=[\w.=-]+|datetime=\"[^\"]+\"", b"", body) for body in bodies]
            assert bodies[0] == bodies[1], (address.name, name)


def test_the_matrix_asks_for_every_address() -> None:
    assert len(EVERY) >= 55
    assert len({one.name for one in EVERY}) == len(EVERY)
