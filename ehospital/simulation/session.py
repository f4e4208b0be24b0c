"""One MQTT session of a device on asyncio: persistent, QoS 1, and it comes back by itself."""

import asyncio
import contextlib
import logging
import random
from dataclasses import dataclass
from typing import Protocol

from ehospital.simulation import packets
from ehospital.simulation.packets import NotMqtt, Packet

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
_CONNECT_TIMEOUT_S = 10.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 15.0


class Listener(Protocol):
    """Whom a session tells; called in the event loop."""

    def on_ready(self) -> None:
        """The session stands and its subscription is in place."""

    def on_taken(self, packet_id: int) -> None:
        """The server has taken the message with this number."""

    def on_message(self, topic: str, payload: bytes) -> None:
        """A message came."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens for MQTT."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Session:
    """One device's connection; `run` keeps it up until it is cancelled.

    Attributes:
        ready: messages may be sent now.
        trouble: empty while ready, else why not, in words.
    """

    def __init__(self, *, name: str, password: str, address: Address, topic: str, listener: Listener) -> None:
        self.ready = False
        self.trouble = "not connected yet"
        self._name, self._password, self._address, self._topic = name, password, address, topic
        self._listener = listener
        self._writer: asyncio.StreamWriter | None = None
        self._chance = random.Random(name)

    async def run(self) -> None:
        """Connect, and connect again whenever the connection is lost, after a growing wait of random length."""
        failures = 0
        while True:
            before = asyncio.get_running_loop().time()
            try:
                await self._one_connection()
            except (OSError, TimeoutError, NotMqtt, asyncio.IncompleteReadError) as error:
                self._say(str(error) or f"{self._address} did not answer in time")
            lasted_s = asyncio.get_running_loop().time() - before
            failures = 0 if lasted_s > 2 * _LONGEST_WAIT_S else failures + 1
            # Every device loses a server at the same moment; they must not all come back at the same moment.
            longest_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(failures, 8))
            await asyncio.sleep(self._chance.uniform(0.1, 1.0) * longest_s)

    def send(self, topic: str, payload: bytes, packet_id: int, *, again: bool = False) -> None:
        """Send a QoS 1 message; `on_taken` follows unless the connection is lost first. Only while `ready`."""
        assert self._writer is not None
        self._writer.write(packets.publish(topic, payload, packet_id, again=again))

    async def _one_connection(self) -> None:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            reader, self._writer = await asyncio.open_connection(self._address.host, self._address.port)
        pinging: asyncio.Task[None] | None = None
        try:
            self._writer.write(packets.connect(self._name, self._password, KEEPALIVE_S))
            pinging = asyncio.create_task(self._ping(self._writer))
            buffer = bytearray()
            while True:
                # The server answers every ping, so silence means that it is gone.
                async with asyncio.timeout(KEEPALIVE_S if self.ready else _CONNECT_TIMEOUT_S):
                    chunk = await reader.read(65_536)
                if not chunk:
                    raise ConnectionResetError(f"{self._address} ended the connection")
                buffer += chunk
                for packet in packets.split(buffer):
                    self._take(packet, self._writer)
        finally:
            if pinging is not None:
                pinging.cancel()
            await self._hang_up(self._writer)

    def _take(self, packet: Packet, writer: asyncio.StreamWriter) -> None:
        if packet.kind == packets.PUBACK:
            self._listener.on_taken(packets.packet_id_of(packet))
        elif packet.kind == packets.PUBLISH:
            topic, payload, packet_id = packets.published(packet)
            if packet_id:
                writer.write(packets.puback(packet_id))
            self._listener.on_message(topic, payload)
        elif packet.kind == packets.CONNACK:
            if packet.body[1:2] != b"\x00":
                raise ConnectionRefusedError(
                    f"{self._address} refuses: {packets.REFUSALS.get(packet.body[1], packet.body[1])}"
                )
            # At QoS 0: an acknowledgement that is lost is overtaken by the next one.
            writer.write(packets.subscribe(65_535, self._topic))
        elif packet.kind == packets.SUBACK:
            if packet.body[2:3] != b"\x00":
                raise ConnectionRefusedError(f"{self._address} refuses to tell {self._topic}")
            self.ready, self.trouble = True, ""
            self._listener.on_ready()

    async def _ping(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(KEEPALIVE_S / 3)
            writer.write(packets.PING)

    async def _hang_up(self, writer: asyncio.StreamWriter) -> None:
        self.ready = False
        if not writer.is_closing():
            writer.write(packets.GOODBYE)
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await writer.wait_closed()

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.info("device %s: %s", self._name, trouble)
        self.trouble = trouble
