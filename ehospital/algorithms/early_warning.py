"""NEWS2, the National Early Warning Score: how ill an adult looks from seven bedside observations.

Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, London, December 2017 (chart 1 for the
points, chart 4 for thresholds and responses, chart 5 for the frequency of monitoring). Not valid under 16 years and in
pregnancy.

Integers are rounded half-up before they are scored; temperature half-up to 0.1 °C, in decimal arithmetic, so 38.05
scores as 38.1 whatever its binary neighbour is.

An incomplete set is *partial*: it proves at least what its parts prove and never more reassurance than that. Its band
is "unknown" until the parts present prove a raised one. A part that cannot be scored (saturation at or above 93 % on
scale 2 while oxygen is unknown) is left out, and the parameter that would settle it is missing.

`VERSION` names the points, the rounding and these rules; it is stored with every score.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite
from types import MappingProxyType
from typing import Any, Final

from ehospital.kernel.codes import CONSCIOUSNESS, OBSERVATIONS
from ehospital.kernel.frames import SENTINELS

VERSION: Final = "news2-rcp2017-1"
PARAMETERS: Final = ("rr", "spo2", "oxygen", "sbp", "hr", "consciousness", "temp")
YOUNGEST_YEARS: Final = 16

ROUTINE: Final = "routine-12h"
FOUR_TO_SIX_HOURS: Final = "4-6h"
HOURLY_WARD: Final = "hourly-urgent-ward"
HOURLY: Final = "hourly-urgent"
CONTINUOUS: Final = "continuous-emergency"

MEDIUM_SCORE: Final = 5
HIGH_SCORE: Final = 7

Number = int | float | Decimal


class NotApplicable(ValueError):
    """NEWS2 is not valid for this patient: under 16 years, or pregnant."""


class MalformedObservations(ValueError):
    """An observation set cannot be scored as given; the message names the key and what it should hold."""


@dataclass(frozen=True, slots=True)
class Observations:
    """One observation set; None means not observed (or too old to count).

    rr, hr per minute; spo2 %; oxygen L/min, 0 for air; sbp mmHg; temp °C; consciousness A, C, V, P or U; `spo2_scale` 2
    only where a clinician set a target of 88-92 %.
    """

    rr: Number | None = None
    spo2: Number | None = None
    oxygen: Number | None = None
    sbp: Number | None = None
    hr: Number | None = None
    consciousness: str | None = None
    temp: Number | None = None
    spo2_scale: int = 1
    age_years: Number | None = None
    pregnant: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the parts that could be scored, and what it asks for.

    `band` is zero, low, low-medium, medium, high, or unknown for a partial set that proves no raised band. `response`
    is one of the five of the contract; for a partial set it is the least that the parts present prove, None when they
    prove nothing. `single_three` tells that one parameter alone scored 3.
    """

    score: int
    partial: bool
    missing: tuple[str, ...]
    parts: Mapping[str, int]
    single_three: bool
    response: str | None
    band: str
    version: str = field(default=VERSION)


# (highest value that still earns the points, points); the last entry has no upper end.
_BANDS: Final[Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]] = MappingProxyType(
    {
        "rr": ((8, 11, 20, 24), (3, 1, 0, 2, 3)),
        "spo2": ((91, 93, 95), (3, 2, 1, 0)),
        "spo2 scale 2, low": ((83, 85, 87), (3, 2, 1, 0)),
        "spo2 scale 2, on oxygen": ((83, 85, 87, 92, 94, 96), (3, 2, 1, 0, 1, 2, 3)),
        "sbp": ((90, 100, 110, 219), (3, 2, 1, 0, 3)),
        "hr": ((40, 50, 90, 110, 130), (3, 1, 0, 1, 2, 3)),
        "temp": ((350, 360, 380, 390), (3, 1, 0, 1, 2)),  # tenths of a degree
    }
)
_TARGET_TOP: Final = 92  # above it, scale 2 depends on whether the patient breathes oxygen

