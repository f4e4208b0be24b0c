"""After the commit: devices hear what is safe, browsers see what changed. What cannot be told is told again later."""

import asyncio
from collections.abc import Iterable, Mapping

import orjson
from nats.errors import Error as NatsError

from ehospital.monitoring.live_messages import LiveMessage
from ehospital.stream import figures
from ehospital.wire import subjects
from ehospital.wire.connection import Connection


async def acknowledge(connection: Connection, safe: Mapping[str, tuple[str, int]]) -> None:
    """Tell devices up to which number everything they sent is safe; one that misses it sends again and hears again."""
    for device, (boot, seq) in safe.items():
        if seq >= 0:
            await _publish(connection, subjects.acknowledgement(device), orjson.dumps({"b": boot, "s": seq}))


async def show(connection: Connection, messages: Iterable[LiveMessage]) -> None:
    """Tell browsers; one that misses a message sees the next, or asks anew when it was away."""
    for message in messages:
        await _publish(connection, message.subject, message.payload)


async def pulse(connection: Connection, partitions: Iterable[int]) -> None:
    """Prove that what devices of these partitions send reaches the record in time; pages call themselves live by it."""
    await _publish(connection, subjects.PULSE, orjson.dumps({"partitions": sorted(partitions)}))


async def _publish(connection: Connection, subject: str, payload: bytes) -> None:
    try:
        if not connection.is_connected:
            raise NatsError("NATS is away")  # nobody listens: do not fill the buffer with what will be stale
        await connection.publish(subject, payload)
    except NatsError:
        figures.UNTOLD.inc()
    except asyncio.QueueFull:
        figures.UNTOLD.inc()
