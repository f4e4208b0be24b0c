"""What a bedside monitor reports of a body: whole numbers, a cuff now and then, motion, a probe that falls off.

A ward monitor measures heart rate and breathing (chest electrodes), saturation and pulse (finger probe) all the time,
pressure every few minutes and temperature once a minute. The flow of oxygen and the level of consciousness are entered
by the nurse on the monitor's own screen.
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
    "pulse": "/min",
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
        round_s: when a round reaches this bed.
    """

    cuff_every_s: int
    entries_every_s: int
    phase_s: int
    round_s: int

    def last_cuff(self, second: int) -> int:
        """Return the second of the newest inflation at or before `second`."""
        return second - (second - self.phase_s) % self.cuff_every_s

    def cuff_due(self, second: int) -> bool:
        """Tell whether the cuff reads at this second."""
        return (second - self.phase_s) % self.cuff_every_s == 0

    def temperature_due(self, second: int) -> bool:
        """Tell whether the probe reports at this second: once a minute."""
        return (second - self.phase_s - 7) % 60 == 0

    def last_entries(self, second: int) -> int:
        """Return the second at which the nurse last entered oxygen and consciousness, at or before `second`."""
        return second - (second - self.round_s) % self.entries_every_s

    def entries_due(self, second: int) -> bool:
        """Tell whether the nurse enters oxygen and consciousness at this second."""
        return (second - self.round_s) % self.entries_every_s == 0


@lru_cache(maxsize=4096)
def _motion_key(seed: int, bed: str) -> int:
    return stream_key(seed, bed, "motion")


def motion(seed: int, bed: str, second: int, restless_per_h: float) -> float:
    """Return the spike that motion makes at this second (0 < x < 1), 0 when the signal is clean.

    A burst lasts 6 to 18 seconds and spoils every other one of them. Every slot of five minutes has
    `restless_per_h / 12` bursts, the fraction by chance.
    """
    slot, offset = divmod(second, _SLOT_S)
    key = _motion_key(seed, bed)
    wanted = restless_per_h * _SLOT_S / 3600
    bursts = int(wanted) + (uniform(key, slot * 1024) < wanted % 1)
    for n in range(bursts):
        length = 6 + int(13 * uniform(key, slot * 1024 + 2 * n + 1))
        begins = int((_SLOT_S - length) * uniform(key, slot * 1024 + 2 * n + 2))
        if begins <= offset < begins + length and second % 2 == 0:
            return 0.001 + 0.998 * uniform(key, slot * 1024 + 512 + offset)
    return 0.0


def electrodes(state: Vitals, *, spike: float = 0.0) -> Iterator[Observation]:
    """Yield heart rate and breathing of this second; a `spike` of motion below 0.5 counts beats that are none."""
    yield _reading("hr", round(state.hr + (95 + 40 * spike if 0 < spike < 0.5 else 0)))
    yield _reading("rr", round(state.rr))


def probe(state: Vitals, *, deficit: float = 0.0, spike: float = 0.0) -> Iterator[Observation]:
    """Yield saturation and pulse of this second.

    Args:
        deficit: share of heart beats that do not reach the finger (fast atrial fibrillation).
        spike: of motion, from 0.5 to 1: a saturation that no body has from one second to the next.
    """
    yield _reading("spo2", max(50, round(state.spo2 - (22 + 8 * spike if spike >= 0.5 else 0))))
    yield _reading("pulse", round(state.hr * (1.0 - deficit)))


def probe_off() -> Iterator[Observation]:
    """Yield what a monitor says of a finger probe that is off: saturation and pulse without a value."""
    yield _reading("spo2", None)
    yield _reading("pulse", None)


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
