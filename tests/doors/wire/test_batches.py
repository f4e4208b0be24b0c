"""Publishing together: durable when it returns, whole or not at all, and nobody suffers for another."""

import asyncio

import pytest

from ehospital.cli.engines.nats import Nats
from ehospital.wire.batches import MAX_BATCH, BatchPublisher, NotTaken
from ehospital.wire.connection import Connection
from tests.doors.gateway.hospital import eventually


def messages(count: int, device: str = "bed-7") -> list[tuple[str, bytes]]:
    return [(f"gw.v1.http.{device}.frame", b"%d" % number) for number in range(count)]


async def stored(operator: Connection) -> int:
    return (await operator.jetstream().stream_info("OBS")).state.messages


@pytest.mark.parametrize("count", [1, 2, MAX_BATCH])
async def test_all_of_a_call_are_stored_when_it_returns(operator: Connection, count: int) -> None:
    await BatchPublisher(operator, "OBS").publish(messages(count))
    assert await stored(operator) == count


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
async def test_none_and_too_many_are_mistakes_of_the_caller(operator: Connection, count: int) -> None:
    with pytest.raises(ValueError, match="are not 1 to 1000"):
        await BatchPublisher(operator, "OBS").publish(messages(count))


async def test_calls_of_all_sizes_at_once_are_all_stored_once(operator: Connection) -> None:
    publisher = BatchPublisher(operator, "OBS")
    sizes = [1, 7, 1000, 3, 999, 2, 500, 501, 1, 1]
    await asyncio.gather(*(publisher.publish(messages(size, f"d{index}")) for index, size in enumerate(sizes)))
    assert await stored(operator) == sum(sizes)
    await publisher.finish()


async def test_one_call_that_the_stream_refuses_does_not_take_others_with_it(operator: Connection) -> None:
    manager = operator.jetstream()
    config = (await manager.stream_info("OBS")).config
    await manager.update_stream(config, max_msg_size=1000)
    publisher = BatchPublisher(operator, "OBS")
    poison = [*messages(2), ("gw.v1.http.bed-7.frame", b"x" * 2000)]
    calls = [messages(3), messages(1), poison, messages(2), messages(5)]

    results = await asyncio.gather(*(publisher.publish(call) for call in calls), return_exceptions=True)

    assert [type(result).__name__ for result in results] == ["NoneType", "NoneType", "NotTaken", "NoneType", "NoneType"]
    assert await stored(operator) == 3 + 1 + 2 + 5


async def test_a_server_that_is_away_is_told_at_once(operator: Connection, fresh_nats: Nats) -> None:
    publisher = BatchPublisher(operator, "OBS")
    fresh_nats.stop()
    await eventually(lambda: not operator.is_connected, "the loss shows")
    with pytest.raises(NotTaken, match="NATS does not answer"):
        await publisher.publish(messages(3))


async def test_a_stream_that_is_gone_is_told(operator: Connection) -> None:
    await operator.jetstream().delete_stream("OBS")
    publisher = BatchPublisher(operator, "OBS")
    for count in (1, 3):
        with pytest.raises(NotTaken, match="the stream OBS did not confirm"):
            await publisher.publish(messages(count))


async def test_a_caller_that_goes_away_harms_nobody(operator: Connection) -> None:
    publisher = BatchPublisher(operator, "OBS")
    leaving = asyncio.create_task(publisher.publish(messages(3)))
    staying = asyncio.create_task(publisher.publish(messages(2)))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    await publisher.finish()
    assert await stored(operator) in {2, 5}
