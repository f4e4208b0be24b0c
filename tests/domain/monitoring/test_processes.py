"""What the worker and the stream process may do, as themselves: real roles, a real bucket."""

import asyncio

import psycopg
import pytest

from ehospital.cli.engines.nats import Nats
from ehospital.monitoring import actions, tasks
from ehospital.wire import devices_directory
from ehospital.wire.connection import connect
from ehospital.wire.devices_directory import DeviceEntry, hash_secret
from ehospital.wire.roles import Role
from tests.engines import Clone
from tests.factories.people import machinery


def test_the_doors_learn_of_every_change(own_database: Clone, fresh_nats: Nats, now, settings):
    """The worker's job against a real bucket: what is right stays, what is not is mended."""
    settings.NATS_URL = fresh_nats.url(Role.WORKER)
    secret = actions.register_device("m1", kinds=["frame"], by=machinery(now), at=now)
    actions.register_device("m2", by=machinery(now), at=now)
    assert tasks.tell_doors_of_device("m1") == 1
    entry = DeviceEntry(hash=hash_secret(secret, settings.SECRET_KEY), revoked=False, kinds=("frame",))
    assert read(fresh_nats, "m1") == entry
    assert read(fresh_nats, "m2") is None
    assert tasks.tell_doors(0) == 1
    assert tasks.tell_doors(0) == 0
    actions.revoke_device("m1", by=machinery(now), at=now)
    assert tasks.tell_doors_of_device("m1") == 1
    assert read(fresh_nats, "m1").revoked
    new = actions.renew_secret("m1", by=machinery(now), at=now)
    assert tasks.tell_doors_of_device("m1") == 1
    assert read(fresh_nats, "m1").hash == hash_secret(new, settings.SECRET_KEY)
    assert not read(fresh_nats, "m1").revoked


def read(nats: Nats, device_id: str) -> DeviceEntry | None:
    async def ask() -> DeviceEntry | None:
        client = await connect(nats.url(Role.OPERATOR), "operator")
        try:
            return await devices_directory.read(client, device_id)
        finally:
            await client.close()

    return asyncio.run(ask())


def test_the_processes_may_make_partitions_near_today_and_nothing_else(own_database: Clone, now):
    for role, allowed in (("ehospital_stream", True), ("ehospital_worker", True), ("ehospital_web", False)):
        with psycopg.connect(own_database.url(role), autocommit=True) as session:
            made = "SELECT monitoring_make_partitions(current_date + 20, 2)"
            if allowed:
                session.execute(made)
                with pytest.raises(psycopg.errors.RaiseException):
                    session.execute("SELECT monitoring_make_partitions('1970-01-01', 31)")
                with pytest.raises(psycopg.errors.RaiseException):
                    session.execute("SELECT monitoring_drop_partitions(current_date)")
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(made)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("CREATE TABLE mine (id int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("DELETE FROM vital_frame")
