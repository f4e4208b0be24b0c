"""From bytes in the stream to what the record takes, or to a dead letter with its reason."""

import re
from dataclasses import dataclass
from datetime import datetime

from ehospital.kernel import readings
from ehospital.monitoring.actions import Taken, Unread
from ehospital.wire import subjects

# A message that is no JSON at all mostly still begins like one: with its boot and its number, other frames of the
# device need not wait for it.
_BOOT = re.compile(rb'"b"\s*:\s*"([\x20\x21\x23-\x5b\x5d-\x7e]{1,64})"')
_SEQ = re.compile(rb'"s"\s*:\s*(\d{1,18})\s*[,}]')


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message as JetStream delivered it.

    Attributes:
        stream_seq: its place in the stream.
        received_at: when the stream took it.
        receipt: where to acknowledge it, and everything before it.
    """

    subject: str
    raw: bytes
    partition: int
    stream_seq: int
    received_at: datetime
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Dead:
    """Why a message becomes a dead letter: one word, and more for people."""

    reason: str
    detail: str


def decode(delivered: Delivered) -> tuple[Taken | Unread | None, Dead | None]:
    """Return what the record takes of a message and, when it cannot be read, what to write on its dead letter."""
    try:
        observed = subjects.observed(delivered.subject)
    except subjects.BadName as problem:
        return None, Dead("bad-subject", str(problem))
    try:
        told = readings.decode_payload(delivered.raw)
    except readings.MalformedFrame as problem:
        return unread(observed.device, delivered), Dead("malformed", str(problem))
    return Taken(observed.device, told, delivered.received_at, delivered.raw), None


def unread(device: str, delivered: Delivered) -> Unread:
    """Return the trace that a dead letter leaves in its device's sequence."""
    boot, seq = _BOOT.search(delivered.raw), _SEQ.search(delivered.raw)
    if boot is None or seq is None:
        return Unread(device, delivered.received_at)
    return Unread(device, delivered.received_at, boot[1].decode("ascii"), int(seq[1]))
