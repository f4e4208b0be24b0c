"""One subscription of each subject, shared by every browser that listens to it."""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from prometheus_client import Counter, Gauge

from ehospital.live.inbox import Inbox, read
from ehospital.wire import subjects
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)
LISTENERS = Gauge("ehospital_live_browsers", "Browsers that listen now.")
SUBJECTS = Gauge("ehospital_live_subjects", "Subjects that somebody listens to.")
EVENTS = Counter("ehospital_live_events", "Messages from NATS.")
UNREADABLE = Counter("ehospital_live_unreadable", "Messages from NATS that are no events.")

PULSE_GOOD_FOR_S = 4.0
_FLUSH_S = 2


class _Pulse(msgspec.Struct):
    partitions: list[int]


class Hub:
    """Between NATS and the inboxes; lives in one event loop.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._inboxes: dict[str, set[Inbox]] = defaultdict(set)
        self._subscriptions: dict[str, Subscription] = {}
        self._pulses: dict[int, float] = {}
        self._changing = asyncio.Lock()
        self._opening: asyncio.Task[None] | None = None
        connection.on_return(self._came_back)

    async def start(self) -> None:
        """Begin to connect; browsers may come before NATS does."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())

    async def stop(self) -> None:
        """Let go of NATS."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        await self._connection.close()

    @property
    def trouble(self) -> str:
        """Why nothing new can reach browsers now: "" when it can, else "nats" or "stream".

        Silence is no proof of health: the stream process says every second for which partitions it is in time.
        """
        if not self._connection.is_connected:
            return "nats"
        now = self._clock()
        heard = (self._pulses.get(number) for number in range(subjects.PARTITIONS))
        return "" if all(at is not None and now - at < PULSE_GOOD_FOR_S for at in heard) else "stream"

    async def ready(self) -> Mapping[str, str]:
        """Name each dependency and its state, for /readyz.

        A silent stream process is none: browsers must still come in to hear of it.
        """
        return {"nats": self._connection.state}

    async def listen(self, inbox: Inbox, names: Iterable[str]) -> None:
        """Bring what is told on these subjects into an inbox."""
        LISTENERS.inc()
        async with self._changing:
            for name in names:
                self._inboxes[name].add(inbox)
                if name not in self._subscriptions and self._ready:
                    await self._subscribe(name)
            SUBJECTS.set(len(self._inboxes))

    async def leave(self, inbox: Inbox, names: Iterable[str]) -> None:
        """Stop; the last browser of a subject ends its subscription."""
        LISTENERS.dec()
        async with self._changing:
            for name in names:
                self._inboxes[name].discard(inbox)
                if not self._inboxes[name]:
                    del self._inboxes[name]
                    subscription = self._subscriptions.pop(name, None)
                    if subscription is not None and not self._connection.is_closed:
                        await subscription.unsubscribe()
            SUBJECTS.set(len(self._inboxes))

    @property
    def _ready(self) -> bool:
        opened = self._opening is not None and self._opening.done() and not self._opening.cancelled()
        return opened and not self._connection.is_closed

    async def _open(self) -> None:
        try:
            await self._connection.open()
        except (NatsError, ValueError, OSError) as problem:
            log.error("live events: EHOSPITAL_NATS_URL cannot be used: %s", problem or type(problem).__name__)
            raise
        await self._connection.subscribe(subjects.PULSE, cb=self._pulse)
        async with self._changing:
            for name in list(self._inboxes):
                if name not in self._subscriptions:
                    await self._subscribe(name)

    async def _subscribe(self, name: str) -> None:
        async def take(message: Msg) -> None:
            EVENTS.inc()
            event = read(message.data)
            if event is None:
                UNREADABLE.inc()
                return
            for inbox in self._inboxes.get(name, ()):
                inbox.put(event)

        self._subscriptions[name] = await self._connection.subscribe(name, cb=take)
        if self._connection.is_connected:
            with contextlib.suppress(NatsError):
                # Before the browser is told that it listens, NATS must know: what comes in between would be lost.
                await self._connection.flush(_FLUSH_S)

    async def _pulse(self, message: Msg) -> None:
        try:
            pulse = msgspec.json.decode(message.data, type=_Pulse)
        except msgspec.MsgspecError:
            return
        now = self._clock()
        self._pulses |= dict.fromkeys(pulse.partitions, now)

    async def _came_back(self) -> None:
        for inbox in {inbox for inboxes in self._inboxes.values() for inbox in inboxes}:
            inbox.lose()
