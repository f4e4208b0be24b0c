"""Seals over the audit trail: any later edit, deletion, insertion, reordering or truncation shows.

A seal covers every event of a closed range of transactions: all transactions below the oldest one still running are
finished, so their rows can neither change nor grow by honest means. Each seal carries one short hash per event, the
hash of the seal before, and an Ed25519 signature whose key is not in the database. The newest seal is also anchored
in a file beside the key, so that cutting off the end shows too.
"""

import fcntl
import hashlib
import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import connection, transaction

from ehospital.foundation.models import AuditSeal

Kind = Literal["edited", "deleted", "inserted", "reordered", "truncated", "forged"]

_LEAF = struct.Struct(">q16s")
_BATCH = 20_000
_EVENTS = """
    SELECT id, transaction, recorded_at, at, action, category, actor_kind, actor_id, actor_name,
           patient_id, subject, purpose, request, details::text
    FROM foundation_auditevent WHERE transaction >= %s AND transaction < %s ORDER BY transaction, id
"""

_LAST_OF_BATCH = """
    SELECT max(transaction) FROM (
        SELECT transaction FROM foundation_auditevent
        WHERE transaction >= %s AND transaction < %s ORDER BY transaction LIMIT %s
    ) batch
"""


# What an honest row's number can be: of a transaction that this snapshot sees as ended, or of the one that asks.
_OUTSIDE = """
    SELECT id, transaction FROM foundation_auditevent
    WHERE transaction <= 0 OR (
        transaction >= greatest(%s, pg_snapshot_xmax(pg_current_snapshot())::text::bigint + foundation_audit_offset())
        AND transaction IS DISTINCT FROM
            pg_current_xact_id_if_assigned()::text::bigint + foundation_audit_offset()
    )
    ORDER BY id LIMIT 1000
"""


@dataclass(frozen=True)
class Finding:
    """One sign of tampering: its kind, and the event (or seal) that it concerns."""

    kind: Kind
    event: int | None
    why: str


def _folder() -> Path:
    folder = Path(settings.DATA) / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class NoSealingKey(RuntimeError):
    """The key beside the data is gone, so no seal can be checked; restore DATA/keys from the backup."""


class NumbersBehind(RuntimeError):
    """This database server counts transactions from below what is sealed: it was restored, and not migrated since."""


