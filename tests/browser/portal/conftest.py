"""The portal in a real browser: the real web process under its own database role, and a patient with a full record."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext
from psycopg import sql
from pytest_django import DjangoDbBlocker

from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.postgres import Postgres
from ehospital.clinical import actions, queries
from ehospital.people import access
from ehospital.wire.roles import Role
from tests.engines import Clone, elsewhere, engines
from tests.factories import clinical, portal
from tests.factories.people import NOON

# Playwright's own event loop runs in the thread of the tests, where Django would refuse to ask its database.
UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"
os.environ[UNSAFE] = "true"

PASSWORD = "a long and odd password 7"
READY_WITHIN_S = 60


@dataclass(frozen=True)
class Hospital:
    """Where the pages are; `amina` has a full record, `hamid` an empty one, `long` one of thousands of results."""

    url: str
    web: "subprocess.Popen[bytes]"


@contextmanager
def database(postgres: Postgres, template: str) -> Iterator[Clone]:
    """A copy of the migrated database for the whole run."""
    clone = Clone(f"portal_{secrets.token_hex(4)}", postgres)
    run = "CREATE DATABASE {} TEMPLATE {} OWNER ehospital_owner"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(run).format(sql.Identifier(clone.name), sql.Identifier(template)))
        yield clone
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(clone.name)))


def filled() -> None:
    """Register the patients of these tests."""
    amina = portal.portal_patient("amina", PASSWORD)
    portal.fill(amina)
    nurse = clinical.carer(amina, access.Role.NURSE).actor
    queries.open_chart(amina, viewer=nurse, at=NOON)
    actions.record_problem(amina, clinical.problem("Asthma"), by=nurse, at=NOON)
    note = clinical.note(amina, "You may walk again.\n\nوصف الدواء", by=nurse)
    clinical.note(amina, "Three times a day.", by=nurse, amends=note)
    portal.portal_patient("hamid", PASSWORD, given="Hamid", family="Karimi", street="9 Mill Road")
    long = portal.portal_patient("long", PASSWORD, given="Lena", family="Long", street="1 Long Lane")
    portal.fill(long)
    clinical.long_stay(long, observations=6000, concepts=150)


@pytest.fixture(scope="session")
def hospital(
    postgres: Postgres, nats: Nats, migrated_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Hospital]:
    """The web process, answering."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    with database(postgres, migrated_template) as clone:
        with elsewhere(clone.name), django_db_blocker.unblock():
            filled()
        port = ports.pick()
        surroundings = {
            **{name: value for name, value in os.environ.items() if name != UNSAFE},
            "EHOSPITAL_DATABASE_URL": clone.url("ehospital_web"),
            "EHOSPITAL_NATS_URL": nats.url(Role.WEB),
            "EHOSPITAL_LOG_LEVEL": "WARNING",
        }
        log = (engines().data / "portal-web.log").open("wb")
        command = [sys.executable, "-m", "ehospital", "serve", "web", "--port", str(port)]
        web = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
        try:
            yield Hospital(_answering(f"http://127.0.0.1:{port}", web), web)
        finally:
            web.terminate()
            web.wait(timeout=20)
            log.close()


def _answering(url: str, web: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if web.poll() is not None:
            pytest.fail("the web process ended: " + (engines().data / "portal-web.log").read_text()[-2000:])
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return url
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer within {READY_WITHIN_S} s")


@pytest.fixture(scope="session")
def signed_in(browser: Browser, hospital: Hospital) -> Callable[[str], Any]:
    """A function that signs somebody in once, through the form, and returns what the browser then keeps."""
    kept: dict[str, Any] = {}

    def enter(username: str) -> Any:
        if username not in kept:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{hospital.url}/accounts/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", PASSWORD)
            page.locator("form:has(input[name=password]) button[type=submit]").first.click()
            page.wait_for_url(f"{hospital.url}/portal/")
            kept[username] = context.storage_state()
            context.close()
        return kept[username]

    return enter


Window = Callable[..., BrowserContext]


@pytest.fixture
def window(browser: Browser, hospital: Hospital, signed_in: Callable[[str], Any]) -> Iterator[Window]:
    """A function that opens a browser in which a patient is signed in, in a language, of a size."""
    opened: list[BrowserContext] = []

    def make(username: str = "amina", *, language: str = "en", **more: Any) -> BrowserContext:
        more.setdefault("viewport", {"width": 390, "height": 844})
        context = browser.new_context(storage_state=signed_in(username), base_url=hospital.url, **more)
        context.add_cookies([{"name": "django_language", "value": language, "url": hospital.url}])
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
