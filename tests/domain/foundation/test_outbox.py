"""The outbox: an event stands or falls with its change, and reaches the broker at least once, in order."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import transaction

from ehospital.cli.engines.nats import Nats
from ehospital.foundation import outbox, relay
from ehospital.foundation.models import OutboxMessage
from ehospital.people import events
from ehospital.wire import connection, streams
from ehospital.wire.roles import Role
from tests.engines import Clone

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def publish(count: int) -> list[str]:
    """Publish events of made-up patients in one transaction, and return the patients' ids in order."""
    keys = [uuid4() for _ in range(count)]
    with transaction.atomic():
        for key in keys:
            outbox.publish(events.PatientWasRegistered(patient_id=key, at=AT))
    return [str(key) for key in keys]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(outbox.NotInTransaction):
        outbox.publish(events.PatientWasRegistered(patient_id=uuid4(), at=AT))
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_falls_with_its_change() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish(events.PatientWasRegistered(patient_id=uuid4(), at=AT))
        _ = 1 / 0
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_only_a_domains_events_may_be_published() -> None:
    @dataclass(frozen=True)
    class Stray:
        key: UUID

    with pytest.raises(TypeError, match="is not a dataclass of a domain's events"):
        outbox.publish(Stray(uuid4()))


async def _received(broker: connection.Connection, count: int) -> list[dict[str, str]]:
    subscription = await broker.jetstream().subscribe("event.people.>", ordered_consumer=True)
    return [json.loads((await subscription.next_msg(timeout=10)).data) for _ in range(count)]


async def test_events_reach_the_broker_in_order_and_leave_the_table(own_database: Clone, fresh_nats: Nats) -> None:
    expected = await asyncio.to_thread(publish, 30)
    broker = await connection.connect(fresh_nats.url(Role.OPERATOR), "test")
    await streams.ensure_streams(broker)
    async with await psycopg.AsyncConnection.connect(own_database.url(), autocommit=True) as database:
        assert await relay.move(database, broker) == 30
        assert await relay.move(database, broker) == 0
    received = await _received(broker, 30)
    assert [one["patient_id"] for one in received] == expected
    assert received[0]["at"] == "2026-03-02T12:00:00+00:00"
    await broker.close()


async def test_a_crash_between_sending_and_removing_sends_nothing_twice(own_database: Clone, fresh_nats: Nats) -> None:
    await asyncio.to_thread(publish, 3)
    broker = await connection.connect(fresh_nats.url(Role.OPERATOR), "test")
    await streams.ensure_streams(broker)
    rows = await asyncio.to_thread(lambda: list(OutboxMessage.objects.order_by("id")))
    messages = [(row.id, row.subject, json.dumps(row.payload)) for row in rows]
    assert await relay._publish(messages, broker) == [row.id for row in rows]  # sent, then the process died
    async with await psycopg.AsyncConnection.connect(own_database.url(), autocommit=True) as database:
        assert await relay.move(database, broker) == 3
    state = (await broker.jetstream().stream_info(streams.EVENTS)).state
    assert state.messages == 3
    await broker.close()


async def test_without_a_broker_events_wait_and_none_is_lost(own_database: Clone, fresh_nats: Nats) -> None:
    broker = await connection.connect(fresh_nats.url(Role.OPERATOR), "test")
    await streams.ensure_streams(broker)
    running = asyncio.create_task(relay.run(own_database.url(), broker))
    fresh_nats.stop()
    await asyncio.to_thread(publish, 5)
    fresh_nats.start()
    received = await _received_after_return(broker, 5)
    assert len({one["id"] for one in received}) == 5
    running.cancel()
    await broker.close()


async def _received_after_return(broker: connection.Connection, count: int) -> list[dict[str, str]]:
    async with asyncio.timeout(20):
        while not broker.is_connected:
            await asyncio.sleep(0.05)
        return await _received(broker, count)
