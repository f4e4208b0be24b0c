"""What a bedside monitor reports of a body: whole numbers, a cuff now and then, motion, a probe that falls off.

A ward monitor measures heart rate, breathing and saturation all the time, pressure every few minutes and temperature
once a minute. The flow of oxygen and the level of consciousness are entered by the nurse on the monitor's own screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ehospital.simulation.bodies import Vitals
from ehospital.simulation.noise import stream_key, uniform

Value = float | int | str | None
Observation = tuple[str, Value, str]

_SLOT_S = 300
UNITS = {
    "hr": "/min",
    "rr": "/min",
    "spo2": "%",
    "sbp": "mm[Hg]",
    "dbp": "mm[Hg]",
    "map": "mm[Hg]",
    "temp": "Cel",
    "oxygen": "L/min",
    "consciousness": "",
}


@dataclass(frozen=True, slots=True)
class Timetable:
    """When one monitor measures what does not run all the time; all in seconds.

    Attributes:
        cuff_every_s: between two inflations of the cuff.
        entries_every_s: between two entries by the nurse (oxygen, consciousness).
        phase_s: this bed's own shift, so that a ward's cuffs do not inflate in step.
    """

    cuff_every_s: int
    entries_every_s: int
    phase_s: int

    def last_cuff(self, second: int) -> int:
        """Return the second of the newest inflation at or before `second`."""
        return second - (second - self.phase_s) % self.cuff_every_s

    def cuff_due(self, second: int) -> bool:
        """Tell whether the cuff reads at this second."""
        return (second - self.phase_s) % self.cuff_every_s == 0

    def temperature_due(self, second: int) -> bool:
        """Tell whether the probe reports at this second: once a minute."""
        return (second - self.phase_s - 7) % 60 == 0

    def entries_due(self, second: int) -> bool:
        """Tell whether the nurse enters oxygen and consciousness at this second."""
        return (second - self.phase_s - 11) % self.entries_every_s == 0


@lru_cache(maxsize=4096)
def _motion_key(seed: int, bed: str) -> int:
    return stream_key(seed, bed, "motion")


def motion(seed: int, bed: str, second: int, restless_per_h: float) -> float:
    """Return how far into a burst of motion this second is (0 < x ≤ 1), or 0 when the patient lies still.

    Every slot of five minutes has at most `restless_per_h / 12` bursts (rounded up by chance), each of 6 to 18 seconds.
    """
    slot, offset = divmod(second, _SLOT_S)
    key = _motion_key(seed, bed)
    wanted = restless_per_h * _SLOT_S / 3600
    bursts = int(wanted) + (uniform(key, slot * 64) < wanted % 1)
    for n in range(bursts):
        length = 6 + int(13 * uniform(key, slot * 64 + 2 * n + 1))
        begins = int((_SLOT_S - length) * uniform(key, slot * 64 + 2 * n + 2))
        if begins <= offset < begins + length:
            return (offset - begins + 1) / length
    return 0.0


def continuous(state: Vitals, *, moving: float, chance: float) -> Iterator[Observation]:
    """Yield heart rate, breathing and saturation of this second.

    Args:
        moving: from `motion`; while above 0 the values are wrong or missing.
        chance: 0 ≤ x < 1, drawn for this second; decides which of them.
    """
    hr, rr, spo2 = state.hr, state.rr, state.spo2
    if moving:
        if chance < 0.5:
            yield _reading("rr", round(rr + 4))
            return
        hr += 12 + 30 * chance
        rr += 6 * chance
        spo2 -= 14 * (chance - 0.4)
    yield _reading("hr", round(hr))
    yield _reading("rr", round(rr))
    yield _reading("spo2", max(50, round(spo2)))


def nothing() -> Iterator[Observation]:
    """Yield what a monitor says of a probe that is off: heart rate and saturation without a value."""
    yield _reading("hr", None)
    yield _reading("spo2", None)


def pressure(state: Vitals) -> Iterator[Observation]:
    """Yield the systolic, diastolic and mean pressure of one inflation."""
    yield _reading("sbp", round(state.sbp))
    yield _reading("dbp", round(state.dbp))
    yield _reading("map", round(state.dbp + (state.sbp - state.dbp) / 3))


def temperature(state: Vitals) -> Iterator[Observation]:
    """Yield the temperature to 0.1 °C."""
    yield _reading("temp", round(state.temp, 1))


def entries(state: Vitals) -> Iterator[Observation]:
    """Yield what the nurse enters on the monitor: oxygen flow and level of consciousness."""
    yield _reading("oxygen", round(state.oxygen, 1))
    yield _reading("consciousness", state.consciousness)


def _reading(alias: str, value: Value) -> Observation:
    return alias, value, UNITS[alias]