def _signing_key(*, may_make: bool) -> Ed25519PrivateKey:
    """Return the key of this installation; the first seal makes it, readable by its owner alone."""
    path = _folder() / "audit-seal.pem"
    if not path.exists():
        if not may_make:
            raise NoSealingKey(f"{path} is missing: without it no seal can be checked; restore it from the backup")
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        temporary = path.with_suffix(f".{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        try:
            os.link(temporary, path)  # the first of several processes wins
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise TypeError(f"{path} is not an Ed25519 key")
    return loaded


def public_key() -> bytes:
    """Return the 32 bytes of the key that verifies the seals.

    Raises:
        NoSealingKey: it is gone, or nothing was sealed yet.
    """
    public = _signing_key(may_make=False).public_key()
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(raw: bytes) -> str:
    """Return by what name seals call a public key."""
    return hashlib.sha256(raw).hexdigest()[:16]


def _key_id(key: Ed25519PublicKey) -> str:
    return key_id(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def _leaf(row: tuple[Any, ...]) -> bytes:
    """Hash every column of one event; times as microseconds, so that no formatting can differ."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    values = [str(value) if not isinstance(value, int | str | None) else value for value in values]
    return _LEAF.pack(row[0], hashlib.sha256(orjson.dumps(values)).digest()[:16])


def digest(seal: AuditSeal) -> bytes:
    """Return what a seal signs and what the next seal chains to."""
    parts = orjson.dumps(
        [
            seal.number, seal.first_transaction, seal.next_transaction, seal.events,
            bytes(seal.previous).hex(), seal.sealed_at.isoformat(), seal.key_id,
        ]
    )  # fmt: skip
    return hashlib.sha256(parts + bytes(seal.leaves)).digest()


def _anchor() -> Path:
    return _folder() / "audit-anchor"


def seal(*, at: datetime) -> int:
    """Seal every finished event that no seal covers yet, and return how many.

    One sealer at a time: a second one finds the lock taken and does nothing.

    Raises:
        NumbersBehind: the database was restored into another server; `ehospital django migrate` mends that.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('ehospital.audit.seal'))")
        if not cursor.fetchone()[0]:
            return 0
        last = AuditSeal.objects.order_by("-number").first()
        first = last.next_transaction if last else 0
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + foundation_audit_offset()")
        (horizon,) = cursor.fetchone()
        if horizon < first:
            raise NumbersBehind(
                f"transactions count from {horizon}, but all below {first} are sealed: after a restore into another "
                "server, run `ehospital django migrate` before anything is written"
            )
        cursor.execute(_LAST_OF_BATCH, [first, horizon, _BATCH])
        (newest,) = cursor.fetchone()
        if newest is None:
            return 0
        cursor.execute(_EVENTS, [first, newest + 1])
        leaves = [_leaf(row) for row in cursor.fetchall()]
        # Only an installation that has sealed nothing may make a key: a lost one must not be replaced silently.
        key = _signing_key(may_make=last is None)
        new = AuditSeal(
            number=last.number + 1 if last else 1,
            first_transaction=first,
            next_transaction=newest + 1,
            events=len(leaves),
            leaves=b"".join(leaves),
            previous=digest(last) if last else bytes(32),
            sealed_at=at,
            key_id=_key_id(key.public_key()),
        )
        new.signature = key.sign(digest(new))
        new.save()
    _write_anchor(new)
    return len(leaves)


def _write_anchor(newest: AuditSeal) -> None:
    """Anchor a committed seal, unless another sealer was quicker with a later one."""
    with (_folder() / "audit-anchor.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if _anchor().exists() and int(_anchor().read_text().split()[0]) >= newest.number:
            return
        temporary = _anchor().with_suffix(".new")
        with temporary.open("w") as file:
            file.write(f"{newest.number} {digest(newest).hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(_anchor())


def verify() -> list[Finding]:
    """Return every sign of tampering with the sealed trail; an empty list means none.

    Raises:
        NoSealingKey: there are seals, and no key to check them with.
    """
    if not AuditSeal.objects.exists():
        return [*_check_numbers(None), *_check_anchor(None)]
    public = _signing_key(may_make=False).public_key()
    findings: list[Finding] = []
    previous: AuditSeal | None = None
    suspects = _Suspects()
    for current in AuditSeal.objects.order_by("number").iterator(chunk_size=200):
        findings += _check_chain(current, previous, public)
        _compare(current, suspects)
        previous = current
    findings += suspects.findings()
    findings += _check_numbers(previous)
    findings += _check_anchor(previous)
    return findings


def _check_chain(current: AuditSeal, previous: AuditSeal | None, public: Ed25519PublicKey) -> Iterator[Finding]:
    expected = previous.number + 1 if previous else 1
    name = f"seal {current.number}"
    if current.number != expected:
        yield Finding("truncated", None, f"seal {expected} is missing before {name}")
    elif bytes(current.previous) != (digest(previous) if previous else bytes(32)):
        yield Finding("forged", None, f"{name} does not continue the seal before it")
    elif current.first_transaction != (previous.next_transaction if previous else 0):
        yield Finding("forged", None, f"{name} leaves a gap of transactions before it")
    try:
        public.verify(bytes(current.signature), digest(current))
    except InvalidSignature:
        yield Finding("forged", None, f"the signature of {name} is not this hospital's")


def _check_numbers(last: AuditSeal | None) -> Iterator[Finding]:
    """Find rows whose number no transaction of this server can have given them: no seal would ever cover them."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE, [last.next_transaction if last else 0])
        for event, number in cursor.fetchall():
            yield Finding("inserted", event, f"event {event} names transaction {number}, which never was")


def _check_anchor(last: AuditSeal | None) -> Iterator[Finding]:
    if not _anchor().exists():
        if last is not None:
            yield Finding("truncated", None, "the anchor file beside the key is gone")
        return
    number, anchored = _anchor().read_text().split()
    if last is None or last.number < int(number):
        yield Finding("truncated", None, f"the trail ends before seal {number}, which was anchored")
    elif last.number == int(number) and digest(last).hex() != anchored:
        yield Finding("forged", None, f"seal {number} is not the one that was anchored")


class _Suspects:
    """What differs between seals and table, matched at the end: an event that left one place and came up in another
    was reordered, not deleted and inserted."""

    def __init__(self) -> None:
        self.missing: dict[int, str] = {}
        self.extra: dict[int, str] = {}
        self.edited: dict[int, str] = {}
        self.moved: dict[int, str] = {}

    def findings(self) -> Iterator[Finding]:
        for event, where in self.edited.items():
            yield Finding("edited", event, f"event {event} is not what {where} saw")
        for event, where in self.missing.items():
            if event in self.extra:
                yield Finding("reordered", event, f"event {event} has left its place in {where}")
            else:
                yield Finding("deleted", event, f"event {event} of {where} is gone")
        for event, where in self.extra.items():
            if event not in self.missing:
                yield Finding("inserted", event, f"event {event} came into the range of {where} after it was sealed")
        for event, where in self.moved.items():
            yield Finding("reordered", event, f"event {event} has changed its place in {where}")


def _compare(current: AuditSeal, suspects: _Suspects) -> None:
    """Compare one seal's leaves with the rows that stand in its range now."""
    raw = bytes(current.leaves)
    sealed = dict(_LEAF.unpack_from(raw, offset) for offset in range(0, len(raw), _LEAF.size))
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [current.first_transaction, current.next_transaction])
        standing = dict(_LEAF.unpack(_leaf(row)) for row in cursor.fetchall())
    where = f"seal {current.number}"
    if sealed == standing and list(sealed) == list(standing):
        return
    suspects.missing.update(dict.fromkeys(sealed.keys() - standing.keys(), where))
    suspects.extra.update(dict.fromkeys(standing.keys() - sealed.keys(), where))
    shared = [event for event in sealed if event in standing]
    order = [event for event in standing if event in sealed]
    suspects.edited.update((event, where) for event in shared if sealed[event] != standing[event])
    suspects.moved.update(
        (was, where) for was, now in zip(shared, order, strict=True) if was != now and was not in suspects.edited
    )
