"""A NATS and a gateway in front of it, with everything a test wants to ask them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import REGISTRY

from ehospital.cli.engines.nats import Nats
from ehospital.gateway.main import Environment, Gateway
from ehospital.wire import devices_directory
from ehospital.wire.connection import Connection, connect
from ehospital.wire.devices_directory import DeviceEntry, hash_secret, new_secret
from ehospital.wire.roles import Role
from tests.doors.gateway.monitor import Monitor

DEADLINE_SECONDS = 20.0

Condition = Callable[[], bool | Awaitable[bool]]


async def eventually(condition: Condition, what: str, *, seconds: float = DEADLINE_SECONDS) -> None:
    """Return as soon as `condition` holds; fail with `what` after the deadline."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                held = condition()
                if held if isinstance(held, bool) else await held:
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"after {seconds} s still not: {what}") from None


def figure(name: str, **labels: str) -> float:
    """Return the value of a metric of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Hospital:
    """One test's hospital. The gateway runs in the test's own event loop; devices speak over real sockets."""

    def __init__(self, nats: Nats) -> None:
        self.nats = nats
        self.environment = Environment(
            nats_url=nats.url(Role.GATEWAY),
            secret_key=nats.secrets["secret_key"],
            ingest_port=0,
            server_log=nats.log,
        )
        self.monitors: list[Monitor] = []
        self.refused: list[dict[str, Any]] = []
        self.operator: Connection
        self.gateway: Gateway
        self._stopping = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start the gateway and listen to what it tells the house."""
        self.operator = await connect(self.nats.url(Role.OPERATOR), "operator")

        async def hear(message: Any) -> None:
            self.refused.append(json.loads(message.data))

        await self.operator.subscribe("tech.gateway.refused", cb=hear)
        await self.operator.flush()
        await self.start_gateway()

    async def start_gateway(self, *, wait: bool = True) -> None:
        """Start a gateway and wait until devices may come in."""
        self._stopping.clear()
        self.gateway = Gateway(self.environment)
        self._serving = asyncio.create_task(self.gateway.serve(self._stopping))
        if wait:
            await self.ready()

    async def stop_gateway(self) -> None:
        """Stop it the way SIGTERM does."""
        self._stopping.set()
        if self._serving is not None:
            await self._serving

    async def ready(self) -> None:
        """Wait until the gateway lets devices in."""
        await eventually(lambda: not self.gateway.trouble(), "devices may come in")

    async def close(self) -> None:
        """Stop everything but NATS."""
        for monitor in self.monitors:
            await asyncio.to_thread(monitor.close)
        await self.stop_gateway()
        await self.operator.end()

    async def device(self, name: str, **entry: Any) -> str:
        """Register a device, wait until the gateway knows it, and return its secret."""
        secret = new_secret()
        kept = DeviceEntry(hash=hash_secret(secret, self.environment.secret_key), **entry)
        await devices_directory.put(self.operator, name, kept)
        await eventually(lambda: self.gateway.directory.get(name) == kept, f"the gateway knows {name}")
        return secret

    def monitor(self, device: str, secret: str, **more: Any) -> Monitor:
        """Make a monitor that is closed with the test."""
        monitor = Monitor(self.nats.mqtt_port, device, secret, **more)
        self.monitors.append(monitor)
        return monitor

    async def stored(self, stream: str = "OBS") -> list[tuple[str, bytes]]:
        """Return subject and payload of everything in a stream."""
        manager = self.operator.jetstream()
        found: list[tuple[str, bytes]] = []
        state = (await manager.stream_info(stream)).state
        for sequence in range(state.first_seq or 1, state.last_seq + 1):
            message = await manager.get_msg(stream, sequence)
            found.append((message.subject or "", message.data or b""))
        return found

    async def count(self, stream: str = "OBS") -> int:
        """Return how many messages a stream holds."""
        return (await self.operator.jetstream().stream_info(stream)).state.messages

    async def refusal(self, device: str, reason: str) -> dict[str, Any]:
        """Wait for the event that tells of a refusal and return it."""
        found: list[dict[str, Any]] = []

        def told() -> bool:
            found[:] = [event for event in self.refused if (event["device"], event["reason"]) == (device, reason)]
            return bool(found)

        await eventually(told, f"the house hears that {device} was refused for {reason}; heard {self.refused}")
        return found[0]
