"""The registry of devices is copied to the bucket of the doors; no copy ever brings an older state back."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import LazySettings

from ehospital.cli.engines.nats import Nats
from ehospital.monitoring import tasks
from ehospital.monitoring.actions import telling_doors
from ehospital.monitoring.models import Device
from ehospital.wire import devices_directory
from ehospital.wire.connection import connect
from ehospital.wire.devices_directory import DeviceEntry
from ehospital.wire.roles import Role
from tests.factories import monitoring as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def devices(fresh_nats: Nats, settings: LazySettings) -> Iterator[None]:
    """Two registered devices, and a NATS for the worker."""
    settings.NATS_URL = fresh_nats.url(Role.WORKER)
    for name in ("m1", "m2"):
        make.device(name, since=datetime.now(UTC))
    yield


def bucket(nats: Nats, *, put: dict[str, DeviceEntry] | None = None, raw: bytes = b"") -> dict[str, DeviceEntry | None]:
    """Write into the bucket, and return what it holds of both devices."""

    async def ask() -> dict[str, DeviceEntry | None]:
        client = await connect(nats.url(Role.WORKER), "test")
        try:
            for name, entry in (put or {}).items():
                await devices_directory.put(client, name, entry)
            if raw:
                await (await client.jetstream().key_value(devices_directory.BUCKET)).put("m1", raw)
            return {name: (await devices_directory.held(client, name)).entry for name in ("m1", "m2")}
        finally:
            await client.end()

    return asyncio.run(ask())


def test_a_copy_writes_what_differs_and_leaves_the_rest(fresh_nats: Nats) -> None:
    assert tasks.tell_doors(0) == 2
    right = telling_doors.entries()
    assert bucket(fresh_nats) == right
    assert tasks.tell_doors(0) == 0
    bucket(fresh_nats, raw=b"no entry at all")
    assert tasks.tell_doors(0) == 1
    assert bucket(fresh_nats) == right
    bucket(fresh_nats, put={"m2": DeviceEntry("ab")})
    assert tasks.tell_doors_of_device("m1") == 0
    assert tasks.tell_doors_of_device("m2") == 1


def test_a_revocation_that_comes_in_between_stands(fresh_nats: Nats, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its worst moment: the copy of everything has read the registry, and has not written yet."""
    tasks.tell_doors(0)
    bucket(fresh_nats, put={"m1": DeviceEntry("of a lost file"), "m2": DeviceEntry("of a lost file")})
    read, times = telling_doors.entries, []

    def and_then_revoked(device_ids: list[str] | None = None) -> dict[str, DeviceEntry]:
        found = read(device_ids)
        times.append(1)
        if len(times) == when:
            monkeypatch.setattr(telling_doors, "entries", read)
            Device.objects.filter(pk="m1").update(revoked=True)
            assert tasks.tell_doors_of_device("m1") == 1
        return found

    for when in (1, 2):
        Device.objects.update(revoked=False)
        bucket(fresh_nats, put={"m1": DeviceEntry("of a lost file"), "m2": DeviceEntry("of a lost file")})
        times.clear()
        monkeypatch.setattr(telling_doors, "entries", and_then_revoked)
        tasks.tell_doors(0)
        assert len(times) == when
        held = bucket(fresh_nats)
        assert held["m1"] is not None and held["m1"].revoked
        assert held == read()
