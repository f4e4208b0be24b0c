"""Who gets in over MQTT, who does not, and who is put out."""

import asyncio

import nats
import paho.mqtt.client as mqtt
import pytest
from nats.errors import Error as NatsError

from ehospital.wire import devices_directory
from ehospital.wire.devices_directory import DeviceEntry, hash_secret, new_secret
from tests.doors.gateway.hospital import Hospital, eventually, figure

FRAME = b'{"v":1,"b":"boot","s":1,"t":1764000000000,"o":[["hr",72,"/min"]]}'


async def sign_in(hospital: Hospital, device: str, secret: str, **more: object) -> str:
    return await asyncio.to_thread(hospital.monitor(device, secret, **more).connect)


def refused_before(reason: str, door: str = "mqtt") -> float:
    return figure("ehospital_gateway_refused_total", door=door, reason=reason)


async def test_a_known_device_comes_in_with_its_secret(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    before = figure("ehospital_gateway_admitted_total")

    assert await sign_in(hospital, "bed-7", secret) == "Success"
    assert figure("ehospital_gateway_admitted_total") == before + 1
    assert hospital.refused == []


@pytest.mark.parametrize(
    ("device", "right_secret", "client_id", "reason"),
    [
        ("bed-7", False, None, "wrong_secret"),
        ("nobody", True, None, "unknown_device"),
        ("bed-7", True, "bed-8", "foreign_client_id"),
        ("gone", True, None, "revoked"),
    ],
)
async def test_whoever_does_not_prove_itself_stays_out_and_is_told_of(
    hospital: Hospital, device: str, right_secret: bool, client_id: str | None, reason: str
) -> None:
    secret = await hospital.device("bed-7")
    if device == "gone":
        secret = await hospital.device("gone", revoked=True)
    before = refused_before(reason)
    stored = await hospital.count("$MQTT_msgs")

    answer = await sign_in(hospital, device, secret if right_secret else new_secret(), client_id=client_id)

    assert answer == "Not authorized"
    assert refused_before(reason) >= before + 1
    event = await hospital.refusal(device, reason)
    assert event["door"] == "mqtt" and event["count"] >= 1 and event["at"] > 1_764_000_000_000
    assert await hospital.count("$MQTT_msgs") == stored


async def test_device_credentials_open_no_other_listener(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")

    with pytest.raises((NatsError, TimeoutError)):
        await nats.connect(
            f"nats://bed-7:{secret}@127.0.0.1:{hospital.nats.port}", allow_reconnect=False, error_cb=_ignore
        )

    event = await hospital.refusal("bed-7", "not_mqtt")
    assert "nats" in event["detail"]


async def _ignore(_: Exception) -> None:
    return None


async def test_a_role_of_ours_is_no_device(hospital: Hospital) -> None:
    """The name of an internal user does not reach the gateway, and its password is not guessed through MQTT."""
    assert await sign_in(hospital, "operator", new_secret()) == "Not authorized"
    assert await sign_in(hospital, "gateway", "") == "Not authorized"


async def test_mqtt_5_is_refused(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    monitor = hospital.monitor("bed-7", secret, protocol=mqtt.MQTTv5)
    assert await asyncio.to_thread(monitor.connect) in {"Unsupported protocol version", "Unspecified error"}


async def test_a_stranger_cannot_take_over_a_connected_device(hospital: Hospital) -> None:
    victim_secret, own_secret = await hospital.device("pump-1"), await hospital.device("bed-9")
    victim = hospital.monitor("pump-1", victim_secret)
    assert await asyncio.to_thread(victim.connect) == "Success"

    assert await sign_in(hospital, "bed-9", own_secret, client_id="pump-1") == "Not authorized"
    assert await sign_in(hospital, "pump-1", own_secret) == "Not authorized"

    assert victim.lost.empty()
    assert await asyncio.to_thread(victim.publish, "v1/vit/pump-1/frame", FRAME)
    assert victim.lost.empty()


async def test_a_revoked_device_is_put_out_at_once_and_stays_out(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    monitor = hospital.monitor("bed-7", secret)
    assert await asyncio.to_thread(monitor.connect) == "Success"

    assert await devices_directory.revoke(hospital.operator, "bed-7")

    await asyncio.to_thread(monitor.lost.get, timeout=5)
    assert await asyncio.to_thread(monitor.connected.get, timeout=10) == "Not authorized"
    await hospital.refusal("bed-7", "revoked")


async def test_a_new_secret_ends_the_connection_of_the_old_one(hospital: Hospital) -> None:
    monitor = hospital.monitor("bed-7", await hospital.device("bed-7"))
    assert await asyncio.to_thread(monitor.connect) == "Success"

    new = await hospital.device("bed-7")

    await asyncio.to_thread(monitor.lost.get, timeout=5)
    assert await asyncio.to_thread(monitor.connected.get, timeout=10) == "Not authorized"
    await asyncio.to_thread(monitor.close)
    assert await sign_in(hospital, "bed-7", new) == "Success"


async def test_a_device_that_is_removed_is_unknown(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    await devices_directory.forget(hospital.operator, "bed-7")
    await eventually(lambda: hospital.gateway.directory.get("bed-7") is None, "the gateway forgets bed-7")
    assert await sign_in(hospital, "bed-7", secret) == "Not authorized"


async def renewed(hospital: Hospital, device: str) -> None:
    """Give the device another secret, known to the bucket alone."""
    kept = DeviceEntry(hash=hash_secret(new_secret(), hospital.environment.secret_key))
    await devices_directory.put(hospital.operator, device, kept)


async def test_who_came_in_by_the_old_secret_is_put_out_by_the_next_gateway(hospital: Hospital) -> None:
    stolen = hospital.monitor("bed-1", await hospital.device("bed-1"))
    narrowed = hospital.monitor("bed-2", await hospital.device("bed-2"))
    steady = hospital.monitor("bed-3", await hospital.device("bed-3"))
    for monitor in (stolen, narrowed, steady):
        assert await asyncio.to_thread(monitor.connect) == "Success"
    before = figure("ehospital_gateway_put_out_total")

    await hospital.stop_gateway()
    await renewed(hospital, "bed-1")
    entry = await devices_directory.read(hospital.operator, "bed-2")
    assert entry is not None
    await devices_directory.put(hospital.operator, "bed-2", DeviceEntry(entry.hash, kinds=("status",)))
    await hospital.start_gateway()

    for monitor in (stolen, narrowed):
        assert await asyncio.to_thread(monitor.lost.get, True, 10)
    assert await asyncio.to_thread(stolen.connected.get, True, 10) == "Not authorized"
    assert await asyncio.to_thread(narrowed.connected.get, True, 10) == "Success"
    assert await asyncio.to_thread(steady.publish, "v1/vit/bed-3/frame", FRAME)
    assert steady.lost.empty()
    assert figure("ehospital_gateway_put_out_total") == before + 2


async def test_a_new_secret_given_while_the_gateway_heard_nothing_ends_the_old_session(hospital: Hospital) -> None:
    """Its feed of changes breaks while the device stays connected; afterwards everything is read anew."""
    stolen = hospital.monitor("bed-1", await hospital.device("bed-1"))
    assert await asyncio.to_thread(stolen.connect) == "Success"

    feed = hospital.gateway.directory
    reading = feed._read
    held = asyncio.Event()

    async def deaf() -> None:
        await held.wait()
        await reading()

    feed._read = deaf  # type: ignore[method-assign]
    await feed._on_break()
    await renewed(hospital, "bed-1")
    assert stolen.lost.empty()
    held.set()

    assert await asyncio.to_thread(stolen.lost.get, True, 10)
    assert await asyncio.to_thread(stolen.connected.get, True, 10) == "Not authorized"


async def test_what_was_revoked_while_no_gateway_ran_is_put_out_by_the_next(hospital: Hospital) -> None:
    stays, goes = await hospital.device("bed-1"), await hospital.device("bed-2")
    staying, going = hospital.monitor("bed-1", stays), hospital.monitor("bed-2", goes)
    assert await asyncio.to_thread(staying.connect) == await asyncio.to_thread(going.connect) == "Success"
    await hospital.stop_gateway()
    await devices_directory.revoke(hospital.operator, "bed-2")
    assert going.lost.empty()

    await hospital.start_gateway()

    await asyncio.to_thread(going.lost.get, timeout=5)
    assert staying.lost.empty()


async def test_no_device_comes_in_before_what_it_publishes_can_arrive(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    manager = hospital.operator.jetstream()
    await hospital.stop_gateway()
    await manager.delete_stream("OBS")
    await manager.add_stream(name="OBS", subjects=["gw.v1.>"], storage="memory")  # not ours, and it cannot be mended

    await hospital.start_gateway(wait=False)
    await eventually(lambda: "OBS" in hospital.gateway.trouble(), "the gateway sees that OBS is not what it should be")
    assert await sign_in(hospital, "bed-7", secret) == "Not authorized"
    assert (await hospital.refusal("bed-7", "not_ready"))["detail"] != ""
    states = await hospital.gateway.ready()
    assert states["nats"] == "ok" and "OBS" in states["streams"]

    await manager.delete_stream("OBS")
    await hospital.ready()
    assert await sign_in(hospital, "bed-7", secret) == "Success"


async def test_an_entry_that_cannot_be_read_lets_nobody_in(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    bucket = await hospital.operator.jetstream().key_value("devices")
    await bucket.put("bed-7", b'{"hash": 7}')
    await eventually(lambda: hospital.gateway.directory.get("bed-7") is None, "the broken entry is not believed")
    assert await sign_in(hospital, "bed-7", secret) == "Not authorized"


async def test_a_hash_under_another_key_does_not_open(hospital: Hospital) -> None:
    secret = new_secret()
    entry = DeviceEntry(hash=hash_secret(secret, "another hospital's key, long enough to be one"))
    await devices_directory.put(hospital.operator, "bed-7", entry)
    await eventually(lambda: hospital.gateway.directory.get("bed-7") == entry, "the gateway knows bed-7")
    assert await sign_in(hospital, "bed-7", secret) == "Not authorized"
