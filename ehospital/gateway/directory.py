"""Every device of the hospital in memory, kept current from the bucket `devices`."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from prometheus_client import Gauge

from ehospital.wire import streams
from ehospital.wire.connection import Connection
from ehospital.wire.devices_directory import DeviceEntry, MalformedEntry, decode_entry

log = logging.getLogger(__name__)
KNOWN = Gauge("ehospital_gateway_known_devices", "Devices in the directory, revoked ones included.")

_PREFIX = "$KV.devices."
_PULL = 1000
_PULL_SECONDS = 4.0
_HEARTBEAT_SECONDS = 0.5
# When thousands of devices come in at once, JetStream answers seconds late: what was known then is still believed.
_SILENT_SECONDS = 10.0
_STALE_SECONDS = 30.0
_RETRY_SECONDS = 0.25
_FORGOTTEN = {"DEL", "PURGE"}
_HEARTBEAT = "100"
_NOTHING_NEW = {_HEARTBEAT, "404", "408"}

Listener = Callable[[str | None], Awaitable[None]]
"""Told the known device whose entry changed or went; None when all were read anew."""


class FeedLost(RuntimeError):
    """The server no longer tells us of changes; the directory must be read anew."""


class Directory:
    """The devices by id. Ask `current` before believing it: a revocation must not be missed in silence."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._entries: dict[str, DeviceEntry] = {}
        self._confirmed_at = float("-inf")
        self._listeners: list[Listener] = []
        self._interrupted = asyncio.Event()
        connection.on_loss(self._on_break)
        connection.on_return(self._on_break)

    @property
    def current(self) -> bool:
        """Whether the server confirmed, on this connection and within half a minute, that we know everything."""
        return time.monotonic() - self._confirmed_at < _STALE_SECONDS

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, device: str) -> DeviceEntry | None:
        """Return what is known of a device."""
        return self._entries.get(device)

    def on_change(self, listener: Listener) -> None:
        """Call `listener` when a known device's entry changed, and with None after everything was read anew."""
        self._listeners.append(listener)

    async def follow(self) -> None:
        """Keep the directory current until cancelled."""
        while True:
            if not self._connection.is_connected:
                await self._interrupted.wait()
            self._interrupted.clear()
            reading = asyncio.create_task(self._read())
            interrupted = asyncio.create_task(self._interrupted.wait())
            try:
                await asyncio.wait({reading, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (reading, interrupted):
                    task.cancel()
                failed = (await asyncio.gather(reading, interrupted, return_exceptions=True))[0]
            if isinstance(failed, Exception):
                log.warning("the directory of devices: %s; reading it anew", failed)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _on_break(self) -> None:
        self._confirmed_at = float("-inf")
        self._interrupted.set()

    async def _read(self) -> None:
        inbox = self._connection.new_inbox()
        feed = await self._connection.subscribe(inbox)
        try:
            consumer, missing = await _new_consumer(self._connection)
            entries: dict[str, DeviceEntry] = {}
            if not missing:
                await self._replace(entries)
            async for message in _messages(self._connection, feed, consumer, inbox):
                changed = None
                if message is not None:
                    changed = _take(message, entries)
                    missing -= 1
                if entries is self._entries:
                    self._confirmed_at = time.monotonic()
                    KNOWN.set(len(entries))
                    if changed:
                        await self._tell(changed)
                elif missing <= 0:
                    await self._replace(entries)
        except NatsError as error:
            raise FeedLost(str(error) or type(error).__name__) from error
        finally:
            if self._connection.is_connected:
                await feed.unsubscribe()

    async def _replace(self, entries: dict[str, DeviceEntry]) -> None:
        self._entries = entries
        self._confirmed_at = time.monotonic()
        KNOWN.set(len(entries))
        await self._tell(None)

    async def _tell(self, device: str | None) -> None:
        for listener in self._listeners:
            await listener(device)


def _take(message: Msg, entries: dict[str, DeviceEntry]) -> str | None:
    """Apply one change and return the device if what was known of it changed."""
    device = message.subject.removeprefix(_PREFIX)
    before = entries.pop(device, None)
    if (message.headers or {}).get("KV-Operation") not in _FORGOTTEN:
        try:
            entries[device] = decode_entry(message.data)
        except MalformedEntry as error:
            log.error("the entry of device %s cannot be read, so it is refused: %s", device, error)
    return device if before is not None and entries.get(device) != before else None


async def _messages(client: Client, feed: Subscription, consumer: str, inbox: str) -> AsyncIterator[Msg | None]:
    """Yield each change as it comes, and None as often as the server says that there is nothing new.

    Raises:
        FeedLost: the server has no such consumer any more.
        nats.errors.TimeoutError: it is silent.
    """
    wanted = {"batch": _PULL, "expires": int(_PULL_SECONDS * 1e9), "idle_heartbeat": int(_HEARTBEAT_SECONDS * 1e9)}
    while True:
        ask = f"$JS.API.CONSUMER.MSG.NEXT.{streams.DEVICES}.{consumer}"
        await client.publish(ask, orjson.dumps(wanted), reply=inbox)
        taken = 0
        while taken < _PULL:
            message = await feed.next_msg(timeout=_SILENT_SECONDS)
            headers = message.headers or {}
            status = headers.get("Status")
            if status is None:
                taken += 1
                yield message
            elif status in _NOTHING_NEW:
                yield None
                if status != _HEARTBEAT:
                    break
            else:
                raise FeedLost(f"NATS answered {status} {headers.get('Description', '')}".strip())


async def _new_consumer(client: Client) -> tuple[str, int]:
    """Make a consumer that starts with the newest entry of each device; return its name and how many there are."""
    config = {
        "deliver_policy": "last_per_subject",
        "filter_subject": f"{_PREFIX}>",
        "ack_policy": "none",
        "mem_storage": True,
        "inactive_threshold": 30 * 10**9,
    }
    asked = orjson.dumps({"stream_name": streams.DEVICES, "config": config})
    answer = orjson.loads((await client.request(f"$JS.API.CONSUMER.CREATE.{streams.DEVICES}", asked, timeout=5)).data)
    if "error" in answer:
        raise FeedLost(str(answer["error"].get("description")))
    return str(answer["name"]), int(answer["num_pending"])
