"""The outbox's way out: committed rows become messages of the EVENT stream, in order, at least once."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson
import psycopg
from nats.aio.client import Client
from nats.errors import Error as NatsError
from prometheus_client import Counter, Gauge

from ehospital.foundation.outbox import CHANNEL

log = logging.getLogger(__name__)
RELAYED = Counter("ehospital_outbox_relayed", "Events handed to the broker.")
OLDEST = Gauge("ehospital_outbox_oldest_seconds", "Age of the oldest event that waits for the broker.")

_BATCH = 500
_LOCK = "SELECT pg_try_advisory_lock(hashtext('ehospital.outbox.relay'))"
_NEXT = "SELECT id, subject, payload::text, created_at FROM foundation_outboxmessage ORDER BY id LIMIT %s"
_DONE = "DELETE FROM foundation_outboxmessage WHERE id = ANY(%s)"
_WAIT_SECONDS = 1.0


async def run(conninfo: str, broker: Client) -> None:
    """Relay for ever: one relay at a time, woken by each commit, alone after any outage.

    Args:
        conninfo: the worker's own database connection, kept open to listen.
        broker: a connected NATS client; its outages only delay.
    """
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
                await _relay(connection, broker)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("outbox: the database does not answer (%s); trying again", str(error).strip())
            await asyncio.sleep(_WAIT_SECONDS)


async def _relay(connection: "psycopg.AsyncConnection[tuple[object, ...]]", broker: Client) -> None:
    await connection.execute(f"LISTEN {CHANNEL}")
    mine = False
    while True:
        if not mine:
            row = await (await connection.execute(_LOCK)).fetchone()
            mine = bool(row and row[0])
        moved = await move(connection, broker) if mine else 0
        if moved < _BATCH:
            async for _ in connection.notifies(timeout=_WAIT_SECONDS, stop_after=1):
                pass


async def move(connection: "psycopg.AsyncConnection[tuple[object, ...]]", broker: Client) -> int:
    """Hand one batch to the broker and remove what it has confirmed; return how many were moved.

    A crash between the two repeats a message under the same id, which the stream and every consumer drop.
    """
    rows = await (await connection.execute(_NEXT, [_BATCH])).fetchall()
    if not rows:
        OLDEST.set(0)
        return 0
    created = rows[0][3]
    assert isinstance(created, datetime)
    OLDEST.set((datetime.now(UTC) - created).total_seconds())
    done = await _publish([(UUID(str(row[0])), str(row[1]), str(row[2])) for row in rows], broker)
    if done:
        await connection.execute(_DONE, [done])
        RELAYED.inc(len(done))
    else:
        await asyncio.sleep(_WAIT_SECONDS)
    return len(done)


async def _publish(messages: Sequence[tuple[UUID, str, str]], broker: Client) -> list[UUID]:
    """Publish in order and return the ids up to the first that the broker did not confirm."""
    stream = broker.jetstream()
    done: list[UUID] = []
    for identifier, subject, payload in messages:
        body = orjson.dumps({"id": str(identifier), **orjson.loads(payload)})
        try:
            await stream.publish(subject, body, timeout=5, headers={"Nats-Msg-Id": str(identifier)})
        except (NatsError, TimeoutError) as error:
            log.warning("outbox: the broker did not take %s (%s); %d wait", subject, error, len(messages) - len(done))
            break
        done.append(identifier)
    return done
