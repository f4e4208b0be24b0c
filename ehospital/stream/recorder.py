"""A batch into the record: decoded, dead letters sent first, one transaction, then everybody is told."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import Error, InterfaceError, OperationalError
from nats.errors import Error as NatsError

from ehospital.monitoring import actions
from ehospital.monitoring.actions import Fenced, Position, Recorded, Taken, Unread
from ehospital.people import access
from ehospital.stream import figures, telling
from ehospital.stream.decoding import Dead, Delivered, decode, unread
from ehospital.stream.threads import DatabaseThread
from ehospital.wire import dead_letters, streams, subjects
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)


class Recorder:
    """Brings batches into the record, one after the other."""

    def __init__(self, connection: Connection, database: DatabaseThread) -> None:
        self._connection = connection
        self._database = database

    async def record(self, batch: Sequence[Delivered], epochs: dict[int, int]) -> None:
        """Record a batch; return when it is committed and told.

        A message that the record refuses for itself becomes a dead letter; the others go in.

        Args:
            epochs: of each partition, under which we own it.
        Raises:
            Fenced: a partition has another owner by now.
            django.db.OperationalError, InterfaceError: the database is away; nothing of the batch is written, or all.
            nats.errors.Error: a dead letter could not be put aside; nothing is written.
        """
        began = time.monotonic()
        messages: list[tuple[Delivered, Taken | Unread | None]] = []
        for delivered in batch:
            message, dead = decode(delivered)
            if dead is not None:
                await self._bury(delivered, dead)
            messages.append((delivered, message))
        await self._store(messages, epochs)
        figures.BATCH.observe(len(batch))
        figures.TOOK.observe(time.monotonic() - began)
        oldest = min(delivered.received_at for delivered in batch)
        figures.DELAY.observe(max(0.0, (datetime.now(UTC) - oldest).total_seconds()))

    async def _store(self, messages: list[tuple[Delivered, Taken | Unread | None]], epochs: dict[int, int]) -> None:
        """Store a run of messages; should it fail for what is in it, store its halves, down to the one to blame."""
        at = datetime.now(UTC)
        reached: dict[int, Delivered] = {delivered.partition: delivered for delivered, _ in messages}
        positions = [Position(number, epochs[number], last.stream_seq) for number, last in sorted(reached.items())]
        batch = [message for _, message in messages if message is not None]
        try:
            recorded = await self._database.run(
                lambda: actions.record_readings(batch, by=access.system("stream", at=at), at=at, checkpoint=positions)
            )
        except (Fenced, OperationalError, InterfaceError):
            raise
        except (Error, ValueError, TypeError, ArithmeticError, LookupError) as problem:
            await self._part(messages, epochs, problem)
            return
        await self._tell(recorded, reached)

    async def _part(
        self, messages: list[tuple[Delivered, Taken | Unread | None]], epochs: dict[int, int], problem: Exception
    ) -> None:
        if len(messages) > 1:
            half = len(messages) // 2
            await self._store(messages[:half], epochs)
            await self._store(messages[half:], epochs)
            return
        (delivered, message) = messages[0]
        if not isinstance(message, Taken):
            raise problem  # not even its trace can be stored: this is our fault, not the message's
        log.error("%s cannot be stored: %s", delivered.subject, problem, exc_info=problem)
        await self._bury(delivered, Dead("unstorable", f"{type(problem).__name__}: {problem}"))
        await self._store([(delivered, unread(subjects.observed(delivered.subject).device, delivered))], epochs)

    async def _bury(self, delivered: Delivered, dead: Dead) -> None:
        figures.UNREADABLE.inc()
        origin = (streams.OBSERVATIONS, delivered.stream_seq)
        await dead_letters.send(
            self._connection, dead.reason, delivered.raw, delivered.subject, detail=dead.detail, origin=origin
        )

    async def _tell(self, recorded: Recorded, reached: dict[int, Delivered]) -> None:
        figures.STORED.inc(recorded.stored)
        figures.REPEATED.inc(recorded.repeated)
        figures.LATE.inc(recorded.late)
        for reason, count in recorded.quarantined.items():
            figures.QUARANTINED.labels(reason).inc(count)
        await telling.acknowledge(self._connection, recorded.acknowledgements)
        await telling.show(self._connection, recorded.live)
        for last in reached.values():
            try:
                await self._connection.publish(last.receipt, b"+ACK")
            except NatsError as problem:
                log.debug("the receipt of partition %d did not go out: %s", last.partition, problem)
