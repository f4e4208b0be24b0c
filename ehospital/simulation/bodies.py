"""A made-up body: what is true in it at any second. What a monitor sees of that is in `measuring`.

The signals move together: one arousal (pain, a visitor, a dream) lifts heart rate, breathing and pressure at once; a
slower tide does the same over half an hour; temperature, pulse and pressure fall at night. Every series is AR(1), and
the same seed and bed give the same body for ever.
"""

import math
import random
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ehospital.simulation.noise import Wander, stream_key

_DAY_S = 86_400.0
# Values that score one point of NEWS2 each, somewhere in the middle of their band.
_COMPLAINTS = {"hr": (95.0, 101.0), "spo2": (94.3, 95.0), "sbp": (104.5, 107.0), "temp": (38.3, 38.6)}


@dataclass(frozen=True, slots=True)
class Vitals:
    """The state of a body, or what a story aims at.

    Attributes:
        hr: heart beats per minute.
        rr: breaths per minute.
        spo2: oxygen saturation, %.
        sbp: systolic pressure, mmHg.
        dbp: diastolic pressure, mmHg.
        temp: core temperature, °C.
        oxygen: oxygen given, L/min; 0 is air.
        consciousness: A, C, V, P or U.
    """

    hr: float
    rr: float
    spo2: float
    sbp: float
    dbp: float
    temp: float
    oxygen: float = 0.0
    consciousness: str = "A"


@dataclass(frozen=True, slots=True)
class Leaning:
    """How a patient differs at rest from the crowd; None leaves the crowd's value.

    `irregular` beats (atrial fibrillation) scatter from second to second; `restless_per_h` counts the bursts of motion
    in an hour that spoil the signals; with `complaints` half of the bodies have a value that scores a point, or two.
    """

    hr: float | None = None
    rr: float | None = None
    spo2: float | None = None
    sbp: float | None = None
    temp: float | None = None
    oxygen: float = 0.0
    irregular: bool = False
    restless_per_h: float = 0.8
    complaints: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """One patient's resting state and the series that move it."""

    rest: Vitals
    irregular: bool
    arousal: Wander
    tide: Wander
    beat: Wander
    breath: Wander
    gas: Wander
    gas_tide: Wander
    pressure: Wander
    heat: Wander

    def at(self, t: float, aim: Vitals, *, utc_offset_s: float = 0.0) -> Vitals:
        """Return what is true in this body.

        Args:
            t: seconds since 1970 (UTC).
            aim: where rest or a story holds the body now.
            utc_offset_s: local time minus UTC, for the hour of the body's own clock.
        """
        evening = math.cos(2 * math.pi * (t + utc_offset_s - 17.5 * 3600) / _DAY_S)
        arousal, tide = self.arousal.at(t), self.tide.at(t)
        scatter = 9.0 if self.irregular else 0.9
        sbp = aim.sbp + 3.0 * arousal + 3.5 * tide + 2.0 * self.pressure.at(t) + 4.0 * evening
        # Shock narrows the pulse pressure: the diastolic falls less than the systolic.
        dbp = sbp * aim.dbp / aim.sbp + 1.2 * arousal
        return Vitals(
            hr=max(20.0, aim.hr + 2.2 * arousal + 2.2 * tide + scatter * self.beat.at(t) + 3.0 * evening),
            rr=max(3.0, aim.rr + 0.45 * arousal + 0.45 * tide + 0.55 * self.breath.at(t) + 0.4 * evening),
            spo2=min(100.0, aim.spo2 + 0.35 * self.gas.at(t) + 0.4 * self.gas_tide.at(t) + 0.15 * evening),
            sbp=sbp,
            dbp=dbp,
            temp=aim.temp + 0.1 * self.heat.at(t) + 0.22 * evening,
            oxygen=aim.oxygen,
            consciousness=aim.consciousness,
        )


@lru_cache(maxsize=4096)
def body_of(seed: int, bed: str, leaning: Leaning, age: int) -> Body:
    """Return the body that lies in this bed; the same arguments always give the same one.

    Args:
        age: years; pressure rises with it.
    """
    chance = random.Random(f"{seed}/{bed}/rest")
    sbp = 118 + 0.28 * (age - 40) + chance.gauss(0, 7)
    rest = Vitals(
        hr=chance.uniform(60, 86),
        rr=chance.uniform(13.8, 17.2),
        spo2=chance.uniform(96.4, 98.2),
        sbp=min(150.0, max(118.0, sbp)),
        dbp=0.0,
        temp=chance.uniform(36.5, 37.1),
        oxygen=leaning.oxygen,
    )
    # Whoever lies in hospital is seldom quite well: half of them have a point or two, for good.
    complaints = chance.sample(sorted(_COMPLAINTS), chance.choices((0, 1, 2), (50, 32, 18))[0])
    if leaning.complaints:
        troubled: dict[str, Any] = {name: chance.uniform(*_COMPLAINTS[name]) for name in complaints}
        rest = replace(rest, **troubled)
    own = {n: v for n in ("hr", "rr", "spo2", "sbp", "temp") if (v := getattr(leaning, n)) is not None}
    rest = replace(rest, **own)
    rest = replace(rest, dbp=rest.sbp * chance.uniform(0.54, 0.63))

    def wander(channel: str, memory_s: float, step_s: float = 1.0) -> Wander:
        return Wander(stream_key(seed, bed, channel), memory_s, step_s)

    return Body(
        rest=rest,
        irregular=leaning.irregular,
        arousal=wander("arousal", 25),
        tide=wander("tide", 1500, 60),
        beat=wander("beat", 1.5 if leaning.irregular else 5),
        breath=wander("breath", 15),
        gas=wander("gas", 20),
        gas_tide=wander("gas tide", 900, 60),
        pressure=wander("pressure", 120, 30),
        heat=wander("heat", 14_400, 600),
    )
