"""Telling the device doors whom to let in: the registry is copied to the bucket `devices`, which they read."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from django.conf import settings

from ehospital.foundation import jobs
from ehospital.monitoring.models import Device
from ehospital.wire import connection, devices_directory, streams
from ehospital.wire.connection import Connection
from ehospital.wire.devices_directory import DeviceEntry, Held

T = TypeVar("T")

JOB = "ehospital.monitoring.tasks.tell_doors_of_device"
_PATIENCE_S = 20.0
_ATTEMPTS = 10


def tell_doors(device_id: str) -> None:
    """Have a worker copy a device to the bucket when, and only if, the caller's transaction commits."""
    jobs.defer(JOB, {"device_id": device_id}, lock=f"device:{device_id}")


def entries(device_ids: list[str] | None = None) -> dict[str, DeviceEntry]:
    """Return what the bucket should hold, for some devices or for all."""
    rows = Device.objects.order_by("id")
    if device_ids is not None:
        rows = rows.filter(id__in=device_ids)
    return {row.id: DeviceEntry(hash=row.secret_hash, revoked=row.revoked, kinds=tuple(row.kinds)) for row in rows}


def copy_to_bucket(device_ids: list[str] | None = None) -> int:
    """Make the bucket hold what the registry says, of some devices or of all, and return how many it did not.

    The bucket is read first and the registry after it, and an entry is written only over the very one that was read:
    a revocation that somebody else copies meanwhile is never overwritten with what was known before it.

    Raises:
        TimeoutError, nats.errors.Error: NATS does not answer; the job is tried again.
    """
    changed, asked = 0, list(entries(device_ids))
    with asyncio.Runner() as runner:
        client = runner.run(_within(_opened()))
        try:
            for _ in range(_ATTEMPTS):
                held = runner.run(_within(_held(client, asked)))
                wanted = entries(asked)
                wrong = {device: entry for device, entry in wanted.items() if held[device].entry != entry}
                overtaken = runner.run(_within(_write(client, wrong, held)))
                changed += len(wrong) - len(overtaken)
                if not overtaken:
                    return changed
                asked = overtaken
        finally:
            runner.run(client.close())
    raise TimeoutError(f"the entries of {', '.join(asked[:5])} change faster than they can be copied")


async def _within(what: Coroutine[Any, Any, T]) -> T:
    async with asyncio.timeout(_PATIENCE_S):
        return await what


async def _opened() -> Connection:
    client = await connection.connect(settings.NATS_URL, "worker")
    await streams.ensure_streams(client)
    return client


async def _held(client: Connection, device_ids: list[str]) -> dict[str, Held]:
    return {device_id: await devices_directory.held(client, device_id) for device_id in device_ids}


async def _write(client: Connection, wrong: dict[str, DeviceEntry], held: dict[str, Held]) -> list[str]:
    """Write the entries and return the devices whose entry somebody else changed since it was read."""
    overtaken = []
    for device_id, entry in wrong.items():
        if not await devices_directory.replace(client, device_id, entry, over=held[device_id]):
            overtaken.append(device_id)
    return overtaken
