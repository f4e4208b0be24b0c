"""Fixtures of the wire: connections in every role to a NATS of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ehospital.cli.engines.nats import Nats
from ehospital.wire import streams
from ehospital.wire.connection import Connection, connect
from ehospital.wire.roles import Role

Connect = Callable[[Role], Awaitable[Connection]]


@pytest.fixture
async def connect_as(fresh_nats: Nats) -> AsyncIterator[Connect]:
    """A function that connects in a role; the connections end with the test."""
    opened: list[Connection] = []

    async def as_role(role: Role) -> Connection:
        opened.append(await connect(fresh_nats.url(role), role.value))
        return opened[-1]

    yield as_role
    for connection in opened:
        await connection.end()


@pytest.fixture
async def operator(connect_as: Connect) -> Connection:
    """The operator's connection to a NATS whose streams are in place."""
    connection = await connect_as(Role.OPERATOR)
    await streams.ensure_streams(connection)
    return connection
