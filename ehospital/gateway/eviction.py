"""Putting out devices that are connected and may no longer be, or whose rights changed."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeoutError
from prometheus_client import Counter

from ehospital.gateway.directory import Directory
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)
PUT_OUT = Counter("ehospital_gateway_put_out", "Connections ended: the device was revoked, changed or removed.")

_CONNECTIONS = "$SYS.REQ.ACCOUNT.PING.CONNZ"
_PAGE = 1024
_ANSWER_SECONDS = 2.0
_MORE_SERVERS_SECONDS = 0.2
_ATTEMPTS = 5
_RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class _Connected:
    server: str
    number: int
    device: str
    fingerprint: str


class Eviction:
    """Ends connections; NATS itself tells who is connected, so a gateway that has just started knows as well.

    Args:
        still_admitted: whether a device that is in, by an entry with this fingerprint, may stay.
    """

    def __init__(
        self, connection: Connection, directory: Directory, still_admitted: Callable[[str, str], bool]
    ) -> None:
        self._connection = connection
        self._still_admitted = still_admitted
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue()
        directory.on_change(self._waiting.put)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            device = await self._waiting.get()
            for _ in range(_ATTEMPTS):
                try:
                    await self._put_out(device)
                    break
                except NatsError as error:
                    log.warning("who is connected could not be asked: %s", error)
                    await asyncio.sleep(_RETRY_SECONDS)
            else:
                log.error("whether %s may stay connected was not checked", device or "every device")

    async def _put_out(self, device: str | None) -> None:
        """End the connections that may not stay: of a changed device; without a name, of everyone."""
        for one in await self._connected(device):
            if self._still_admitted(one.device, one.fingerprint):
                continue
            asked = orjson.dumps({"cid": one.number})
            await self._connection.request(f"server.kick.{one.server}", asked, timeout=_ANSWER_SECONDS)
            PUT_OUT.inc()
            log.warning("put out %s: its entry in the directory changed, was revoked or removed", one.device)

    async def _connected(self, device: str | None) -> list[_Connected]:
        found: list[_Connected] = []
        offset = 0
        while True:
            wanted: dict[str, object] = {"limit": _PAGE, "offset": offset, "auth": True}
            if device is not None:
                wanted["mqtt_client"] = device
            pages = await self._asked_of_every_server(wanted)
            for page in pages:
                found += [
                    _Connected(
                        page["server"]["id"],
                        one["cid"],
                        one["mqtt_client"],
                        one.get("authorized_user", "").rpartition(".")[2],
                    )
                    for one in page["data"].get("connections") or ()
                    if one.get("mqtt_client")
                ]
            if all(len(page["data"].get("connections") or ()) < _PAGE for page in pages):
                return found
            offset += _PAGE

    async def _asked_of_every_server(self, wanted: dict[str, object]) -> list[dict[str, Any]]:
        """Ask; every server of a cluster answers for itself, and how many there are is not known."""
        inbox = self._connection.new_inbox()
        answers = await self._connection.subscribe(inbox)
        pages: list[dict[str, Any]] = []
        try:
            await self._connection.publish(_CONNECTIONS, orjson.dumps(wanted), reply=inbox)
            while True:
                try:
                    patience = _MORE_SERVERS_SECONDS if pages else _ANSWER_SECONDS
                    page = orjson.loads((await answers.next_msg(timeout=patience)).data)
                except NatsTimeoutError:
                    if pages:
                        return pages
                    raise
                if page.get("data"):
                    pages.append(page)
        finally:
            if self._connection.is_connected:
                await answers.unsubscribe()
