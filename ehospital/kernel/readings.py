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
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from types import MappingProxyType
from typing import Any, Final

import msgspec

from ehospital.kernel import codes, units
from ehospital.kernel.unit_table import SPELLINGS

VERSION: Final = 1
SENTINELS: Final = frozenset({-1.0, -100.0, -99.9, -999.0, 32767.0})
MAX_BYTES: Final = 65_536
MAX_OBSERVATIONS: Final = 256

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253_402_300_799_999  # the end of the year 9999, the last instant a datetime can hold
_LAST_SEQ: Final = 2**63 - 1
_LONGEST_NAME: Final = 64
_LONGEST_TEXT: Final = 200
_BEYOND: Final = 1e60


class MalformedFrame(ValueError):
    """The payload as a whole cannot be understood; the message says where. It belongs among the dead letters."""


class Why(StrEnum):
    """Why one observation was set aside."""

    MALFORMED = "malformed"  # not [code, value] or [code, value, unit]
    NOT_A_NUMBER = "not-a-number"  # text, truth value, NaN, infinity, list
    IMPLAUSIBLE = "implausible"  # outside what a body and a sensor can produce
    WRONG_UNIT = "wrong-unit"  # unknown, or of another dimension
    UNKNOWN_LEVEL = "unknown-level"  # consciousness that is none of A C V P U
    REPEATED = "repeated"  # the same code twice in one frame; the first stands


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """One observation that was set aside: its code, its value as text, and why (for a machine and for a person)."""

    code: str
    value: str
    why: Why
    reason: str


class Other(msgspec.Struct, frozen=True, gc=False):
    """An observation outside the table, or a second source of the same quantity, kept exactly as it was sent."""

    code: str
    value: float | str | None
    unit: str | None


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One tick of a device.

    `readings` maps alias → value in the default unit of `codes.OBSERVATIONS`. `missing` names the aliases that the
    device sent without a value. `source_codes` keeps the code a value came under when that was not the alias.
    """

    boot: str
    seq: int
    at_ms: int
    readings: dict[str, float]
    consciousness: str | None = None
    missing: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    source_codes: Mapping[str, str] = MappingProxyType({})

    @property
    def at(self) -> datetime:
        """The device's own time, in UTC."""
        return _EPOCH + timedelta(milliseconds=self.at_ms)


class Status(msgspec.Struct, frozen=True, gc=False):
    """What a device says about itself; None means that it did not say."""

    boot: str
    seq: int
    at_ms: int
    battery_percent: float | None = None
    lead_off: bool | None = None
    error: str | None = None
    others: Mapping[str, float | str | bool | None] = MappingProxyType({})
    rejected: tuple[Rejection, ...] = ()

    @property
    def at(self) -> datetime:
        """The device's own time, in UTC."""
        return _EPOCH + timedelta(milliseconds=self.at_ms)


class _Wire(msgspec.Struct, gc=False):
    v: int
    b: str
    s: int
    t: int
    o: list[list[Any]] | None = None
    st: dict[str, Any] | None = None


_decoder: Final = msgspec.json.Decoder(_Wire)


def _spellings(unit: str) -> frozenset[str]:
    return frozenset({unit, *(text for text, code in SPELLINGS.items() if code == unit)})


# alias → (every spelling of its default unit, lowest, highest): what the hot path may take without thinking.
_PLAIN: Final[dict[str, tuple[frozenset[str], float, float]]] = {
    alias: (_spellings(row.unit), row.lowest, row.highest) for alias, row in codes.OBSERVATIONS.items() if row.unit
}


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
    if not 0 < len(wire.b) <= _LONGEST_NAME or not (wire.b.isascii() and wire.b.isprintable()):
        raise MalformedFrame(f'the boot id "b" must be 1 to {_LONGEST_NAME} printable ASCII characters')
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
    sorting: _Sorting | None = None
    for item in observations:
        # The hot path: a known alias, a plain number in range, in its own unit. Everything else takes its time.
        if len(item) == 3:
            code, value, unit = item
            spec = _PLAIN.get(code) if type(code) is str else None
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
            sorting = _Sorting(readings)
        sorting.take(item)
    return Frame(wire.b, wire.s, wire.t, readings) if sorting is None else sorting.finish(wire)


