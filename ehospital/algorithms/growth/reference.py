"""WHO's tables: L, M and S by age in days (to 1856), by month (61 to 228), and by length or height."""

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from math import floor
from typing import Final, NamedTuple

LYING_UNTIL_DAY: Final = 731
"""Below this age a child is measured lying (length), from it on standing (height)."""
LAST_DAY_OF_STANDARDS: Final = 1856
DAYS_OF_MONTH: Final = 30.4375
_FIRST_MONTH: Final = 61
_SHORTEST_MM: Final = {"weight-for-length": 450, "weight-for-height": 650}
_LONGEST_MM: Final = {"weight-for-length": 1100, "weight-for-height": 1200}


class Indicator(StrEnum):
    """What is compared."""

    WEIGHT = "weight"
    HEIGHT = "height"
    BMI = "bmi"
    HEAD = "head"
    WEIGHT_FOR_HEIGHT = "weight-for-height"


class Lms(NamedTuple):
    """Power, median and coefficient of variation of one line of a table."""

    power: float
    median: float
    spread: float


_FILES: Final = {
    Indicator.WEIGHT: "weight-for-age", Indicator.HEIGHT: "height-for-age", Indicator.BMI: "bmi-for-age",
    Indicator.HEAD: "head-circumference-for-age",
}  # fmt: skip
_LAST_MONTH: Final = {Indicator.WEIGHT: 120, Indicator.HEIGHT: 228, Indicator.BMI: 228}


@cache
def table(name: str) -> Mapping[str, Mapping[str, Lms]]:
    """Return one file by sex (f, m) and its x: d0, m61, or millimetres."""
    found: dict[str, dict[str, Lms]] = {"f": {}, "m": {}}
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        found[row["sex"]][row["x"]] = Lms(float(row["l"]), float(row["m"]), float(row["s"]))
    return found


def last_day(indicator: Indicator) -> int:
    """Return the last day of age for which there is a table."""
    months = _LAST_MONTH.get(indicator)
    return floor(months * DAYS_OF_MONTH) if months else LAST_DAY_OF_STANDARDS


def by_age(indicator: Indicator, sex: str, age_days: int) -> Lms | None:
    """Return the line for an age; None where WHO has none.

    The standards are read day by day; the reference is read by months of 30.4375 days, between two months straight.

    Args:
        indicator: any but weight for height.
        sex: female or male; for others WHO has no table.
    """
    if indicator not in _FILES or sex not in ("female", "male") or not 0 <= age_days <= last_day(indicator):
        return None
    lines = table(_FILES[indicator])[sex[0]]
    if age_days <= LAST_DAY_OF_STANDARDS:
        return lines[f"d{age_days}"]
    months = age_days / DAYS_OF_MONTH
    low = max(_FIRST_MONTH, floor(months))
    return between(lines[f"m{low}"], lines.get(f"m{low + 1}"), months - low)


def by_height(sex: str, height_cm: float, *, standing: bool) -> Lms | None:
    """Return the line of weight for length (45 to 110 cm, lying) or for height (65 to 120 cm, standing), or None.

    The tables go by millimetres; what lies between two of them is read straight between.
    """
    name = "weight-for-height" if standing else "weight-for-length"
    mm = round(height_cm * 10, 6)
    if sex not in ("female", "male") or not _SHORTEST_MM[name] <= mm <= _LONGEST_MM[name]:
        return None
    lines, low = table(name)[sex[0]], floor(mm)
    return between(lines[str(low)], lines.get(str(low + 1)), mm - low)


def between(low: Lms, high: Lms | None, share: float) -> Lms:
    """Return the line that lies so far between two."""
    if high is None or share <= 0:
        return low
    return Lms(*(one + (other - one) * share for one, other in zip(low, high, strict=True)))
