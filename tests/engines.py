"""Real engines for the tests: one throwaway PostgreSQL per run, one NATS per test process on first use.

Loaded with `-p tests.engines`, so it runs before Django reads its settings. The processes of pytest-xdist share the
PostgreSQL of their controller. Nothing outlives the run: the engines hang on a leash (they die when pytest is killed),
and the folders of a killed run are swept by the next one.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.places import place_for, places_below
from ehospital.cli.engines.postgres import Postgres
from ehospital.cli.supervisor import pids
from ehospital.wire.roles import Role

TEMPLATE = "migrated"
RUNS = Path("/var/tmp") / f"ehospital-tests-{os.geteuid()}"
FOLDER, CONTROLLER, PORT = "EHOSPITAL_TEST_FOLDER", "EHOSPITAL_TEST_CONTROLLER", "EHOSPITAL_TEST_POSTGRES_PORT"


class Engines:
    """What one test process knows: the shared PostgreSQL and its own NATS."""

    def __init__(self) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        # A pytest inside a test inherits these variables, and gets engines of its own all the same.
        self.owner = worker == "main" or os.environ.get(CONTROLLER) != str(os.getppid())
        if self.owner:
            sweep_dead_runs()
            data = RUNS / f"run-{os.getpid()}-{secrets.token_hex(3)}"
            data.mkdir(mode=0o700, parents=True)
            pids.note(data / "controller", "pytest", os.getpid())
            self.postgres = Postgres(data, throwaway=True, port=ports.pick()).start()
            os.environ |= {FOLDER: str(data), CONTROLLER: str(os.getpid()), PORT: str(self.postgres.port)}
        else:
            data = Path(os.environ[FOLDER])
            self.postgres = Postgres(data, throwaway=True, port=int(os.environ[PORT]))
        self.data = data
        # Settings name the port long before the server starts: hold it until then.
        self._held = ports.reserve()
        self.nats = Nats(data, throwaway=True, name=f"nats-{worker}", port=ports.number(self._held))
        os.environ |= {
            "EHOSPITAL_DATA": str(data / worker),
            "EHOSPITAL_DATABASE_URL": self.postgres.url("ehospital_owner"),
            "EHOSPITAL_DATABASE_OWNER_URL": self.postgres.url("ehospital_owner"),
            "EHOSPITAL_NATS_URL": self.nats.url(Role.WEB),
            "EHOSPITAL_SECRET_KEY": self.postgres.secrets["secret_key"],
        }

    def started_nats(self) -> Nats:
        """This process's NATS, started now if it was not; `EHOSPITAL_NATS_URL` leads to it."""
        if self.nats.child is None or not self.nats.child.alive:
            self._held.close()
            self.nats.start()
            if self.nats.url(Role.WEB) != os.environ["EHOSPITAL_NATS_URL"]:
                pytest.fail("somebody took the port that was reserved for NATS")
        return self.nats

    def stop(self) -> None:
        """End what this process started and delete its files."""
        self._held.close()
        self.nats.stop()
        if self.owner:
            self.postgres.stop()
            place_for(self.data).remove()


def sweep_dead_runs() -> None:
    """Remove what runs left behind that were killed."""
    for data in RUNS.glob("run-*"):
        begun = (data / "controller").exists()  # one that is just being made has not noted its process yet
        if begun and not list(pids.running(data / "controller")):
            place = place_for(data)
            pids.sweep(place.notes)
            place.remove()


_engines: Engines | None = None


def engines() -> Engines:
    """The engines of this test process."""
    assert _engines is not None, "pytest runs without -p tests.engines"
    return _engines


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django reads the settings: a wrapper comes before every other plugin."""
    global _engines
    _engines = Engines()
    early_config.add_cleanup(_engines.stop)
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _no_place_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove what engines on a `tmp_path` kept under /var/tmp because we are root."""
    yield
    for place in places_below(tmp_path_factory.getbasetemp()):
        pids.sweep(place.engines / "pids")
        shutil.rmtree(place.engines, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The throwaway server; `postgres.url(role, database)` for connections of your own."""
    return engines().postgres


@pytest.fixture(scope="session")
def nats() -> Nats:
    """This test process's NATS, shared by its tests; `nats.url(role)`, `nats.mqtt_port`."""
    return engines().started_nats()


@pytest.fixture(scope="session")
def nats_url(nats: Nats) -> str:
    """The address for the operator's role, who may say and hear nearly everything."""
    return nats.url(Role.OPERATOR)


@pytest.fixture
def fresh_nats() -> Iterator[Nats]:
    """A NATS of this test alone: without streams, to be stopped, killed and started at will (60 ms)."""
    server = Nats(engines().data, throwaway=True, name=f"nats-{secrets.token_hex(4)}", port=ports.pick())
    with server:
        yield server


@dataclass(frozen=True)
class Clone:
    """A copy of the migrated database: `url(role)` of it."""

    name: str
    server: Postgres

    def url(self, role: str = "ehospital_owner") -> str:
        """The address of this copy for one of our roles."""
        return self.server.url(role, self.name)


@pytest.fixture(scope="session")
def migrated_template(django_test_environment: None, django_db_blocker: DjangoDbBlocker, postgres: Postgres) -> str:
    """The name of a migrated database that nobody is connected to; made once a run, whichever process comes first."""
    from django.core.management import call_command

    data = engines().postgres.place.data
    with (data / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / "template.made").exists():
            _run(postgres, "CREATE DATABASE {} OWNER ehospital_owner", TEMPLATE)
            with elsewhere(TEMPLATE), django_db_blocker.unblock():
                call_command("migrate", interactive=False, verbosity=0)
            (data / "template.made").touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def worker_database(migrated_template: str, django_db_blocker: DjangoDbBlocker, postgres: Postgres) -> Iterator[None]:
    """Django, for the whole of this test process, works on its own copy of the migrated database."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{secrets.token_hex(3)}"
    _create(postgres, name, migrated_template)
    with elsewhere(name):
        yield
    _run(postgres, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture
def clone_database(migrated_template: str, postgres: Postgres) -> Iterator[Callable[[], Clone]]:
    """A function that makes a copy of the migrated database (about 0.1 s); the copies end with the test."""
    made: list[Clone] = []

    def make() -> Clone:
        made.append(Clone(f"clone_{secrets.token_hex(6)}", postgres))
        _create(postgres, made[-1].name, migrated_template)
        return made[-1]

    yield make
    for clone in made:
        _run(postgres, "DROP DATABASE IF EXISTS {} WITH (FORCE)", clone.name)


@pytest.fixture
def own_database(clone_database: Callable[[], Clone], django_db_blocker: DjangoDbBlocker) -> Iterator[Clone]:
    """Django, in all threads, works on a copy of the migrated database: real commits, nothing to clean up."""
    clone = clone_database()
    with elsewhere(clone.name), django_db_blocker.unblock():
        yield clone


@contextmanager
def elsewhere(database: str) -> Iterator[None]:
    """Point Django at `database` on the same server for a while, with no connection left open on either side."""
    from django.db import connections

    settings = connections.settings["default"]
    before = settings["NAME"]
    _disconnect()
    settings["NAME"] = database
    try:
        yield
    finally:
        _disconnect()
        settings["NAME"] = before


def _disconnect() -> None:
    from django.db import connections

    connection = connections["default"]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL has one


def _create(server: Postgres, name: str, template: str) -> None:
    _run(server, "CREATE DATABASE {} TEMPLATE {} OWNER ehospital_owner", name, template)


def _run(server: Postgres, statement: str, *names: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