class _Sorting:
    """Sorts the observations that the hot path left over."""

    def __init__(self, readings: dict[str, float]) -> None:
        self.readings = readings
        self.consciousness: str | None = None
        self.missing: list[str] = []
        self.others: list[Other] = []
        self.rejected: list[Rejection] = []
        self.source_codes: dict[str, str] = {}

    def finish(self, wire: _Wire) -> Frame:
        present = self.readings if self.consciousness is None else {*self.readings, "consciousness"}
        return Frame(
            wire.b,
            wire.s,
            wire.t,
            self.readings,
            self.consciousness,
            tuple(alias for alias in dict.fromkeys(self.missing) if alias not in present),
            tuple(self.others),
            tuple(self.rejected),
            MappingProxyType(self.source_codes),
        )

    def take(self, item: list[Any]) -> None:
        if len(item) not in (2, 3) or not _is_name(item[0]):
            self._reject("", item, Why.MALFORMED, "an observation is [code, value] or [code, value, unit]")
            return
        code, value, unit = item[0], item[1], item[2] if len(item) == 3 else None
        alias = codes.alias_of(code)
        if unit is not None and not _is_text(unit, _LONGEST_NAME):
            self._reject(code, value, Why.WRONG_UNIT, "a unit is a short text, such as mm[Hg]")
        elif alias is None:
            self._keep(code, value, unit)
        elif value is None or value == "" or (_is_number(value) and value in SENTINELS):
            self.missing.append(alias)
        elif alias == "consciousness":
            self._take_level(code, value)
        else:
            self._take_number(code, value, unit)

    def _take_level(self, code: str, value: Any) -> None:
        level = value.strip().upper() if isinstance(value, str) else ""
        if level not in codes.CONSCIOUSNESS:
            self._reject(code, value, Why.UNKNOWN_LEVEL, "consciousness is one of A, C, V, P, U")
        elif self.consciousness is not None:
            self._reject(code, value, Why.REPEATED, "sent twice in one frame; the first stands")
        else:
            self.consciousness = level

    def _take_number(self, code: str, value: Any, unit: str | None) -> None:
        if not _is_number(value):
            self._reject(code, value, Why.NOT_A_NUMBER, "a reading is a finite number, not text, truth value or NaN")
            return
        alias = codes.ALIAS_OF[code]
        row = codes.OBSERVATIONS[alias]
        try:
            number = _in_default_unit(value, unit or codes.default_unit(code) or "", row)
        except units.NotAQuantity as problem:
            self._reject(code, value, Why.IMPLAUSIBLE, str(problem))
        except units.UnitProblem as problem:
            self._reject(code, value, Why.WRONG_UNIT, str(problem))
        else:
            if not row.lowest <= number <= row.highest:
                words = f"outside {row.lowest:g} to {row.highest:g} {row.unit}, which no body or sensor can produce"
                self._reject(code, value, Why.IMPLAUSIBLE, words)
            else:
                self._store(alias, code, number, value, unit)

    def _store(self, alias: str, code: str, number: float, value: Any, unit: str | None) -> None:
        if alias not in self.readings:
            self.readings[alias] = number
            if code != alias:
                self.source_codes[alias] = code
        elif code == self.source_codes.get(alias, alias):
            self._reject(code, value, Why.REPEATED, "sent twice in one frame; the first stands")
        else:
            self.others.append(Other(code, float(value), unit))

    def _keep(self, code: str, value: Any, unit: str | None) -> None:
        if _is_number(value) and abs(value) < _BEYOND:
            self.others.append(Other(code, float(value), unit))
        elif value is None or _is_text(value, _LONGEST_TEXT):
            self.others.append(Other(code, value, unit))
        else:
            self._reject(code, value, Why.NOT_A_NUMBER, "an unknown code may carry a finite number or a short text")

    def _reject(self, code: str, value: Any, why: Why, reason: str) -> None:
        self.rejected.append(Rejection(code, _shown(value), why, reason))


def _in_default_unit(value: float, unit: str, row: codes.Observation) -> float:
    if unit in _PLAIN[row.alias][0] and abs(value) < _BEYOND:
        return float(value)
    return float(units.convert(value, unit, row.unit, substance=row.substance or None))


def _status(wire: _Wire, said: dict[str, Any]) -> Status:
    others: dict[str, float | str | bool | None] = {}
    rejected: list[Rejection] = []

    def reject(key: str, value: Any, reason: str) -> None:
        rejected.append(Rejection(_shown(key), _shown(value), Why.MALFORMED, reason))

    battery, lead, error = said.get("battery"), said.get("lead"), said.get("error")
    for key, value in said.items():
        if key in ("battery", "lead", "error"):
            continue
        if _is_name(key) and (value is None or _is_text(value, _LONGEST_TEXT) or isinstance(value, bool | int | float)):
            others[key] = value
        else:
            reject(key, value, "what a device adds is a number, a truth value or a short text under a short name")
    if battery is not None and not (_is_number(battery) and 0 <= battery <= 100):
        reject("battery", battery, "battery is a percentage from 0 to 100")
        battery = None
    if lead not in (None, "on", "off"):
        reject("lead", lead, 'lead is "on" or "off"')
        lead = None
    if error is not None and not _is_text(error, _LONGEST_TEXT):
        reject("error", error, f"error is a text of at most {_LONGEST_TEXT} characters, or null")
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


def _is_name(code: Any) -> bool:
    return isinstance(code, str) and 0 < len(code) <= _LONGEST_NAME and code.isascii() and code.isprintable()


def _is_text(value: Any, longest: int) -> bool:
    # A NUL is legal JSON that no PostgreSQL text or jsonb can hold.
    return isinstance(value, str) and len(value) <= longest and "\0" not in value


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or isfinite(value))
    )


def _shown(value: Any) -> str:
    # Python refuses to print more than 4,300 digits; a person needs to see far fewer.
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of more than 38 digits"
    return str(value).replace("\0", "\\0")[:_LONGEST_TEXT]
