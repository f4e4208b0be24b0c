"""Telling the device doors whom to let in: the registry is copied to the bucket `devices`, which they read."""

import asyncio

from django.conf import settings
from procrastinate.contrib.django import app

from ehospital.monitoring.models import Device
from ehospital.wire import connection, devices_directory, streams
from ehospital.wire.devices_directory import DeviceEntry

JOB = "ehospital.monitoring.tasks.tell_doors_of_device"
_PATIENCE_S = 20.0


def tell_doors(device_id: str) -> None:
    """Have a worker copy a device to the bucket when, and only if, the caller's transaction commits."""
    app.configure_task(JOB, lock=f"device:{device_id}").defer(device_id=device_id)


def entries(device_ids: list[str] | None = None) -> dict[str, DeviceEntry]:
    """Return what the bucket should hold, for some devices or for all."""
    rows = Device.objects.order_by("id")
    if device_ids is not None:
        rows = rows.filter(id__in=device_ids)
    return {row.id: DeviceEntry(hash=row.secret_hash, revoked=row.revoked, kinds=tuple(row.kinds)) for row in rows}


def copy_to_bucket(wanted: dict[str, DeviceEntry]) -> int:
    """Make the bucket hold these entries and return how many it did not; what is right already stays untouched.

    Raises:
        TimeoutError, nats.errors.Error: NATS does not answer; the job is tried again.
    """
    return asyncio.run(_copy(wanted))


async def _copy(wanted: dict[str, DeviceEntry]) -> int:
    async with asyncio.timeout(_PATIENCE_S):
        client = await connection.connect(settings.NATS_URL, "worker")
        try:
            await streams.ensure_streams(client)
            changed = 0
            for device_id, entry in wanted.items():
                try:
                    right = await devices_directory.read(client, device_id) == entry
                except devices_directory.MalformedEntry:
                    right = False
                if not right:
                    await devices_directory.put(client, device_id, entry)
                    changed += 1
            return changed
        finally:
            await client.close()
