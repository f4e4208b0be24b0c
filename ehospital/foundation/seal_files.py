"""Seals in a file that somebody else keeps: to be verified without us, and to hold our trail against later.

The format (docs/guide/audit.md) is JSON lines: a header with the public key, then every seal in order. Nothing in it
names a person: it holds numbers and hashes.
"""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ehospital.foundation import sealing
from ehospital.foundation.models import AuditSeal
from ehospital.foundation.sealing import Finding

FORMAT: Final = "ehospital-audit-seals-1"
HOW: Final = (
    "Each line is a seal. digest = SHA-256 of the JSON array [number, first_transaction, next_transaction, events, "
    "previous, sealed_at, key_id] without blanks, followed by the bytes of leaves (base64; for each event its number, "
    "8 bytes, and the first 16 bytes of its SHA-256). previous = digest of the seal before (zeros for the first). "
    "signature = Ed25519 over the 32 bytes of digest. Hex where nothing else is said. Lines end with a line feed."
)


class UnusableSealFile(ValueError):
    """The file is no export of seals, or is damaged; nothing was compared. The message says where."""


@dataclass(frozen=True)
class Exported:
    """What was written: how many seals over how many events, and the digest of the newest, to be noted elsewhere."""

    seals: int
    events: int
    newest: str


def export(path: Path, *, at: datetime) -> Exported:
    """Write every seal into a file, whole or not at all.

    Raises:
        NoSealingKey: there are seals, and no key beside them.
    """
    public = sealing.public_key()
    count, events, newest = AuditSeal.objects.count(), 0, ""
    temporary = path.with_name(f".{path.name}.new")
    header = {
        "format": FORMAT, "exported_at": at.isoformat(), "seals": count, "public_key": public.hex(),
        "key_id": sealing.key_id(public), "how": HOW,
    }  # fmt: skip
    with temporary.open("w", encoding="ascii", newline="\n") as file:
        file.write(json.dumps(header) + "\n")
        for seal in AuditSeal.objects.filter(number__lte=count).order_by("number").iterator(chunk_size=200):
            newest, events = sealing.digest(seal).hex(), events + seal.events
            file.write(json.dumps(_line(seal, newest)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return Exported(count, events, newest)


def _line(seal: AuditSeal, digest: str) -> dict[str, Any]:
    return {
        "number": seal.number, "first_transaction": seal.first_transaction, "next_transaction": seal.next_transaction,
        "events": seal.events, "previous": bytes(seal.previous).hex(), "sealed_at": seal.sealed_at.isoformat(),
        "key_id": seal.key_id, "leaves": base64.b64encode(bytes(seal.leaves)).decode(), "digest": digest,
        "signature": bytes(seal.signature).hex(),
    }  # fmt: skip


def compare(path: Path) -> list[Finding]:
    """Return where the trail is no longer the one that was exported: cut off, or sealed anew, by whatever key.

    Raises:
        UnusableSealFile: the file itself is damaged or not of this format.
    """
    header, lines = _read(path)
    findings = list(_another_key(header))
    standing = {one.number: one for one in AuditSeal.objects.order_by("number").iterator(chunk_size=200)}
    for line in lines:
        name, seal = f"seal {line['number']}", standing.get(line["number"])
        if seal is None:
            findings.append(Finding("truncated", None, f"{name} was exported and is gone"))
        elif sealing.digest(seal).hex() != line["digest"]:
            findings.append(Finding("forged", None, f"{name} is not the one that was exported"))
    return findings


def _another_key(header: dict[str, Any]) -> Iterator[Finding]:
    try:
        same = sealing.public_key().hex() == header["public_key"]
    except sealing.NoSealingKey:
        return  # `verify` says that it is missing
    if not same:
        yield Finding("forged", None, "the trail is sealed with another key than the one that was exported")


def _read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return header and seals of a file that is whole in itself."""
    try:
        header, *lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
        if header["format"] != FORMAT or header["seals"] != len(lines):
            raise UnusableSealFile(f"{path}: not of the format {FORMAT}, or lines are missing")
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(header["public_key"]))
        for line in lines:
            public.verify(bytes.fromhex(line["signature"]), bytes.fromhex(line["digest"]))
    except InvalidSignature:
        raise UnusableSealFile(f"{path}: a signature does not fit: the file was changed") from None
    except (OSError, ValueError, KeyError, TypeError) as why:
        if isinstance(why, UnusableSealFile):
            raise
        raise UnusableSealFile(f"{path}: cannot be read as an export of seals ({why})") from None
    return header, lines
