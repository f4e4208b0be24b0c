"""The streams: made once whoever asks, mended, and honest about whether devices' frames arrive."""

import asyncio

import pytest
from nats.errors import Error as NatsError

from ehospital.cli.engines.nats import Nats
from ehospital.wire import streams, subjects
from ehospital.wire.connection import Connection
from ehospital.wire.roles import Role
from ehospital.wire.streams import StreamRefused
from tests.doors.gateway.hospital import eventually
from tests.doors.wire.conftest import Connect

ALL = {"$MQTT_msgs", "$MQTT_sess", "OBS", "DEAD", "EVENT", "KV_devices"}


async def follows(client: Connection) -> bool:
    """Whether OBS reads from $MQTT_msgs now."""
    try:
        return not (await streams.source_state(client)).trouble
    except NatsError:
        return False


async def test_many_processes_at_once_make_the_streams_once(connect_as: Connect) -> None:
    connections = [await connect_as(role) for role in (Role.GATEWAY, Role.STREAM, Role.WORKER, Role.OPERATOR) * 3]
    await asyncio.gather(*(streams.ensure_streams(connection) for connection in connections))

    manager = connections[-1].jetstream()
    infos = {info.config.name: info for info in await manager.streams_info()}
    assert set(infos) == ALL
    created = {name: info.created for name, info in infos.items()}
    await asyncio.gather(*(streams.ensure_streams(connection) for connection in connections))
    assert {info.config.name: info.created for info in await manager.streams_info()} == created
    await eventually(lambda: follows(connections[0]), "OBS follows $MQTT_msgs")


async def test_more_than_a_thousand_devices_may_hear_their_acknowledgements_with_qos_1(operator: Connection) -> None:
    """Each is a consumer of $MQTT_msgs; a server that limits them to a thousand must not decide that for us."""
    manager = operator.jetstream()

    async def consumer(number: int) -> None:
        await manager.add_consumer(
            "$MQTT_msgs", durable_name=f"d{number}", filter_subject=f"$MQTT.msgs.v1.ack.d{number}", mem_storage=True
        )

    await asyncio.gather(*(consumer(number) for number in range(1100)))
    assert (await manager.stream_info("$MQTT_msgs")).state.consumer_count >= 1100


async def test_a_stream_that_was_changed_is_mended_and_keeps_its_messages(operator: Connection) -> None:
    manager = operator.jetstream()
    await manager.publish("event.people.PatientWasRegistered", b"{}")
    config = (await manager.stream_info("EVENT")).config
    await manager.update_stream(config, max_age=3 * 3600)

    await streams.ensure_streams(operator)

    info = await manager.stream_info("EVENT")
    assert (info.config.max_age, info.state.messages) == (14 * 24 * 3600, 1)


async def test_what_cannot_be_mended_is_said_in_words(operator: Connection) -> None:
    manager = operator.jetstream()
    await manager.delete_stream("DEAD")
    await manager.add_stream(name="DEAD", subjects=["dead.>"], storage="memory")
    with pytest.raises(StreamRefused, match=r"^DEAD: "):
        await streams.ensure_streams(operator)


async def test_the_source_is_not_called_ready_when_it_is_not(connect_as: Connect) -> None:
    connection = await connect_as(Role.OPERATOR)
    assert "stream not found" in (await streams.source_state(connection)).trouble
    await streams.ensure_streams(connection)
    await eventually(lambda: follows(connection), "OBS follows $MQTT_msgs")

    manager = connection.jetstream()
    await manager.delete_stream("OBS")
    await manager.add_stream(name="OBS", subjects=["gw.v1.>"])
    assert "does not read" in (await streams.source_state(connection)).trouble
    assert not await follows(connection)


async def test_a_source_that_has_lost_its_stream_is_noticed(operator: Connection) -> None:
    await eventually(lambda: follows(operator), "OBS follows $MQTT_msgs")
    await operator.jetstream().delete_stream("$MQTT_msgs")

    async def noticed() -> bool:
        return not await follows(operator)

    await eventually(noticed, "the loss of $MQTT_msgs shows", seconds=60)


async def test_the_server_partitions_by_device_as_we_compute_it(operator: Connection) -> None:
    manager = operator.jetstream()
    devices = [f"bed-{number}" for number in range(100)] + ["a", "Z_9", "x" * 64]
    for device in devices:
        await manager.publish(subjects.gateway("http", device, "frame"), b"{}")
    seen: dict[str, int] = {}
    for sequence in range(1, len(devices) + 1):
        found = subjects.observed((await manager.get_msg("OBS", sequence)).subject or "")
        seen[found.device] = found.partition
    assert seen == {device: subjects.partition_of(device) for device in devices}
    assert len(set(seen.values())) == subjects.PARTITIONS


async def test_the_streams_survive_a_kill_of_the_server(fresh_nats: Nats, operator: Connection) -> None:
    await operator.jetstream().publish("gw.v1.http.bed-7.frame", b"{}")
    assert fresh_nats.child is not None
    fresh_nats.child.kill()
    await asyncio.to_thread(fresh_nats.start)
    await eventually(lambda: operator.is_connected, "connected again")
    await eventually(lambda: follows(operator), "OBS follows $MQTT_msgs again")
    assert (await operator.jetstream().stream_info("OBS")).state.messages == 1
