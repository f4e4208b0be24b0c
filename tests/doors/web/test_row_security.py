"""What a request opens ends with it, on every connection; and what is rolled back inside it is opened again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from ehospital.clinical.models import Allergy
from ehospital.clinical.queries import allergies, open_head
from ehospital.people import access, actions
from ehospital.people.access import Permission, Role
from ehospital.people.row_security import granting
from tests.factories import clinical as charts
from tests.factories import people

PASSWORD = "a long and odd password 7"
NOTHING_OPEN = "no chart is open in this transaction"


@pytest.fixture
def doctor(db: None, now: datetime) -> tuple[UUID, people.Staff]:
    """A patient with an allergy, and the doctor who cares for them."""
    key = people.patient()
    member = charts.carer(key, Role.DOCTOR, at=now)
    from ehospital.clinical import actions as clinical

    clinical.record_allergy(key, charts.allergy("Penicillin"), by=member.actor, at=now)
    return key, member


@pytest.fixture
def as_the_web_role(as_web: None, doctor: Any) -> Any:
    """What follows is asked by the web role, on the connection of the test."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE ehospital_web")
        yield
        cursor.execute("RESET ROLE")
        transaction.set_rollback(True)


def allergic(patient_id: UUID) -> list[str]:
    return list(Allergy.objects.filter(patient_id=patient_id).values_list("display", flat=True))


def refused(patient_id: UUID) -> None:
    with pytest.raises(ProgrammingError, match=NOTHING_OPEN), transaction.atomic():
        allergic(patient_id)


def test_outside_of_a_request_nothing_is_opened(doctor: tuple[UUID, people.Staff], as_the_web_role: None) -> None:
    key, member = doctor
    assert access.may(member.actor, Permission.CHART_READ, patient_id=key)
    refused(key)


def test_a_request_opens_what_was_asked_about_once(doctor: tuple[UUID, people.Staff], as_the_web_role: None) -> None:
    key, member = doctor
    with granting.request_transaction(only_reads=True):
        refused(key)
        assert access.may(member.actor, Permission.CHART_READ, patient_id=key)
        assert allergic(key) == ["Penicillin"]
        assert [one.display for one in allergies(key, viewer=member.actor, at=member.actor.at).active] == ["Penicillin"]


def test_what_a_savepoint_shut_is_opened_again(doctor: tuple[UUID, people.Staff], as_the_web_role: None) -> None:
    key, member = doctor
    with granting.request_transaction(only_reads=False):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            access.require(member.actor, Permission.CHART_READ, patient_id=key)
            assert allergic(key) == ["Penicillin"]
            raise ZeroDivisionError
        refused(key)  # loudly, for whoever reads without asking again
        head = open_head(key, viewer=member.actor, at=member.actor.at, part="summary")
        assert [one.display for one in head.allergies.active] == ["Penicillin"]


def test_looking_writes_nothing(doctor: tuple[UUID, people.Staff], as_the_web_role: None) -> None:
    key, member = doctor
    with granting.request_transaction(only_reads=True):
        access.require(member.actor, Permission.CHART_WRITE, patient_id=key)
        assert allergic(key) == ["Penicillin"]
        with pytest.raises(ProgrammingError, match="no chart is open for writing"), transaction.atomic():
            Allergy.objects.filter(patient_id=key).update(display="Nothing")
    with granting.request_transaction(only_reads=False):
        access.require(member.actor, Permission.CHART_WRITE, patient_id=key)
        assert Allergy.objects.filter(patient_id=key).update(display="Penicillin V") == 1


def test_where_the_database_does_not_agree_the_patient_is_not_there(
    doctor: tuple[UUID, people.Staff], as_the_web_role: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = doctor
    stranger = people.staff(Role.DOCTOR, family="Strand") if connection.in_atomic_block else None
    assert stranger is not None
    everybody = access.Patient.objects.filter(merged_into=None)
    monkeypatch.setattr(access, "visible_patients", lambda *_, **__: everybody)
    with granting.request_transaction(only_reads=True):
        assert access.patient(stranger.actor, Permission.CHART_READ, key) is None
        assert access.open_charts(stranger.actor, Permission.CHART_READ, [key]) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_for_the_next_request_on_the_connection(as_web: None, now: datetime, settings: Any) -> None:
    settings.DEMO = True
    key = people.patient()
    member = charts.carer(key, Role.DOCTOR, at=now)
    actions.give_account(
        username="doctor", password=PASSWORD, staff_id=member.id, by=people.machinery(), at=people.NOON
    )
    client = Client()
    assert client.post("/accounts/login/", {"login": "doctor", "password": PASSWORD}).status_code == 302
    assert client.get(f"/staff/patients/{key}/").status_code == 200
    assert granting._transaction.get() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('ehospital.charts', true), '')")
        assert cursor.fetchone() == ("",)
    assert client.get("/staff/patients/00000000-0000-0000-0000-000000000000/").status_code == 404