_INTERVALS: Final[Mapping[str, tuple[timedelta, timedelta]]] = MappingProxyType(
    {
        ROUTINE: (timedelta(hours=12), timedelta(hours=12)),
        FOUR_TO_SIX_HOURS: (timedelta(hours=4), timedelta(hours=6)),
        HOURLY_WARD: (timedelta(hours=1), timedelta(hours=1)),
        HOURLY: (timedelta(hours=1), timedelta(hours=1)),
        CONTINUOUS: (timedelta(0), timedelta(0)),
    }
)


def score(observations: Observations) -> Score:
    """Score one observation set with NEWS2.

    Raises:
        NotApplicable: under 16 years, or pregnant.
        MalformedObservations: a value that no body and no sensor can produce, or of the wrong type.
    Source: RCP 2017, charts 1 and 4.
    """
    _refuse_who_is_not_covered(observations)
    parts: dict[str, int] = {}
    missing: list[str] = []
    for name in PARAMETERS:
        value = getattr(observations, name)
        if value is None:
            missing.append(name)
            continue
        points = _points(name, value, observations)
        if points is not None:
            parts[name] = points
    total = sum(parts.values())
    single_three = 3 in parts.values()
    response, band = _answer(total, single_three, bool(missing))
    return Score(total, bool(missing), tuple(missing), MappingProxyType(parts), single_three, response, band)


def from_readings(
    readings: Mapping[str, float],
    *,
    consciousness: str | None = None,
    spo2_scale: int = 1,
    age_years: Number | None = None,
    pregnant: bool = False,
) -> Observations:
    """Build an observation set from readings by alias; the oximeter's pulse stands in when there is no heart rate."""
    heart_rate = readings.get("hr")
    return Observations(
        rr=readings.get("rr"),
        spo2=readings.get("spo2"),
        oxygen=readings.get("oxygen"),
        sbp=readings.get("sbp"),
        hr=readings.get("pulse") if heart_rate is None else heart_rate,
        consciousness=consciousness,
        temp=readings.get("temp"),
        spo2_scale=spo2_scale,
        age_years=age_years,
        pregnant=pregnant,
    )


