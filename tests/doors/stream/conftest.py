"""Fixtures of the stream: a pipe of one test, and a ward whose patients have monitors."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ehospital.cli.engines.nats import Nats
from tests.doors.stream.flow import Flow
from tests.doors.stream.pipe import Pipe
from tests.engines import Clone
from tests.factories import monitoring as make
from tests.factories.monitoring import WardOfTests


@pytest.fixture
def ward(own_database: Clone) -> WardOfTests:
    """Four patients, each with a monitor: m0 to m3."""
    now = datetime.now(UTC)
    built = make.ward(now, patients=4, beds=6)
    for number, patient_id in enumerate(built.patient_ids):
        make.device(f"m{number}", patient_id=patient_id, since=now - timedelta(minutes=30))
    return built


@pytest.fixture
async def pipe(own_database: Clone, ward: WardOfTests, fresh_nats: Nats, tmp_path: Path) -> AsyncIterator[Pipe]:
    """NATS, database and no stream process yet."""
    built = Pipe(fresh_nats, own_database, tmp_path)
    await built.open()
    yield built
    await built.close()


@pytest.fixture
def flow(pipe: Pipe) -> Flow:
    """Two hundred frames a second of four devices, once it runs."""
    return Flow(pipe)
