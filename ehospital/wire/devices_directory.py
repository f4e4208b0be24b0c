"""What the doors know of devices: the bucket `devices`, id → keyed hash of the secret, kinds allowed, revoked.

The registry in the record writes it (through the outbox); the gateway reads it and needs no database.
"""

import hashlib
import hmac
import secrets

import msgspec
from nats.aio.client import Client
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

from ehospital.wire import subjects
from ehospital.wire.callout_keys import derived

BUCKET = "devices"
KINDS = ("frame", "status")
_ATTEMPTS = 10


class DeviceEntry(msgspec.Struct, frozen=True):
    """What the bucket holds for one device.

    Attributes:
        hash: `hash_secret` of its secret, 64 hexadecimal digits.
        revoked: it may not come in, and is put out if it is in.
        kinds: what it may publish.
    """

    hash: str
    revoked: bool = False
    kinds: tuple[str, ...] = KINDS

    @property
    def fingerprint(self) -> str:
        """What a connection shows of the entry that it came in by: 32 hexadecimal digits of the secret and kinds."""
        return hashlib.sha256(" ".join((self.hash, *self.kinds)).encode()).hexdigest()[:32]


class MalformedEntry(ValueError):
    """The bucket holds something that is no device entry; that device cannot come in."""


def new_secret() -> str:
    """Make a device's password: 256 random bits in 43 characters; shown once, kept nowhere."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str, key: str) -> str:
    """Return the keyed hash of a device's secret, as the bucket and the registry keep it.

    The secret is 256 random bits, so one keyed hash is enough and ten thousand devices may come back at once.

    Args:
        key: EHOSPITAL_SECRET_KEY.
    """
    return SecretHasher(key).hashed(secret)


class SecretHasher:
    """Hashes and compares device secrets under one key, which is derived once."""

    def __init__(self, key: str) -> None:
        self._key = derived(key, "device-secret")

    def hashed(self, secret: str) -> str:
        """Return the 64 hexadecimal digits to keep."""
        return hmac.new(self._key, secret.encode(), hashlib.sha256).hexdigest()

    def matches(self, secret: str, kept: str) -> bool:
        """Compare in a time that tells nothing."""
        return hmac.compare_digest(self.hashed(secret).encode(), kept.encode())


def decode_entry(raw: bytes) -> DeviceEntry:
    """Read one value of the bucket.

    Raises:
        MalformedEntry: it is not what `encode_entry` writes.
    """
    try:
        entry = msgspec.json.decode(raw, type=DeviceEntry)
        for kind in entry.kinds:
            subjects.checked(kind)
    except (msgspec.DecodeError, subjects.BadName) as error:
        raise MalformedEntry(str(error)) from error
    return entry


def encode_entry(entry: DeviceEntry) -> bytes:
    """Write one value of the bucket."""
    return msgspec.json.encode(entry)


async def put(client: Client, device: str, entry: DeviceEntry) -> int:
    """Let a device in, or change its secret or kinds; return the bucket's revision. Repeating it changes nothing."""
    bucket = await client.jetstream().key_value(BUCKET)
    return int(await bucket.put(subjects.checked(device), encode_entry(entry)))


async def read(client: Client, device: str) -> DeviceEntry | None:
    """Return what the bucket holds of a device, None when it does not know it.

    Raises:
        MalformedEntry: the value is no device entry.
    """
    bucket = await client.jetstream().key_value(BUCKET)
    try:
        found = await bucket.get(subjects.checked(device))
    except KeyNotFoundError:
        return None
    return decode_entry(found.value or b"")


class Held(msgspec.Struct, frozen=True):
    """What the bucket held of a device at one revision; `entry` is None when that was nothing, or nothing readable."""

    entry: DeviceEntry | None
    revision: int


async def held(client: Client, device: str) -> Held:
    """Return what the bucket holds of a device, to `replace` that and nothing newer."""
    bucket = await client.jetstream().key_value(BUCKET)
    try:
        found = await bucket.get(subjects.checked(device))
    except KeyNotFoundError as gone:
        return Held(None, (gone.entry.revision or 0) if gone.entry else 0)
    try:
        return Held(decode_entry(found.value or b""), found.revision or 0)
    except MalformedEntry:
        return Held(None, found.revision or 0)


async def replace(client: Client, device: str, entry: DeviceEntry, *, over: Held) -> bool:
    """Write an entry over the one that was read; False, and nothing is written, when somebody changed it since."""
    bucket = await client.jetstream().key_value(BUCKET)
    try:
        await bucket.update(subjects.checked(device), encode_entry(entry), last=over.revision)
    except KeyWrongLastSequenceError:
        return False
    return True


async def revoke(client: Client, device: str) -> bool:
    """Keep a device out from now on, and have the gateway end its connection; False when it is not known."""
    bucket = await client.jetstream().key_value(BUCKET)
    for _ in range(_ATTEMPTS):
        try:
            found = await bucket.get(subjects.checked(device))
        except KeyNotFoundError:
            return False
        revoked = msgspec.structs.replace(decode_entry(found.value or b""), revoked=True)
        try:
            await bucket.update(device, encode_entry(revoked), last=found.revision)
            return True
        except KeyWrongLastSequenceError:
            continue  # somebody changed it meanwhile: read again, revoke that
    raise TimeoutError(f"the entry of {device} changes faster than it can be revoked")


async def forget(client: Client, device: str) -> None:
    """Remove a device from the bucket: it is refused like any unknown one."""
    bucket = await client.jetstream().key_value(BUCKET)
    await bucket.delete(subjects.checked(device))
