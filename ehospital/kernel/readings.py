"""Readings: what a bedside device sends, decoded strictly, every doubtful value set aside with its reason.

A frame is one tick of a device:

    {"v": 1, "b": "boot id", "s": 17, "t": 1764000000000, "o": [["hr", 72, "/min"], ["spo2", 97, "%"], ["temp", null]]}

`b` changes when the device starts anew, `s` counts up within it, `t` is the device's clock in milliseconds since 1970.
An observation is [code, value] or [code, value, unit]; code is an alias of the contract, a LOINC code, an MDC number or
an MDC reference id; without a unit the default of the code holds. consciousness takes A, C, V, P or U; oxygen is L/min
and 0 means air. A status is the same envelope, numbered in the same sequence, with "st" in place of "o":

    {"v": 1, "b": "boot id", "s": 18, "t": 1764000001000, "st": {"battery": 12, "lead": "off", "error": "E42 paper"}}

`battery` is percent, `lead` is "on" or "off", `error` the device's own words or null; other keys are kept as they are.

A damaged envelope refuses the whole payload (`MalformedFrame`); a damaged observation is rejected alone. Vendors' ways
of saying "no reading" (`SENTINELS`) become *missing* before anything can score them. Unknown top-level keys are allowed
so that a newer device can talk to an older hospital.
"""

import json
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec

from ehospital.kernel.doubtful import LONGEST_NAME, LONGEST_TEXT, PLAIN, Sorting, is_name, is_number, is_text, shown
from ehospital.kernel.frames import SENTINELS, Frame, MalformedFrame, Other, Rejection, Status, Why

__all__ = [
    "MAX_BYTES",
    "MAX_OBSERVATIONS",
    "SENTINELS",
    "VERSION",
    "Frame",
    "MalformedFrame",
    "Other",
    "Rejection",
    "Status",
    "Why",
    "decode_frame",
    "decode_payload",
    "decode_status",
    "encode_frame",
    "encode_status",
    "split",
]

VERSION: Final = 1
MAX_BYTES: Final = 65_536
MAX_OBSERVATIONS: Final = 256

_LAST_MS: Final = 253_402_300_799_999  # the end of the year 9999, the last instant a datetime can hold
_LAST_SEQ: Final = 2**63 - 1


class _Wire(msgspec.Struct, gc=False):
    v: int
    b: str
    s: int
    t: int
    o: list[list[Any]] | None = None
    st: dict[str, Any] | None = None


_decoder: Final = msgspec.json.Decoder(_Wire)


def decode_frame(raw: bytes) -> Frame:
    """Decode one observation frame.

    Raises:
        MalformedFrame: not JSON, not this envelope, another version, or a status payload.
    """
    wire = _envelope(raw)
    if wire.o is None:
        raise MalformedFrame('a frame carries its observations under "o"; this payload has none')
    return _frame(wire, wire.o)


def decode_status(raw: bytes) -> Status:
    """Decode one status payload.

    Raises:
        MalformedFrame: not JSON, not this envelope, another version, or a frame with observations.
    """
    wire = _envelope(raw)
    if wire.st is None:
        raise MalformedFrame('a status carries what it says under "st"; this payload has none')
    return _status(wire, wire.st)


def decode_payload(raw: bytes) -> Frame | Status:
    """Decode a payload of either kind. Raises MalformedFrame."""
    wire = _envelope(raw)
    if wire.o is not None:
        return _frame(wire, wire.o)
    if wire.st is not None:
        return _status(wire, wire.st)
    raise MalformedFrame('the payload carries neither observations ("o") nor a status ("st")')


