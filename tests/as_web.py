"""Requests of Django's test client under the web process's own database role, so that its rules hold for them too.

The tests themselves work as the owner of the tables, for speed; each request changes the role for its time.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.engines import engines


@pytest.fixture(scope="session")
def web_may_be_played() -> None:
    """Let the owner take on the web role in the throwaway server: without inheriting what the web role may see."""
    with psycopg.connect(engines().postgres.url("postgres", "postgres"), autocommit=True) as server:
        server.execute("GRANT ehospital_web TO ehospital_owner WITH INHERIT FALSE, SET TRUE")


@pytest.fixture
def as_web(web_may_be_played: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answer every request of a test client as `ehospital_web`, with no chart open at its beginning."""
    ask = Client.request

    def request(self: Client, **asked: Any) -> Any:
        _say("SET ROLE ehospital_web", "SELECT set_config('ehospital.charts', '', true)")
        try:
            return ask(self, **asked)
        finally:
            if connection.connection is not None:
                _say("RESET ROLE")

    monkeypatch.setattr(Client, "request", request)
    yield


def _say(*statements: str) -> None:
    """Run statements past Django's count of queries; a database that is away is the request's own matter."""
    with contextlib.suppress(OperationalError, psycopg.OperationalError):
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            for one in statements:
                cursor.execute(one)
