"""What was acknowledged is in the record exactly once, whatever dies and comes back."""

import asyncio
from datetime import UTC, datetime

from ehospital.wire import streams
from tests.doors.stream.flow import RATE, Flow
from tests.doors.stream.pipe import Pipe, eventually
from tests.factories.monitoring import payload


async def test_kill_9_at_200_frames_a_second_loses_and_repeats_nothing(pipe: Pipe, flow: Flow):
    stream = pipe.stream()
    await stream.ready()
    flowing = asyncio.create_task(flow.run(8))
    for _ in range(2):
        await flow.goes_on()
        pipe.processes[-1].kill()
        pipe.stream()
    await flowing
    await flow.all_stored_once()
    assert len(flow.taken) > 8 * RATE * 0.8


async def test_a_second_process_waits_and_takes_over_at_once(pipe: Pipe, flow: Flow):
    first = pipe.stream()
    await first.ready()
    second = pipe.stream()
    await eventually(lambda: second.page("healthz")[0] == 200, "the second process lives")
    flowing = asyncio.create_task(flow.run(5))
    await flow.goes_on()
    assert second.figure("ehospital_stream_partitions") == 0
    first.kill()
    await eventually(lambda: second.figure("ehospital_stream_partitions") == 8, "the second owns everything")
    await flowing
    await flow.all_stored_once()
    assert {epoch for (epoch,) in pipe.rows("SELECT epoch FROM monitoring_checkpoint")} == {2}


async def test_two_processes_share_the_partitions(pipe: Pipe, flow: Flow):
    pair = [pipe.stream(EHOSPITAL_STREAM_PARTITIONS="4") for _ in range(2)]
    for stream in pair:
        await stream.ready()
    for stream in pair:
        await eventually(lambda stream=stream: stream.figure("ehospital_stream_partitions") == 4, "each has four")
    await flow.run(2)
    await flow.all_stored_once()


async def test_nats_is_killed_and_comes_back(pipe: Pipe, flow: Flow):
    stream = pipe.stream()
    await stream.ready()
    flowing = asyncio.create_task(flow.run(5))
    await flow.goes_on()
    pipe.kill_and_restart_nats()
    await flowing
    await flow.all_stored_once()
    await eventually(stream.is_ready, "it is ready again")


async def test_a_stream_that_was_lost_is_counted_anew(pipe: Pipe):
    """NATS lost its files (and with them what was not stored yet): new messages are not taken for old ones."""
    stream = pipe.stream()
    await stream.ready()
    for seq in range(1, 11):
        await pipe.send("m0", payload(seq, datetime.now(UTC)))
    await pipe.stored(10)
    await pipe.operator.jetstream().delete_stream("OBS")
    await streams.ensure_streams(pipe.operator)
    for seq in range(11, 14):
        await pipe.send("m0", payload(seq, datetime.now(UTC)))
    await pipe.stored(13)
    assert pipe.frames() == 13
