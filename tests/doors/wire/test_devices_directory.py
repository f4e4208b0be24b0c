"""The bucket of devices: secrets are kept as keyed hashes, a revocation wins over a change at the same time."""

import asyncio

import pytest

from ehospital.wire import devices_directory
from ehospital.wire.connection import Connection
from ehospital.wire.devices_directory import (
    DeviceEntry,
    MalformedEntry,
    SecretHasher,
    decode_entry,
    encode_entry,
    hash_secret,
    new_secret,
)
from ehospital.wire.roles import Role
from ehospital.wire.subjects import BadName
from tests.doors.wire.conftest import Connect

KEY = "a secret key of more than thirty-two characters"


def test_the_hash_depends_on_the_secret_and_on_the_key() -> None:
    kept = hash_secret("secret", KEY)
    assert len(kept) == 64 and kept == hash_secret("secret", KEY)
    assert len({kept, hash_secret("secret", KEY + "x"), hash_secret("secreT", KEY), hash_secret("", KEY)}) == 4
    hasher = SecretHasher(KEY)
    assert hasher.matches("secret", kept)
    assert not hasher.matches("secret", kept[:-1]) and not hasher.matches("", kept) and not hasher.matches("ä", "ä")
    with pytest.raises(ValueError, match="EHOSPITAL_SECRET_KEY"):
        hash_secret("secret", "")


def test_secrets_have_256_random_bits() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100 and all(len(secret) == 43 for secret in made)


def test_an_entry_is_the_json_of_the_contract() -> None:
    assert encode_entry(DeviceEntry("ab")) == b'{"hash":"ab","revoked":false,"kinds":["frame","status"]}'
    assert decode_entry(b'{"hash":"ab","new":1}') == DeviceEntry("ab")


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b'{"hash":7}', b'{"hash":"a","revoked":"no"}', b'{"hash":"a","kinds":["a.>"]}']
)
def test_a_malformed_entry_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedEntry):
        decode_entry(raw)


async def test_the_worker_writes_and_reads_the_bucket(connect_as: Connect, operator: Connection) -> None:
    worker = await connect_as(Role.WORKER)
    entry = DeviceEntry(hash=hash_secret(new_secret(), KEY), kinds=("frame",))
    assert await devices_directory.read(worker, "bed-7") is None
    first = await devices_directory.put(worker, "bed-7", entry)
    assert await devices_directory.put(worker, "bed-7", entry) > first
    assert await devices_directory.read(worker, "bed-7") == entry

    assert await devices_directory.revoke(worker, "bed-7")
    assert await devices_directory.read(worker, "bed-7") == DeviceEntry(entry.hash, revoked=True, kinds=("frame",))
    assert not await devices_directory.revoke(worker, "nobody")

    await devices_directory.forget(worker, "bed-7")
    assert await devices_directory.read(worker, "bed-7") is None
    for bad in ("", "a.b", ">"):
        with pytest.raises(BadName):
            await devices_directory.put(worker, bad, entry)


async def test_revocations_at_once_all_succeed(operator: Connection) -> None:
    await devices_directory.put(operator, "bed-7", DeviceEntry("ab"))
    assert all(await asyncio.gather(*(devices_directory.revoke(operator, "bed-7") for _ in range(5))))
    found = await devices_directory.read(operator, "bed-7")
    assert found is not None and found.revoked
