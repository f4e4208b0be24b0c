"""What a device that is in may say and hear, and what happens to what it may not."""

import asyncio
import os
import signal

import pytest

from ehospital.gateway.refusals import Reason
from ehospital.gateway.server_log import read_line
from ehospital.wire import subjects
from tests.doors.gateway.hospital import Hospital, eventually, figure
from tests.doors.gateway.monitor import Monitor


def frame(seq: int) -> bytes:
    return b'{"v":1,"b":"boot","s":%d,"t":1764000000000,"o":[["hr",72,"/min"]]}' % seq


async def connected(hospital: Hospital, device: str, **more: object) -> Monitor:
    monitor = hospital.monitor(device, await hospital.device(device), **more)
    assert await asyncio.to_thread(monitor.connect) == "Success"
    return monitor


async def test_every_frame_of_the_very_first_connection_arrives(hospital: Hospital) -> None:
    """The streams stand before the first device: nothing that was acknowledged then is missing."""
    monitor = await connected(hospital, "bed-7")
    numbers = {monitor.client.publish("v1/vit/bed-7/frame", frame(seq), qos=1).mid for seq in range(50)}
    assert await asyncio.to_thread(monitor.wait_acknowledged, numbers)

    async def all_there() -> bool:
        return await hospital.count() == 50

    await eventually(all_there, "50 acknowledged frames are in OBS")
    partition = subjects.partition_of("bed-7")
    expected = [(f"obs.{partition}.mqtt.bed-7.frame", frame(seq)) for seq in range(50)]
    assert await hospital.stored() == expected


async def test_a_foreign_topic_is_dropped_counted_and_told_of(hospital: Hospital) -> None:
    """The server acknowledges what it drops; only its log tells, so the gateway watches it."""
    await hospital.device("bed-8")
    monitor = await connected(hospital, "bed-7")
    before = figure("ehospital_gateway_refused_total", door="mqtt", reason="forbidden_topic")

    assert await asyncio.to_thread(monitor.publish, "v1/vit/bed-8/frame", frame(1))
    event = await hospital.refusal("bed-7", "forbidden_topic")

    assert event["detail"] == '"v1.vit.bed-8.frame"'
    assert figure("ehospital_gateway_refused_total", door="mqtt", reason="forbidden_topic") == before + 1
    assert await hospital.count("$MQTT_msgs") == await hospital.count() == 0


@pytest.mark.parametrize(
    "topic",
    ["v1/vit/bed-7/other", "v1/vit/bed-7/frame/deep", "v1/ack/bed-7", "gw/v1/http/bed-7/frame", "live/ward/1", "x"],
)
async def test_a_device_publishes_its_own_kinds_and_nothing_else(hospital: Hospital, topic: str) -> None:
    monitor = await connected(hospital, "bed-7")
    await asyncio.to_thread(monitor.publish, topic, frame(1))
    await hospital.refusal("bed-7", "forbidden_topic")
    assert await hospital.count("$MQTT_msgs") == await hospital.count() == 0


