"""The permission table, tried on a real server: each role says and hears what it must, and not what it must not."""

import asyncio

import pytest
from nats.errors import Error as NatsError

from ehospital.wire import streams, subjects
from ehospital.wire.connection import Connection
from ehospital.wire.roles import Role
from tests.doors.gateway.hospital import eventually
from tests.doors.wire.conftest import Connect

STREAM_SUBJECTS = {
    "gw.v1.http.x.frame": {Role.GATEWAY, Role.OPERATOR},
    "event.people.X": {Role.WORKER, Role.OPERATOR},
    "$KV.devices.bed-7": {Role.WORKER, Role.OPERATOR},
    "dead.malformed": {Role.GATEWAY, Role.STREAM, Role.WORKER, Role.OPERATOR},
    "tech.gateway.refused": {Role.GATEWAY, Role.STREAM, Role.WORKER, Role.OPERATOR},
}
LIVE = {Role.STREAM, Role.WORKER, Role.OPERATOR}


@pytest.mark.parametrize("role", Role)
async def test_a_role_stores_only_what_is_its_own(connect_as: Connect, operator: Connection, role: Role) -> None:
    connection = await connect_as(role)
    for subject, allowed in STREAM_SUBJECTS.items():
        if role in allowed:
            assert (await connection.request(subject, b"{}", timeout=2)).data.startswith(b'{"stream"')
        else:
            with pytest.raises((NatsError, TimeoutError)):
                await connection.request(subject, b"{}", timeout=0.2)


@pytest.mark.parametrize("role", Role)
async def test_only_those_who_tell_news_reach_the_browsers(
    connect_as: Connect, operator: Connection, role: Role
) -> None:
    web, connection = await connect_as(Role.WEB), await connect_as(role)
    board = await web.subscribe("live.>")
    await web.flush()
    await connection.publish("live.ward.1", b"news")
    await connection.publish("v1.ack.bed-7", b"{}")
    await connection.flush()
    await operator.publish("live.ward.1", b"end")
    await operator.flush()
    heard = [(await board.next_msg(timeout=2)).data]
    while heard[-1] != b"end":
        heard.append((await board.next_msg(timeout=2)).data)
    assert heard == ([b"news", b"end"] if role in LIVE else [b"end"])


OTHERS = (Role.STREAM, Role.WORKER, Role.WEB)


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        *((role, subjects.AUTH_CALLOUT) for role in (*OTHERS, Role.OPERATOR)),
        *((role, "_INBOX.gateway.>") for role in OTHERS),
    ],
)
async def test_nobody_but_the_gateway_hears_passwords_and_answers(
    connect_as: Connect, role: Role, subject: str
) -> None:
    listener = await connect_as(role)
    refused = asyncio.Event()

    async def notice(error: Exception) -> None:
        if "permissions violation" in str(error).lower():
            refused.set()

    listener._error_cb = notice
    await listener.subscribe(subject)
    async with asyncio.timeout(5):
        await refused.wait()


@pytest.mark.parametrize("role", [Role.GATEWAY, Role.STREAM, Role.WORKER, Role.WEB])
async def test_no_process_can_delete_what_is_stored(connect_as: Connect, operator: Connection, role: Role) -> None:
    await operator.jetstream().publish("gw.v1.http.bed-7.frame", b"{}")
    connection = await connect_as(role)
    for verb in ("STREAM.DELETE.OBS", "STREAM.PURGE.OBS", "STREAM.MSG.DELETE.OBS", "STREAM.DELETE.KV_devices"):
        with pytest.raises((NatsError, TimeoutError)):
            await connection.request(f"$JS.API.{verb}", b"{}", timeout=0.2)
    manager = operator.jetstream()
    assert {"OBS", "KV_devices"} <= {info.config.name for info in await manager.streams_info()}
    assert (await manager.stream_info("OBS")).state.messages == 1

    async def follows() -> bool:
        return (await streams.source_state(operator)).trouble == ""

    await eventually(follows, "OBS still follows $MQTT_msgs")
