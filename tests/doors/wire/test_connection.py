"""The connection: comes back for ever, says how it is, buffers within bounds."""

import asyncio
from pathlib import Path

import pytest
from nats.errors import OutboundBufferLimitError

from ehospital.cli.engines.nats import Nats
from ehospital.wire.connection import PENDING_BYTES, Connection, connect
from ehospital.wire.roles import Role
from tests.doors.gateway.hospital import eventually


async def test_it_comes_back_with_its_subscriptions_and_tells_both(fresh_nats: Nats) -> None:
    connection = await connect(fresh_nats.url(Role.OPERATOR), "test")
    told: list[str] = []

    async def lost() -> None:
        told.append("lost")

    async def back() -> None:
        told.append("back")

    connection.on_loss(lost)
    connection.on_return(back)
    heard = await connection.subscribe("live.>")
    assert connection.state == "ok"

    fresh_nats.stop()
    await eventually(lambda: connection.state != "ok", "the loss shows")
    assert fresh_nats.secrets["nats_operator"] not in connection.state
    await asyncio.to_thread(fresh_nats.start)
    await eventually(lambda: connection.state == "ok" and told == ["lost", "back"], "it is back")
    await connection.publish("live.ward.1", b"news")
    assert (await heard.next_msg(timeout=5)).data == b"news"
    await connection.end()
    assert connection.is_closed and told == ["lost", "back"]


async def test_it_waits_for_a_server_that_is_not_there_yet(fresh_nats: Nats) -> None:
    fresh_nats.stop()
    connection = Connection(fresh_nats.url(Role.OPERATOR), "test")
    opening = asyncio.create_task(connection.open())
    await eventually(lambda: "Connect call failed" in connection.state, "the reason shows")
    await asyncio.to_thread(fresh_nats.start)
    async with asyncio.timeout(10):
        await opening
    assert connection.state == "ok"
    await connection.end()


async def test_an_error_from_a_running_server_does_not_end_it(fresh_nats: Nats) -> None:
    """nats-py closes for good at such a line; ours connects anew."""
    connection = await connect(fresh_nats.url(Role.OPERATOR), "test")
    before = connection.stats["reconnects"]
    await connection._process_err("'maximum connections exceeded'")
    await eventually(lambda: connection.stats["reconnects"] > before and connection.is_connected, "connected anew")
    await connection.end()


async def test_a_flush_asks_behind_everything_that_was_said(fresh_nats: Nats) -> None:
    """The PING of nats-py alone overtakes what waits in its buffer, so that its answer proves nothing."""
    connection = await connect(fresh_nats.url(Role.OPERATOR), "test")
    await connection.flush()
    said: list[bytes] = []
    transport = connection._transport
    assert transport is not None
    write, write_lines = transport.write, transport.writelines

    def heard(payload: bytes) -> None:
        said.append(bytes(payload))
        write(payload)

    def heard_lines(payloads: list[bytes]) -> None:
        said.append(b"".join(payloads))
        write_lines(payloads)

    transport.write, transport.writelines = heard, heard_lines  # type: ignore[method-assign]
    await connection.publish("live.ward.1", b"news")
    await connection.flush()
    assert b"".join(said) == b"PUB live.ward.1  4\r\nnews\r\nPING\r\n"
    await connection.end()


async def test_a_wrong_password_is_told_and_tried_again(fresh_nats: Nats, tmp_path: Path) -> None:
    right = fresh_nats.url(Role.OPERATOR)
    connection = Connection(right.replace("operator:", "operator:x"), "test")
    opening = asyncio.create_task(connection.open())
    await eventually(lambda: "uthorization" in connection.state, "the reason shows")
    assert not opening.done()
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await connection.end()


async def test_what_waits_for_an_absent_server_is_bounded(fresh_nats: Nats) -> None:
    connection = await connect(fresh_nats.url(Role.OPERATOR), "test")
    fresh_nats.stop()
    await eventually(lambda: not connection.is_connected, "the loss shows")
    with pytest.raises(OutboundBufferLimitError):
        for _ in range(2 * PENDING_BYTES // 100_000):
            await connection.publish("live.ward.1", b"x" * 100_000)
    await connection.end()
