"""Frames and statuses: what a device's message holds once it was understood. `readings` decodes them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

# Vendors' ways of saying "no reading" in a field that must hold a number.
SENTINELS: Final = frozenset({-1.0, -100.0, -99.9, -999.0, 32767.0})

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
