"""The artefact check that comes before any score: is it the patient who changed, or the sensor?

Two tests, per device:
* a step that no body makes between two frames (heart rate 80, 20, 80) is held until the next frame confirms it; with no
  further frame it is believed once `window_s` has passed, because a silent alarm would be worse than a late one;
* values that come from one sensor and vanish together between two frames (saturation and pulse; heart rate and
  respiration) mean that the sensor fell off: a technical condition, never a clinical one, until one of them is back.

Heart rate and pulse are measured by two sensors: when they agree, both are believed at once, however large the step.

The limits are the project's own judgement of what a body can do within ten seconds (temperature: a minute). No standard
gives them; they need the sign-off of a clinician, and `VERSION` changes with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

VERSION: Final = "artefacts-1"


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest fall and rise (in the default unit) that is believed at once within `window_s` seconds."""

    fall: float
    rise: float
    window_s: float = 10


LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "hr": Limit(50, 80),
        "pulse": Limit(50, 80),
        "rr": Limit(30, 30),
        "spo2": Limit(20, 40),
        "sbp": Limit(60, 80),
        "dbp": Limit(50, 60),
        "map": Limit(50, 60),
        "temp": Limit(1.5, 1.5, 60),
    }
)
# Pairs that one sensor gives: the oximeter's clip, the chest electrodes.
TOGETHER: Final = (("spo2", "pulse"), ("hr", "rr"))
_FRESH: Final = timedelta(seconds=30)  # a device that measures once in a while has not lost its sensor in between
_AGREEMENT: Final = 0.1  # heart rate and pulse within 10 % are two witnesses of the same beat


class Seen(NamedTuple):
    """A value and the time of its frame."""

    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one device.

    `believed` is the last believed value of each alias, `held` what waits for confirmation, `off` the pairs of
    `TOGETHER` whose sensor fell off and has not come back.
    """

    believed: Mapping[str, Seen] = field(default_factory=lambda: MappingProxyType({}))
    held: Mapping[str, Seen] = field(default_factory=lambda: MappingProxyType({}))
    off: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Screened:
    """The readings to score; the aliases that were held back; whether a sensor fell off; the memory for next time.

    `lead_off` is None when the frame says nothing about a sensor.
    """

    readings: Mapping[str, float]
    held: tuple[str, ...]
    lead_off: bool | None
    memory: Memory


EMPTY: Final = Memory()


def screen(memory: Memory, readings: Mapping[str, float], *, at: datetime) -> Screened:
    """Check one frame of one device against what came before it.

    Args:
        readings: alias → value in the default unit, sentinels already gone (`kernel.readings.Frame.readings`).
        at: the time of the frame; timezone-aware; frames in order.
    """
    believed, held = dict(memory.believed), dict(memory.held)
    accepted: dict[str, float] = {}
    for alias, value in readings.items():
        new = Seen(value, at)
        if _is_credible(alias, new, memory) or _two_sensors_agree(alias, readings):
            believed[alias] = new
            held.pop(alias, None)
            accepted[alias] = value
        else:
            held[alias] = new
    off = frozenset(pair for pair in TOGETHER if _is_off(pair, memory, readings, at))
    present = any(readings.keys() & {*pair} for pair in TOGETHER)
    return Screened(
        MappingProxyType(accepted),
        tuple(alias for alias in readings if alias in held),
        True if off else False if present else None,
        Memory(MappingProxyType(believed), MappingProxyType(held), off),
    )


def release(memory: Memory, *, now: datetime) -> Screened:
    """Believe the held values that no further frame confirmed or refuted within their window; call it on a tick."""
    due = {
        alias: seen for alias, seen in memory.held.items() if now - seen.at >= timedelta(seconds=LIMITS[alias].window_s)
    }
    held = {alias: seen for alias, seen in memory.held.items() if alias not in due}
    return Screened(
        MappingProxyType({alias: seen.value for alias, seen in due.items()}),
        tuple(held),
        None,
        Memory(MappingProxyType({**memory.believed, **due}), MappingProxyType(held), memory.off),
    )


def _is_off(pair: tuple[str, str], memory: Memory, readings: Mapping[str, float], at: datetime) -> bool:
    if readings.keys() & {*pair}:
        return False
    last = [memory.believed.get(alias) for alias in pair]
    return pair in memory.off or all(seen is not None and at - seen.at <= _FRESH for seen in last)


def _is_credible(alias: str, new: Seen, memory: Memory) -> bool:
    limit, last = LIMITS.get(alias), memory.believed.get(alias)
    if limit is None or last is None or _is_possible(last, new, limit):
        return True
    waiting = memory.held.get(alias)
    return waiting is not None and waiting.at < new.at and _is_possible(waiting, new, limit)


def _is_possible(last: Seen, new: Seen, limit: Limit) -> bool:
    if -limit.fall <= new.value - last.value <= limit.rise:
        return True
    return new.at - last.at > timedelta(seconds=limit.window_s)


def _two_sensors_agree(alias: str, readings: Mapping[str, float]) -> bool:
    if alias not in ("hr", "pulse"):
        return False
    heart, pulse = readings.get("hr"), readings.get("pulse")
    return heart is not None and pulse is not None and abs(heart - pulse) <= _AGREEMENT * max(heart, pulse)
