"""Whether what a door takes will arrive: the streams are in place and OBS follows what devices publish."""

import asyncio
import logging
import time

from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeoutError
from prometheus_client import Gauge

from ehospital.wire import streams
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)
READY = Gauge("ehospital_gateway_pipe_ready", "1 while devices may come in.")
LAG = Gauge("ehospital_gateway_source_lag", "Messages acknowledged to devices that OBS does not hold yet.")

_LOOK_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.1
# When thousands of devices come in at once, JetStream answers seconds late; what is acknowledged then is kept in
# $MQTT_msgs, from which OBS catches up. Only a longer silence closes the doors.
_STALE_SECONDS = 30.0
_COMPLAIN_SECONDS = 30.0


class Pipe:
    """The way from a door into OBS."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._trouble = "the streams have not been looked at yet"
        self._looked_at = float("-inf")
        self._ensured = False
        self._returned = asyncio.Event()
        connection.on_loss(self._on_loss)
        connection.on_return(self._on_return)

    def trouble(self) -> str:
        """Return, in words, why nothing can be taken now; empty when all is well."""
        if not self._connection.is_connected:
            return self._connection.state
        if self._trouble:
            return self._trouble
        if time.monotonic() - self._looked_at > _STALE_SECONDS:
            return "NATS has not confirmed for half a minute that its streams are in order"
        return ""

    async def watch(self) -> None:
        """Make the streams, then look after them until cancelled."""
        complained_at = float("-inf")
        while True:
            self._returned.clear()
            await self._look()
            READY.set(0 if self._trouble else 1)
            if self._trouble and time.monotonic() - complained_at > _COMPLAIN_SECONDS:
                complained_at = time.monotonic()
                log.warning("devices must wait: %s", self._trouble)
            try:
                async with asyncio.timeout(_LOOK_AGAIN_SECONDS if self._trouble else _LOOK_SECONDS):
                    await self._returned.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        try:
            if not self._ensured:
                await streams.ensure_streams(self._connection)
                self._ensured = True
            state = await streams.source_state(self._connection)
        except NatsTimeoutError:
            return  # too busy to answer; `trouble` says when that has lasted too long
        except (NatsError, streams.StreamRefused) as error:
            self._trouble = f"the streams are not in place: {error}"
            return
        LAG.set(state.lag)
        self._looked_at = time.monotonic()
        self._trouble = state.trouble
        self._ensured = not state.trouble

    async def _on_loss(self) -> None:
        self._trouble = "NATS went away"
        self._ensured = False
        READY.set(0)

    async def _on_return(self) -> None:
        # Whatever an earlier question is answered now was asked before the loss: ask again.
        self._ensured = False
        self._returned.set()