def split(raw: bytes) -> list[bytes]:
    """Cut a JSON array of payloads into single payloads; a single object comes back alone. Contents are not checked.

    Raises:
        MalformedFrame: not JSON, or neither an object nor an array.
    """
    try:
        if not raw.lstrip().startswith(b"["):
            return [raw]
        return [bytes(item) for item in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    except msgspec.MsgspecError:
        # A bare NaN makes the text no JSON at all; the frames around it must not be lost for that.
        return [json.dumps(item).encode() for item in _lenient(raw)]
    except RecursionError:
        raise MalformedFrame("the payload nests too deep") from None


def encode_frame(boot: str, seq: int, at_ms: int, observations: Sequence[Sequence[Any]]) -> bytes:
    """Encode a frame as a device would send it; `observations` are [code, value] or [code, value, unit]."""
    return msgspec.json.encode({"v": VERSION, "b": boot, "s": seq, "t": at_ms, "o": observations})


def encode_status(boot: str, seq: int, at_ms: int, **said: Any) -> bytes:
    """Encode a status as a device would send it: battery=12, lead="off", error=None, …"""
    return msgspec.json.encode({"v": VERSION, "b": boot, "s": seq, "t": at_ms, "st": said})


def _envelope(raw: bytes) -> _Wire:
    if len(raw) > MAX_BYTES:
        raise MalformedFrame(f"the payload has {len(raw)} bytes; at most {MAX_BYTES} are taken")
    try:
        wire = _decoder.decode(raw)
    except RecursionError:
        raise MalformedFrame("the payload nests too deep") from None
    except (msgspec.MsgspecError, ValueError) as problem:
        wire = _envelope_with_strange_numbers(raw, problem)
    if wire.v != VERSION:
        raise MalformedFrame(f'version {wire.v!s:.20} is not spoken here; send "v": {VERSION}')
    if not 0 < len(wire.b) <= LONGEST_NAME or not (wire.b.isascii() and wire.b.isprintable()):
        raise MalformedFrame(f'the boot id "b" must be 1 to {LONGEST_NAME} printable ASCII characters')
    if not 0 <= wire.s <= _LAST_SEQ:
        raise MalformedFrame('the sequence number "s" must be from 0 to 2**63 - 1')
    if not 0 <= wire.t <= _LAST_MS:
        raise MalformedFrame('the time "t" must be milliseconds since 1970')
    if wire.o is not None and wire.st is not None:
        raise MalformedFrame('a payload carries either "o" or "st", not both')
    return wire


def _envelope_with_strange_numbers(raw: bytes, problem: Exception) -> _Wire:
    """Read NaN, Infinity and 1e999, which JSON forbids, so that only the observation that holds them is lost."""
    if not (b"NaN" in raw or b"Infinity" in raw or "out of range" in str(problem)):
        raise MalformedFrame(f"{problem}") from None
    try:
        return msgspec.convert(_lenient(raw), _Wire)
    except msgspec.MsgspecError as still:
        raise MalformedFrame(f"{still}") from None


def _lenient(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_int=lambda digits: int(digits) if len(digits) < 40 else float("inf"))
    except (ValueError, RecursionError) as problem:
        raise MalformedFrame(f"the payload is not JSON: {problem!s:.200}") from None


def _frame(wire: _Wire, observations: list[list[Any]]) -> Frame:
    if len(observations) > MAX_OBSERVATIONS:
        raise MalformedFrame(f"{len(observations)} observations in one frame; at most {MAX_OBSERVATIONS} are taken")
    readings: dict[str, float] = {}
    sorting: Sorting | None = None
    for item in observations:
        # The hot path: a known alias, a plain number in range, in its own unit. Everything else takes its time.
        if 2 <= len(item) <= 3:
            code, value, unit = item if len(item) == 3 else (*item, "")
            spec = PLAIN.get(code) if type(code) is str else None
            kind = type(value)
            if (
                spec is not None
                and (kind is float or kind is int)
                and spec[1] <= value <= spec[2]
                and type(unit) is str
                and unit in spec[0]
                and code not in readings
            ):
                readings[code] = float(value)
                continue
        if sorting is None:
            sorting = Sorting(readings)
        sorting.take(item)
    return Frame(wire.b, wire.s, wire.t, readings) if sorting is None else sorting.finish(wire.b, wire.s, wire.t)


def _status(wire: _Wire, said: dict[str, Any]) -> Status:
    others: dict[str, float | str | bool | None] = {}
    rejected: list[Rejection] = []

    def reject(key: str, value: Any, reason: str) -> None:
        rejected.append(Rejection(shown(key), shown(value), Why.MALFORMED, reason))

    battery, lead, error = said.get("battery"), said.get("lead"), said.get("error")
    for key, value in said.items():
        if key in ("battery", "lead", "error"):
            continue
        if is_name(key) and (value is None or is_text(value, LONGEST_TEXT) or isinstance(value, bool | int | float)):
            others[key] = value
        else:
            reject(key, value, "what a device adds is a number, a truth value or a short text under a short name")
    if battery is not None and not (is_number(battery) and 0 <= battery <= 100):
        reject("battery", battery, "battery is a percentage from 0 to 100")
        battery = None
    if lead not in (None, "on", "off"):
        reject("lead", lead, 'lead is "on" or "off"')
        lead = None
    if error is not None and not is_text(error, LONGEST_TEXT):
        reject("error", error, f"error is a text of at most {LONGEST_TEXT} characters, or null")
        error = None
    return Status(
        wire.b,
        wire.s,
        wire.t,
        None if battery is None else float(battery),
        None if lead is None else lead == "off",
        error or None,
        MappingProxyType(others),
        tuple(rejected),
    )
