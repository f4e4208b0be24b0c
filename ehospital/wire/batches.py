"""Publishing many at once: whoever waits at the same time shares one atomic batch, and so one flush to the disk.

With `sync_interval: always` one message costs one flush (about 2,000 a second); a batch of 1,000 costs about as much.
"""

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import NoStreamResponseError
from prometheus_client import Counter, Histogram

log = logging.getLogger(__name__)
STORED = Counter("ehospital_published_messages", "Messages that JetStream confirmed as durable.")
NOT_STORED = Counter("ehospital_unpublished_messages", "Messages that JetStream did not confirm.")
BATCH = Histogram("ehospital_published_batch", "Messages in one batch.", buckets=(1, 2, 5, 10, 30, 100, 300, 1000))

MAX_BATCH = 1000
_WAITING_BYTES = 16 * 1024 * 1024
_LANES = 4
_ANSWER_SECONDS = 5.0

Message = tuple[str, bytes]
"""Subject and payload."""


class NotTaken(RuntimeError):
    """The stream did not confirm: whoever sent it keeps it and sends it again.

    Attributes:
        retry_after_seconds: when to try again.
    """

    def __init__(self, why: str, *, retry_after_seconds: int = 2) -> None:
        super().__init__(why)
        self.retry_after_seconds = retry_after_seconds


@dataclass
class _Waiting:
    messages: Sequence[Message]
    bytes: int
    done: "asyncio.Future[None]"


class BatchPublisher:
    """Publishes to one stream; each call is stored whole or not at all.

    Args:
        client: connected to NATS.
        stream: must have `allow_atomic` and hold the subjects.
    """

    def __init__(self, client: Client, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._lanes: set[asyncio.Task[None]] = set()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when all messages are durable.

        Args:
            messages: 1 to MAX_BATCH of them.
        Raises:
            NotTaken: the stream did not confirm in time, or too much waits already. It may hold them all the same:
                receivers drop repeats.
        """
        if not 1 <= len(messages) <= MAX_BATCH:
            raise ValueError(f"{len(messages)} messages are not 1 to {MAX_BATCH}")
        if not self._client.is_connected:
            raise NotTaken("NATS does not answer")
        size = sum(len(payload) + 200 for _, payload in messages)
        if self._waiting and self._waiting_bytes + size > _WAITING_BYTES:
            raise NotTaken("too much waits to be stored", retry_after_seconds=1)
        mine = _Waiting(messages, size, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        self._waiting_bytes += size
        if len(self._lanes) < _LANES:
            lane = asyncio.create_task(self._run_lane())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        await mine.done

    async def finish(self) -> None:
        """Wait until nothing waits any more."""
        while self._lanes:
            await asyncio.wait(self._lanes)

    async def _run_lane(self) -> None:
        while self._waiting:
            await self._store_together(self._next_group())

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        count = 0
        while self._waiting and count + len(self._waiting[0].messages) <= MAX_BATCH:
            one = self._waiting.popleft()
            self._waiting_bytes -= one.bytes
            count += len(one.messages)
            group.append(one)
        return group

    async def _store_together(self, group: list[_Waiting]) -> None:
        failure = await self._stored([message for one in group for message in one.messages])
        if failure is not None and failure.refused and len(group) > 1:
            for one in group:  # one of them may be what the stream refuses: the others must not suffer
                _settle([one], await self._stored(one.messages))
            return
        _settle(group, failure)

    async def _stored(self, messages: Sequence[Message]) -> "_Failure | None":
        BATCH.observe(len(messages))
        try:
            answer = await (self._one(messages[0]) if len(messages) == 1 else self._batch(messages))
        except (NatsError, NoStreamResponseError, TimeoutError, ValueError) as error:
            NOT_STORED.inc(len(messages))
            return _Failure(f"the stream {self._stream} did not confirm: {error or type(error).__name__}")
        if "error" in answer:
            NOT_STORED.inc(len(messages))
            return _Failure(f"{self._stream}: {answer['error'].get('description')}", refused=True)
        STORED.inc(len(messages))
        return None

    async def _one(self, message: Message) -> dict[str, dict[str, str]]:
        return await self._asked(message, {"Nats-Expected-Stream": self._stream})

    async def _batch(self, messages: Sequence[Message]) -> dict[str, dict[str, str]]:
        """ADR-50 of NATS: the last message commits; without it the server forgets the others after 10 s."""
        batch = secrets.token_hex(12)
        for number, (subject, payload) in enumerate(messages[:-1], 1):
            headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
            await self._client.publish(subject, payload, headers=headers)
        commit = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(len(messages)), "Nats-Batch-Commit": "1"}
        return await self._asked(messages[-1], commit)

    async def _asked(self, message: Message, headers: dict[str, str]) -> dict[str, dict[str, str]]:
        subject, payload = message
        answer = await self._client.request(subject, payload, timeout=_ANSWER_SECONDS, headers=headers)
        decoded: dict[str, dict[str, str]] = json.loads(answer.data)
        return decoded


@dataclass(frozen=True)
class _Failure:
    why: str
    refused: bool = False


def _settle(group: list[_Waiting], failure: _Failure | None) -> None:
    for one in group:
        if one.done.done():
            continue  # its caller went away
        if failure is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(NotTaken(failure.why))