async def test_a_last_will_reaches_no_foreign_topic(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    monitor = hospital.monitor("bed-7", secret)
    monitor.client.will_set("v1/vit/bed-8/frame", frame(1), qos=1)
    assert await asyncio.to_thread(monitor.connect) == "Success"
    monitor.client.socket().shutdown(2)  # type: ignore[union-attr]
    await asyncio.to_thread(monitor.lost.get, timeout=5)
    await hospital.refusal("bed-7", "forbidden_topic")
    assert await hospital.count("$MQTT_msgs") == await hospital.count() == 0


@pytest.mark.parametrize(
    "topic", ["#", "v1/#", "v1/ack/#", "v1/ack/+", "v1/vit/bed-7/frame", "v1/ack/bed-8", "live/#", "event/#", "$SYS/#"]
)
async def test_a_device_hears_nothing_but_its_own_acknowledgements(hospital: Hospital, topic: str) -> None:
    monitor = await connected(hospital, "bed-7")
    assert await asyncio.to_thread(monitor.subscribe, topic) == "Unspecified error"
    await hospital.refusal("bed-7", "forbidden_subscription")
    for subject in ("live.ward.1", "v1.ack.bed-8", "event.people.PatientWasBorn"):
        await hospital.operator.publish(subject, b"secret")
    await hospital.operator.flush()
    assert await asyncio.to_thread(monitor.publish, "v1/vit/bed-7/frame", frame(1))  # all before it was delivered
    assert monitor.heard.empty()


async def test_a_device_hears_which_of_its_frames_are_safe(hospital: Hospital) -> None:
    monitor = await connected(hospital, "bed-7")
    assert await asyncio.to_thread(monitor.subscribe, "v1/ack/bed-7") == "Granted QoS 1"
    await hospital.operator.publish(subjects.acknowledgement("bed-7"), b'{"b":"boot","s":17}')
    assert await asyncio.to_thread(monitor.heard.get, timeout=5) == ("v1/ack/bed-7", b'{"b":"boot","s":17}')


async def test_a_device_that_comes_back_replaces_its_old_connection(hospital: Hospital) -> None:
    """A monitor whose network broke comes in again before the server noticed; the old connection is closed."""
    secret = await hospital.device("bed-7")
    old, new = hospital.monitor("bed-7", secret), hospital.monitor("bed-7", secret)
    old.client.reconnect_delay_set(60, 60)
    assert await asyncio.to_thread(old.connect) == await asyncio.to_thread(new.connect) == "Success"
    await asyncio.to_thread(old.lost.get, timeout=5)
    assert await asyncio.to_thread(new.publish, "v1/vit/bed-7/frame", frame(1))


async def test_qos_2_is_refused_and_told_of(hospital: Hospital) -> None:
    monitor = await connected(hospital, "bed-7")
    assert not await asyncio.to_thread(monitor.publish, "v1/vit/bed-7/frame", frame(1), qos=2, timeout=0.5)
    await hospital.refusal("bed-7", "unsupported_qos")


async def test_a_frame_over_the_limit_is_never_acknowledged(hospital: Hospital) -> None:
    monitor = await connected(hospital, "bed-7")
    huge = frame(1) + b" " * 1_200_000
    assert not await asyncio.to_thread(monitor.publish, "v1/vit/bed-7/frame", huge, timeout=1)
    assert await hospital.count() == 0


async def test_a_frame_that_cannot_be_kept_is_not_acknowledged_and_told_of(hospital: Hospital) -> None:
    """As when the disk is full: the device keeps what it was not told is safe."""
    manager = hospital.operator.jetstream()
    config = (await manager.stream_info("$MQTT_msgs")).config
    await manager.update_stream(config, max_msgs=5, discard="new")
    monitor = await connected(hospital, "bed-7")

    taken = [
        await asyncio.to_thread(monitor.publish, "v1/vit/bed-7/frame", frame(seq), timeout=1 if seq > 5 else 10)
        for seq in range(1, 7)
    ]

    assert taken == [True, True, True, True, True, False]
    assert "maximum messages exceeded" in (await hospital.refusal("bed-7", "not_stored"))["detail"]


async def test_qos_0_does_not_reach_the_stream(hospital: Hospital) -> None:
    """Known and said in the contract: only QoS 1 is kept. The frame that follows proves that the other was seen."""
    monitor = await connected(hospital, "bed-7")
    monitor.client.publish("v1/vit/bed-7/frame", frame(1), qos=0)
    assert await asyncio.to_thread(monitor.publish, "v1/vit/bed-7/frame", frame(2))

    async def arrived() -> bool:
        return await hospital.count() > 0

    await eventually(arrived, "the frame with QoS 1 arrives")
    assert [payload for _, payload in await hospital.stored()] == [frame(2)]


async def test_the_log_is_followed_through_its_rotation(hospital: Hospital) -> None:
    monitor = await connected(hospital, "bed-7")
    log = hospital.nats.log
    log.rename(log.with_suffix(".1"))
    assert hospital.nats.child is not None and hospital.nats.child.pid is not None
    os.kill(hospital.nats.child.pid, signal.SIGUSR1)  # the server opens its log anew
    await eventually(log.exists, "the server writes a new log")

    await asyncio.to_thread(monitor.publish, "v1/vit/bed-8/frame", frame(1))
    await hospital.refusal("bed-7", "forbidden_topic")


async def test_a_storm_of_refusals_is_counted_whole_and_told_seldom(hospital: Hospital) -> None:
    monitor = await connected(hospital, "bed-7")
    before = figure("ehospital_gateway_refused_total", door="mqtt", reason="forbidden_topic")
    numbers = {monitor.client.publish("v1/vit/bed-8/frame", frame(seq), qos=1).mid for seq in range(500)}
    assert await asyncio.to_thread(monitor.wait_acknowledged, numbers)

    def counted() -> bool:
        return figure("ehospital_gateway_refused_total", door="mqtt", reason="forbidden_topic") == before + 500

    await eventually(counted, "500 refusals are counted")
    await hospital.refusal("bed-7", "forbidden_topic")
    assert len(hospital.refused) <= 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            '[1] 2026/11/23 07:00:48 [ERR] 127.0.0.1:37405 - mid:7 - "dev1" - Publish Violation - Subject "v1.vit.x.y"',
            [("dev1", Reason.FORBIDDEN_TOPIC, '"v1.vit.x.y"')],
        ),
        (
            '[1] [ERR] 127.0.0.1:3 - mid:7 - "dev1" - Subscription Violation - Subject "v1.ack.>", SID v1.ack.>',
            [("dev1", Reason.FORBIDDEN_SUBSCRIPTION, '"v1.ack.>"')],
        ),
        ('[1] [ERR] 127.0.0.1:3 - cid:7 - "x" - Publish Violation - Subject "a"', []),
        ('[1] [ERR] 127.0.0.1:3 - mid:7 - "a b" - Publish Violation - Subject "a"', []),
        ("[1] [INF] Server is ready", []),
    ],
)
def test_only_violations_of_devices_are_read_from_the_log(line: str, expected: list[tuple[str, Reason, str]]) -> None:
    assert list(read_line(line)) == expected
