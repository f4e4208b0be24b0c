"""Fixtures of the device doors."""

from collections.abc import AsyncIterator

import pytest

from ehospital.cli.engines.nats import Nats
from tests.doors.gateway.hospital import Hospital


@pytest.fixture
async def hospital(fresh_nats: Nats) -> AsyncIterator[Hospital]:
    """A NATS of this test alone with a gateway in front of it, ready for devices."""
    house = Hospital(fresh_nats)
    await house.open()
    yield house
    await house.close()
