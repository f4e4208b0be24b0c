"""Reading one partition of OBS in order, from the checkpoint on, without a hole.

A consumer of JetStream delivers at least once and, when a connection breaks, may believe that it delivered what never
arrived. So nothing is left to its memory: the position is ours (the checkpoint, then the last message received), every
delivery must carry the next number of the consumer, and after any doubt a new consumer starts behind our position.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from ehospital.stream.decoding import Delivered
from ehospital.stream.ending import until_first_ends
from ehospital.wire import streams, subjects
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)

ASKED_AT_ONCE = 1000
MOST_UNACKNOWLEDGED = 20_000
_EXPIRES_S = 20
_HEARTBEAT_S = 4
_SILENCE_S = 10.0
_AGAIN_S = 0.5
_ANSWER_S = 5.0
_NS = 10**9
_STATUS = "Status"


class StreamReborn(RuntimeError):
    """NATS has another stream of this name than the one that the checkpoint counts in: claim anew."""


class _Doubt(Exception):
    """Something may be missing: start behind our position again."""


class Bell:
    """Wakes everybody who waits for it at that moment."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    async def ring(self) -> None:
        """Wake them."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def heard(self) -> None:
        """Wait for the next ring."""
        await self._rung.wait()


class Partition:
    """One partition that this process owns.

    Args:
        number: of the partition.
        epoch: under which it is owned; names the consumer, so that an earlier owner reads from another one.
        after: the last message that is dealt with.
        born: when NATS made the stream.
        back: rings when NATS is back after an outage.
        accept: takes each message, in order, and returns False while there is no room for more.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        number: int,
        epoch: int,
        after: int,
        born: str,
        back: Bell,
        accept: Callable[[Delivered], bool],
    ) -> None:
        self.number, self.epoch = number, epoch
        self.position = after
        self.pending: int | None = None
        self._connection, self._born, self._back = connection, born, back
        self._reached_at: datetime | None = None
        self._accept = accept
        self._room = asyncio.Event()
        self._room.set()
        self._incarnation = 0

    def complete_until(self, now: datetime) -> datetime | None:
        """Return until when everything that the stream took has been delivered to us; None when that is not known."""
        return now if self.pending == 0 else self._reached_at if self.pending is not None else None

    def resume(self) -> None:
        """There is room again."""
        self._room.set()

    async def run(self) -> None:
        """Read for ever; outages of NATS only delay.

        Raises:
            StreamReborn: our position means nothing any more.
        """
        while True:
            try:
                await until_first_ends({asyncio.create_task(self._read()), asyncio.create_task(self._back.heard())})
            except (NatsError, _Doubt, TimeoutError) as problem:
                if self._connection.is_connected:
                    log.info("partition %d: reading anew (%s)", self.number, problem or type(problem).__name__)
                await asyncio.sleep(_AGAIN_S)
            finally:
                self.pending = None

    async def _read(self) -> None:
        name = await self._new_consumer()
        inbox = self._connection.new_inbox()
        arrived: asyncio.Queue[Msg] = asyncio.Queue()

        async def take(message: Msg) -> None:
            arrived.put_nowait(message)

        subscription = await self._connection.subscribe(
            inbox, cb=take, pending_msgs_limit=2 * ASKED_AT_ONCE, pending_bytes_limit=256 * 1024 * 1024
        )
        try:
            expected = 1
            while True:
                expected = await self._one_request(name, inbox, arrived, expected)
        finally:
            if not self._connection.is_closed:
                await subscription.unsubscribe()

    async def _one_request(self, name: str, inbox: str, arrived: "asyncio.Queue[Msg]", expected: int) -> int:
        """Ask for some messages, take them, and return the consumer's next number."""
        await self._room.wait()
        ask = {"batch": ASKED_AT_ONCE, "expires": _EXPIRES_S * _NS, "idle_heartbeat": _HEARTBEAT_S * _NS}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{streams.OBSERVATIONS}.{name}"
        await self._connection.publish(subject, json.dumps(ask).encode(), reply=inbox)
        for _ in range(ASKED_AT_ONCE):
            while True:
                async with asyncio.timeout(_SILENCE_S):
                    message = await arrived.get()
                status = (message.headers or {}).get(_STATUS)
                if status == "100" and not message.reply:
                    continue  # a heartbeat: nothing to deliver
                if status in {"404", "408"}:
                    return expected  # this request has run out
                if status is not None:
                    raise _Doubt(f"{status} {(message.headers or {}).get('Description', '')}")
                break
            expected = self._take(message, expected)
        return expected

    def _take(self, message: Msg, expected: int) -> int:
        parts = message.reply.split(".")
        stream_seq, consumer_seq, at_ns, pending = (int(part) for part in parts[-4:])
        if len(parts) != 9:
            stream_seq, consumer_seq, at_ns, pending = (int(part) for part in parts[-5:-1])
        if consumer_seq != expected:
            raise _Doubt(f"delivery {consumer_seq} came where {expected} was due")
        self.pending = pending
        if stream_seq > self.position:
            self.position = stream_seq
            self._reached_at = received_at = datetime.fromtimestamp(at_ns / _NS, UTC)
            delivered = Delivered(message.subject, message.data, self.number, stream_seq, received_at, message.reply)
            if not self._accept(delivered):
                self._room.clear()
        return expected + 1

    async def _new_consumer(self) -> str:
        """Make a consumer that begins right behind our position; the one before goes."""
        state = await stream_state(self._connection)
        if state.born != self._born:
            raise StreamReborn(f"OBS was made at {state.born}, the checkpoint counts in that of {self._born}")
        if self._incarnation:
            await self._api(f"CONSUMER.DELETE.{streams.OBSERVATIONS}.{self._name()}", {})
        self._incarnation += 1
        config: dict[str, Any] = {
            "durable_name": self._name(),
            "filter_subject": subjects.observations(self.number),
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": self.position + 1,
            "ack_policy": "all",
            "ack_wait": 3600 * _NS,
            "max_ack_pending": MOST_UNACKNOWLEDGED,
            "inactive_threshold": 600 * _NS,
        }
        answer = await self._api(
            f"CONSUMER.CREATE.{streams.OBSERVATIONS}.{self._name()}",
            {"stream_name": streams.OBSERVATIONS, "config": config, "action": "create"},
        )
        if "error" in answer:
            raise _Doubt(str(answer["error"].get("description")))
        self.pending = int(answer.get("num_pending", 0))
        return self._name()

    def _name(self) -> str:
        return f"p{self.number}-e{self.epoch}-{self._incarnation}"

    async def _api(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        return await ask(self._connection, verb, body)


@dataclass(frozen=True, slots=True)
class StreamState:
    """When NATS made OBS, and its last message."""

    born: str
    last: int


async def stream_state(connection: Connection) -> StreamState:
    """Ask NATS for OBS.

    Raises:
        nats.errors.Error: it does not answer, or has no such stream.
    """
    answer = await ask(connection, f"STREAM.INFO.{streams.OBSERVATIONS}", {})
    if "error" in answer:
        raise NatsError(f"OBS: {answer['error'].get('description')}")
    return StreamState(born=str(answer["created"]), last=int(answer["state"]["last_seq"]))


async def ask(connection: Connection, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask the API of JetStream; an error of its own is in the answer."""
    payload = json.dumps(body).encode() if body else b""
    answer = await connection.request(f"$JS.API.{verb}", payload, timeout=_ANSWER_S)
    decoded: dict[str, Any] = json.loads(answer.data)
    return decoded
