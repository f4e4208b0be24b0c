"""PostgreSQL dies in the middle of the work, alone or with everything else: a server of this module's own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.postgres import Postgres
from tests.doors.stream.flow import Flow
from tests.doors.stream.pipe import Pipe, eventually
from tests.engines import Clone
from tests.factories import monitoring as make


@contextmanager
def on_server(server: Postgres) -> Iterator[None]:
    """Point Django at another server for a while."""
    from django.db import connections

    settings = connections.settings["default"]
    before = {name: settings[name] for name in ("HOST", "PORT", "PASSWORD", "NAME")}
    connections["default"].close()
    connections["default"].close_pool()
    settings |= {"PORT": str(server.port), "PASSWORD": server.secrets["ehospital_owner"], "NAME": "ehospital"}
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"].close_pool()
        settings |= before


@pytest.fixture(scope="module")
def server(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Postgres]:
    """A PostgreSQL that may be killed, migrated, with four monitored patients."""
    from django.core.management import call_command

    postgres = Postgres(tmp_path_factory.mktemp("postgres"), throwaway=True, port=ports.pick())
    with postgres, on_server(postgres), django_db_blocker.unblock():
        call_command("migrate", interactive=False, verbosity=0)
        now = datetime.now(UTC)
        built = make.ward(now, patients=4)
        for number, patient_id in enumerate(built.patient_ids):
            make.device(f"m{number}", patient_id=patient_id, since=now - timedelta(minutes=30))
        yield postgres


@pytest.fixture
async def pipe(server: Postgres, fresh_nats: Nats, tmp_path: Path) -> AsyncIterator[Pipe]:
    built = Pipe(fresh_nats, Clone("ehospital", server), tmp_path)
    built.empty()
    await built.open()
    yield built
    await built.close()


async def test_the_database_goes_away_and_comes_back(pipe: Pipe, flow: Flow, server: Postgres):
    stream = pipe.stream()
    await stream.ready()
    flowing = asyncio.create_task(flow.run(6))
    await flow.goes_on()
    _kill_and_restart(server)
    await flowing
    await flow.all_stored_once()
    await eventually(stream.is_ready, "it is ready again")


async def test_everything_dies_at_once(pipe: Pipe, flow: Flow, server: Postgres):
    stream = pipe.stream()
    await stream.ready()
    flowing = asyncio.create_task(flow.run(5))
    await flow.goes_on()
    stream.kill()
    pipe.kill_and_restart_nats()
    _kill_and_restart(server)
    pipe.stream()
    await flowing
    await flow.all_stored_once()


def _kill_and_restart(server: Postgres) -> None:
    """kill -9, and the next start on the same port; in this thread, because the server hangs on its life."""
    assert server.child is not None
    server.child.kill()
    server.start()
