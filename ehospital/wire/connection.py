"""The connection to NATS: it comes back by itself for ever, says how it is, and never buffers without bound."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit

from nats.aio.client import Client
from nats.errors import Error as NatsError
from prometheus_client import Counter, Gauge

from ehospital.wire.roles import inbox_prefix

log = logging.getLogger(__name__)
CONNECTED = Gauge("ehospital_nats_connected", "1 while NATS answers this process.")
CONNECTIONS_LOST = Counter("ehospital_nats_connections_lost", "Times that NATS went away.")

PENDING_BYTES = 8 * 1024 * 1024
_RETRY_SECONDS = 0.25
_PING_SECONDS = 5
_DRAIN_SECONDS = 5
_SAME_ERROR_AGAIN_SECONDS = 30.0

Listener = Callable[[], Awaitable[None]]


class Connection(Client):
    """A nats-py client that reconnects after whatever the server says, and remembers why it was away.

    nats-py alone gives up for good when a running server sends an error such as "maximum connections exceeded";
    here only `end()` (or `close()`) ends a connection.
    """

    def __init__(self, url: str, name: str) -> None:
        super().__init__()
        self.url = url
        self.name = name
        self.trouble = "not connected yet"
        self._came_back: list[Listener] = []
        self._went_away: list[Listener] = []
        self._said: dict[str, float] = {}

    @property
    def state(self) -> str:
        """`ok`, or in words what keeps NATS away; for /readyz."""
        if self.is_connected:
            return "ok"
        return f"NATS at {self.address} does not answer: {self.trouble}"

    @property
    def address(self) -> str:
        """The server's address without its password."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def on_return(self, listener: Listener) -> None:
        """Call `listener` after each reconnection, when the subscriptions are in place again."""
        self._came_back.append(listener)

    def on_loss(self, listener: Listener) -> None:
        """Call `listener` each time the server goes away."""
        self._went_away.append(listener)

    async def open(self) -> None:
        """Connect, waiting for ever for a server that is not there yet; `state` tells meanwhile."""
        user = unquote(urlsplit(self.url).username or self.name)
        await self.connect(
            self.url.split(","),
            name=self.name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RETRY_SECONDS,  # type: ignore[arg-type]  # only compared with seconds
            connect_timeout=2,
            ping_interval=_PING_SECONDS,
            max_outstanding_pings=2,
            drain_timeout=_DRAIN_SECONDS,
            pending_size=PENDING_BYTES,
            inbox_prefix=inbox_prefix(user),
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnect,
            reconnected_cb=self._on_reconnect,
        )
        CONNECTED.set(1)

    async def flush(self, timeout: int = 10) -> None:
        """Return when the server has seen everything that was published and subscribed before.

        nats-py sends its PING past what still waits in its buffer, so that the answer would prove nothing.
        """
        if self.is_connected and self._transport is not None and self._pending:
            self._transport.writelines(self._pending[:])
            self._pending = []
            self._pending_data_size = 0
        await super().flush(timeout)

    async def end(self) -> None:
        """Finish what has arrived, tell NATS, and close for good."""
        try:
            if self.is_connected:
                await self.drain()
        except NatsError as error:
            log.warning("NATS at %s went away while we said goodbye: %s", self.address, error)
        if not self.is_closed:
            with contextlib.suppress(OSError):  # what waited to be sent cannot be sent any more
                await self.close()
        CONNECTED.set(0)

    async def _process_err(self, err_msg: str) -> None:
        if "permissions violation" in err_msg.lower():
            await super()._process_err(err_msg)
            return
        error = NatsError(f"nats: {err_msg.strip(chr(39))}")
        await self._on_error(error)
        await self._process_op_err(error)

    async def _on_error(self, error: Exception) -> None:
        self.trouble = str(error) or type(error).__name__
        now = time.monotonic()
        if now - self._said.get(self.trouble, -_SAME_ERROR_AGAIN_SECONDS) >= _SAME_ERROR_AGAIN_SECONDS:
            if len(self._said) > 100:
                self._said.clear()
            self._said[self.trouble] = now
            log.warning("NATS at %s: %s", self.address, self.trouble)

    async def _on_disconnect(self) -> None:
        if self.is_closed:
            return
        CONNECTED.set(0)
        CONNECTIONS_LOST.inc()
        await self._tell(self._went_away)

    async def _on_reconnect(self) -> None:
        CONNECTED.set(1)
        self._said.clear()
        log.info("NATS at %s answers again", self.address)
        await self._tell(self._came_back)

    async def _tell(self, listeners: list[Listener]) -> None:
        results = await asyncio.gather(*(listener() for listener in listeners), return_exceptions=True)
        for failed in (result for result in results if isinstance(result, Exception)):
            log.error("after a change of the NATS connection: %s", failed, exc_info=failed)


async def connect(url: str, name: str) -> Connection:
    """Connect to NATS and return the client, once it answers; wrap in `asyncio.timeout` to wait less than for ever.

    Args:
        url: `nats://<role>:<password>@host:port`, several separated by commas.
        name: of the process, as NATS shows it.
    """
    connection = Connection(url, name)
    await connection.open()
    return connection
