"""Who looked at me: names, roles at that moment, machines apart, page by page."""

from datetime import timedelta

import pytest
from django.db import transaction

from ehospital.foundation import audit
from ehospital.people import access, actions, queries
from ehospital.people.access import Role
from tests.factories import people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db


def looked(by: access.Actor, patient_id: object, part: str = "") -> None:
    with transaction.atomic():
        audit.record("chart.read", by=by, at=by.at, patient_id=patient_id, details={"part": part})  # type: ignore[arg-type]


def test_a_role_is_told_as_it_was_held_at_that_moment() -> None:
    key, nurse = people.patient(), people.staff(Role.NURSE)
    looked(nurse.actor, key, "results")
    later = NOON + timedelta(days=1)
    actions.give_role(staff_id=nurse.id, role=Role.PHARMACIST, by=people.machinery(later), at=later)
    looked(access.later(nurse.actor, later), key)
    me = access.of_patient(key, name="Amina", at=later)
    newest, first = queries.who_looked(key, viewer=me, at=later, machines=False)
    assert (newest.roles, first.roles) == (("nurse", "pharmacist"), ("nurse",))
    assert (first.part, newest.part) == ("results", "")


def test_machines_and_oneself_may_be_left_out_and_pages_follow_each_other() -> None:
    key, nurse = people.patient(), people.staff(Role.NURSE)
    me = access.of_patient(key, name="Amina", at=NOON)
    for by in (nurse.actor, me, nurse.actor):
        looked(by, key)
    read = lambda **more: queries.who_looked(key, viewer=me, at=NOON, **more)  # noqa: E731
    assert {line.kind for line in read()} == {"staff", "patient", "system"}
    assert [line.kind for line in read(machines=False, myself=False)] == ["staff", "staff"]
    first = read(machines=False, myself=False, most=1)
    rest = read(machines=False, myself=False, before=first[-1].number)
    assert len(rest) == 1
    assert rest[0].number < first[0].number
