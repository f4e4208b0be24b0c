"""The database goes away while people work: every page says so in words, with a number, and asks to come back."""

import logging

import psycopg
import pytest
from django.db import connections
from django.test import Client
from psycopg import sql

from ehospital.cli.engines.postgres import Postgres
from ehospital.people import actions
from ehospital.people.access import Role
from tests.doors.web.conftest import PASSWORD
from tests.engines import Clone
from tests.factories import people

ADDRESSES = ("/", "/staff/patients/?q=okafor", "/staff/wards/", "/staff/alerts/", "/staff/devices/")


@pytest.fixture
def nurse(own_database: Clone, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A nurse who has signed in, in a hospital with a database of its own and little patience with it."""
    monkeypatch.setitem(connections["default"].settings_dict["OPTIONS"]["pool"], "timeout", 0.3)
    member = people.staff(Role.NURSE)
    actions.give_account(username="nurse", password=PASSWORD, staff_id=member.id, by=people.machinery(), at=people.NOON)
    client = Client(raise_request_exception=False)
    assert client.post("/accounts/login/", {"login": "nurse", "password": PASSWORD}).status_code == 302
    assert client.get("/staff/alerts/").status_code == 200
    return client


def drop(clone: Clone, postgres: Postgres) -> None:
    """Take the database away under whoever is connected."""
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(clone.name)))


def test_a_database_that_is_away_is_told_in_words_on_every_page(
    nurse: Client, own_database: Clone, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    drop(own_database, postgres)
    for address in ADDRESSES:
        caplog.clear()
        with caplog.at_level(logging.ERROR, "django.request"):
            answer = nurse.get(address)
        page = answer.content.decode()
        assert (answer.status_code, answer["Retry-After"]) == (503, "15"), address
        assert "The hospital&#x27;s system does not answer just now" in page
        assert answer["X-Request-Number"] in page
        assert [record.exc_info is not None for record in caplog.records] == [True], "written down once, with its cause"


def test_signing_in_without_a_database_is_told_in_words_too(
    nurse: Client, own_database: Clone, postgres: Postgres
) -> None:
    drop(own_database, postgres)
    answer = Client(raise_request_exception=False).post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")


def test_a_script_that_asks_gets_the_number_alone(nurse: Client, own_database: Clone, postgres: Postgres) -> None:
    drop(own_database, postgres)
    answer = nurse.get("/staff/alerts/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (503, {"number": answer["X-Request-Number"]})