def score_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Score the JSON form of the contract; missing keys, null and vendors' "no reading" values count as not observed.

    Args:
        given: rr, spo2, oxygen, sbp, hr (or pulse), consciousness, temp, spo2_scale, age_years, pregnant; others are
            ignored.
    Returns:
        score, partial, missing, parts, single_three, response (null when nothing is proved), band, version.
    Raises:
        NotApplicable, MalformedObservations: as `score`.
    """
    if not isinstance(given, Mapping):
        raise MalformedObservations('an observation set is a JSON object such as {"rr": 18, "spo2": 97}')
    values = {name: _missing_if_sentinel(given.get(name)) for name in PARAMETERS}
    if values["hr"] is None:
        values["hr"] = _missing_if_sentinel(given.get("pulse"))
    level = values["consciousness"]
    if isinstance(level, str):
        values["consciousness"] = level.strip().upper() or None
    scale, pregnant = given.get("spo2_scale"), given.get("pregnant")
    observations = Observations(
        **values,
        spo2_scale=1 if scale is None else scale,
        age_years=given.get("age_years"),
        pregnant=False if pregnant is None else pregnant,
    )
    result = score(observations)
    return {
        "score": result.score,
        "partial": result.partial,
        "missing": list(result.missing),
        "parts": dict(result.parts),
        "single_three": result.single_three,
        "response": result.response,
        "band": result.band,
        "version": result.version,
    }


def next_due(score: Score, last_set_at: datetime) -> datetime:
    """Return when the next observation set is due; while the band is unknown at once, to complete the set.

    Source: RCP 2017, chart 5: 12 hours, 4 to 6 hours (due at 4), 1 hour, continuous (always due).
    """
    return last_set_at + _interval(score)[0]


def late_after(score: Score, last_set_at: datetime) -> datetime:
    """Return the instant after which the next set is late: as `next_due`, but 6 hours where chart 5 says 4 to 6."""
    return last_set_at + _interval(score)[1]


def _interval(score: Score) -> tuple[timedelta, timedelta]:
    if score.response is None or score.band == "unknown":
        return timedelta(0), timedelta(0)
    return _INTERVALS[score.response]


def _answer(total: int, single_three: bool, partial: bool) -> tuple[str | None, str]:
    """Return (response, band). Points only add up, so what a partial set reaches, the complete set reaches too."""
    if total >= HIGH_SCORE:
        return CONTINUOUS, "high"
    if total >= MEDIUM_SCORE:
        return HOURLY, "medium"
    if single_three:
        return HOURLY_WARD, "low-medium"
    if total >= 1:
        return FOUR_TO_SIX_HOURS, "unknown" if partial else "low"
    return (None, "unknown") if partial else (ROUTINE, "zero")


def _points(name: str, value: Any, observations: Observations) -> int | None:
    """Return the points of one observed value; None when another, missing parameter decides them."""
    if name == "consciousness":
        if not isinstance(value, str) or value not in CONSCIOUSNESS:
            raise MalformedObservations(f"consciousness is {_shown(value)}; use A, C, V, P or U")
        return 0 if value == "A" else 3
    number = _plausible(name, value)
    if name == "oxygen":
        return 2 if number > 0 else 0
    table = name
    if name == "spo2" and observations.spo2_scale == 2:
        table = "spo2 scale 2, low"
        if _rounded(number, 1) > _TARGET_TOP and observations.oxygen != 0:
            if observations.oxygen is None:
                return None
            table = "spo2 scale 2, on oxygen"
    tops, points = _BANDS[table]
    return points[bisect_left(tops, _rounded(number, 10 if name == "temp" else 1))]


def _plausible(name: str, value: Any) -> Number:
    row = OBSERVATIONS[name]
    if not _is_number(value):
        raise MalformedObservations(f"{name} is {_shown(value)}; it must be a number in {row.unit}, or left out")
    if not row.lowest <= value <= row.highest:
        limits = f"{row.lowest:g} to {row.highest:g} {row.unit}"
        raise MalformedObservations(f"{name} is {_shown(value)}; a body and a sensor can only produce {limits}")
    number: Number = value
    return number


def _is_number(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    # Python refuses to print an integer of more than 4,300 digits.
    return "an enormous number" if isinstance(value, int) and value.bit_length() > 128 else f"{value!r:.40}"


def _rounded(value: Number, parts_per_unit: int) -> int:
    """Round half-up to whole parts: 1 for integers, 10 for tenths. All values here are above zero."""
    if isinstance(value, int):
        return value * parts_per_unit
    return _rounded_decimal(repr(value) if isinstance(value, float) else str(value), parts_per_unit)


@lru_cache(maxsize=4096)
def _rounded_decimal(text: str, parts_per_unit: int) -> int:
    # From the printed decimal, not from the binary fraction: 38.05 means 38.05 to the person who measured it.
    return int((Decimal(text) * parts_per_unit).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _refuse_who_is_not_covered(observations: Observations) -> None:
    age, scale = observations.age_years, observations.spo2_scale
    if isinstance(scale, bool) or scale not in (1, 2):
        raise MalformedObservations(f"spo2_scale is {_shown(scale)}; it is 1, or 2 where a target of 88-92 % was set")
    if not isinstance(observations.pregnant, bool):
        raise MalformedObservations(f"pregnant is {_shown(observations.pregnant)}; it is true or false")
    if age is not None:
        if not _is_number(age) or not 0 <= age <= 150:
            raise MalformedObservations(f"age_years is {_shown(age)}; it is a number of years from 0 to 150")
        if age < YOUNGEST_YEARS:
            raise NotApplicable(f"NEWS2 is not valid under {YOUNGEST_YEARS} years; use a paediatric score")
    if observations.pregnant:
        raise NotApplicable("NEWS2 is not valid in pregnancy; use a maternity score")


def _missing_if_sentinel(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and value in SENTINELS:
        return None
    return value
