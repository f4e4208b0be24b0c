"""From claiming partitions to losing them: whatever goes wrong ends the tenure, and the next begins at the checkpoint.

So there is one way of recovery for everything: PostgreSQL away, NATS emptied, another owner, a bug.
"""

import asyncio
import logging
from collections import deque
from datetime import UTC, datetime, timedelta

from ehospital.monitoring import actions
from ehospital.people import access
from ehospital.stream import figures, telling
from ehospital.stream.decoding import Delivered
from ehospital.stream.ending import until_first_ends
from ehospital.stream.ownership import Ownership
from ehospital.stream.partition import Bell, Partition, stream_state
from ehospital.stream.recorder import Recorder
from ehospital.stream.threads import DatabaseThread
from ehospital.wire import subjects
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)

LINGER_S = 0.08
"""A batch waits so long for company: a transaction costs about as much for one frame as for fifty."""
MOST_AT_ONCE = 4000
ROOM = 20_000
CLAIM_EVERY_S = 1.0
SWEEP_EVERY_S = 1.0
IN_TIME = timedelta(seconds=5)
"""Time alone may open an alert only while the record is not further behind than this."""


class Tenure:
    """One life of this process as the owner of partitions."""

    def __init__(
        self,
        connection: Connection,
        ownership: Ownership,
        *,
        name: str,
        back: Bell,
        recording: DatabaseThread,
        sweeping: DatabaseThread,
    ) -> None:
        self.partitions: dict[int, Partition] = {}
        self._connection, self._ownership, self._name, self._back = connection, ownership, name, back
        self._recording, self._sweeping = recording, sweeping
        self._recorder = Recorder(connection, recording)
        self._waiting: deque[Delivered] = deque()
        self._under_way: list[Delivered] = []
        self._some = asyncio.Event()
        self._in_time_since: datetime | None = None
        self._settled_in = False
        self._tasks: set[asyncio.Task[None]] = set()

    def lag(self, now: datetime) -> timedelta | None:
        """Return the age of the oldest message that is not in the record; None when that is not known (yet)."""
        if not self._settled_in:
            return None
        ends = [partition.complete_until(now) for partition in self.partitions.values()]
        ends += [first[0].received_at for first in (self._under_way, self._waiting) if first]
        known = [end for end in ends if end is not None]
        return now - min(known, default=now) if len(known) == len(ends) else None

    async def run(self) -> None:
        """Own what can be owned, and record what comes, until something ends it; raise what that was."""
        self._tasks |= {asyncio.create_task(duty()) for duty in (self._claim, self._record, self._sweep)}
        await until_first_ends(self._tasks)

    async def _claim(self) -> None:
        while True:
            for number in await self._ownership.take(range(subjects.PARTITIONS)):
                state = await stream_state(self._connection)
                at = datetime.now(UTC)
                claim = await self._recording.run(
                    lambda number=number, state=state, at=at: actions.claim(  # type: ignore[misc]
                        number,
                        owner=self._name,
                        stream_born=state.born,
                        stream_last=state.last,
                        by=access.system("stream", at=at),
                        at=at,
                    )
                )
                log.info("partition %d is ours from message %d on", number, claim.stream_seq + 1)
                partition = Partition(
                    self._connection,
                    number=number,
                    epoch=claim.epoch,
                    after=claim.stream_seq,
                    born=state.born,
                    back=self._back,
                    accept=self._accept,
                )
                self.partitions[number] = partition
                self._tasks.add(asyncio.create_task(partition.run()))
            figures.OWNED.set(len(self.partitions))
            self._settled_in = True
            await asyncio.sleep(CLAIM_EVERY_S)

    def _accept(self, delivered: Delivered) -> bool:
        self._waiting.append(delivered)
        self._some.set()
        return len(self._waiting) < ROOM

    async def _record(self) -> None:
        while True:
            await self._some.wait()
            if len(self._waiting) < MOST_AT_ONCE:
                await asyncio.sleep(LINGER_S)
            self._under_way = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            if not self._waiting:
                self._some.clear()
            await self._recorder.record(self._under_way, {number: one.epoch for number, one in self.partitions.items()})
            self._under_way = []
            if len(self._waiting) < ROOM // 2:
                for partition in self.partitions.values():
                    partition.resume()

    async def _sweep(self) -> None:
        """Let time pass for patients: only while we hear in time, else our own outage would look like theirs."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            now = datetime.now(UTC)
            lag = self.lag(now)
            figures.LAG.set(lag.total_seconds() if lag is not None else -1)
            if lag is None or lag > IN_TIME or not self._connection.is_connected:
                self._in_time_since = None
            else:
                self._in_time_since = self._in_time_since or now
                await telling.pulse(self._connection, self.partitions)
            if self.partitions:
                await self._tick(now, listening_since=self._in_time_since or now)

    async def _tick(self, now: datetime, *, listening_since: datetime) -> None:
        settled = await self._sweeping.run(
            lambda: actions.sweep(by=access.system("stream", at=now), at=now, listening_since=listening_since)
        )
        await telling.show(self._connection, settled.live)
