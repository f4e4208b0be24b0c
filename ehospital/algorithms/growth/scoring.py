"""Z-scores by LMS, restricted beyond 3 for what goes by weight, as WHO defines; centiles; and what cannot be true."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erf, exp, log, sqrt
from typing import Final

from ehospital.algorithms.growth.ages import Age
from ehospital.algorithms.growth.reference import (
    LAST_DAY_OF_STANDARDS,
    LYING_UNTIL_DAY,
    Indicator,
    Lms,
    by_age,
    by_height,
)

LYING_IS_LONGER_CM: Final = 0.7
"""A child measures so much more lying than standing."""
_BY_WEIGHT: Final = frozenset({Indicator.WEIGHT, Indicator.BMI, Indicator.WEIGHT_FOR_HEIGHT})
_BELIEVED: Final[Mapping[Indicator, tuple[float, float]]] = {
    Indicator.WEIGHT: (-6, 5), Indicator.HEIGHT: (-6, 6), Indicator.BMI: (-5, 5), Indicator.HEAD: (-5, 5),
    Indicator.WEIGHT_FOR_HEIGHT: (-5, 5),
}  # fmt: skip
"""Outside of these WHO flags a z-score (to two digits) as hardly possible: a slip of measuring, typing or age."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at one time; `lying` is None when nobody said so, and then follows from the age."""

    weight_kg: float | None = None
    height_cm: float | None = None
    lying: bool | None = None
    head_cm: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Where a value stands. `value` is what was compared (cm as if measured in the position of the table).

    `z` has two digits; `implausible` is WHO's flag.
    """

    value: float
    z: float
    implausible: bool

    @property
    def centile(self) -> float:
        """In how many of 100 children of this age and sex the value is lower."""
        return centile(self.z)


def value_at(line: Lms, z: float) -> float:
    """Return the value that has a z-score, by LMS without restriction; a curve is drawn from it, for z from -3 to 3."""
    if abs(line.power) < 1e-9:
        return line.median * exp(line.spread * z)
    return float(line.median * (1 + line.power * line.spread * z) ** (1 / line.power))


def z_score(line: Lms, value: float, *, restricted: bool) -> float:
    """Return the z-score of a value above 0.

    Args:
        restricted: for weight, BMI and weight for height. Beyond 3 the distance between the second and the third
            standard deviation is then the measure, for the tails of those distributions are not known. (Methods, 7.1.)
    """
    if abs(line.power) < 1e-9:
        z = log(value / line.median) / line.spread
    else:
        z = ((value / line.median) ** line.power - 1) / (line.power * line.spread)
    if not restricted or -3 <= z <= 3:
        return z
    side = 3 if z > 0 else -3
    third, second = value_at(line, side), value_at(line, side - side / 3)
    return side + (value - third) / abs(third - second)


def centile(z: float) -> float:
    """Return the share, in percent, of a normal distribution below a z-score."""
    return 50 * (1 + erf(z / sqrt(2)))


def scores(measured: Measured, age: Age, sex: str) -> dict[Indicator, Score]:
    """Return the score of everything that was measured and has a table at this age.

    Length and height are brought to the position of the table: below 731 days lying, from then on standing, 0.7 cm
    apart.
    """
    height = _as_the_table(measured, age)
    weight = measured.weight_kg
    found: dict[Indicator, Score] = {}
    values: dict[Indicator, float | None] = {
        Indicator.WEIGHT: weight,
        Indicator.HEIGHT: height,
        Indicator.BMI: weight / (height / 100) ** 2 if weight and height else None,
        Indicator.HEAD: measured.head_cm,
    }
    for indicator, value in values.items():
        line = by_age(indicator, sex, age.days)
        if value and line:
            found[indicator] = _score(indicator, line, value)
    standing = age.days >= LYING_UNTIL_DAY
    if weight and height and 0 <= age.days <= LAST_DAY_OF_STANDARDS:
        line = by_height(sex, height, standing=standing)
        if line:
            found[Indicator.WEIGHT_FOR_HEIGHT] = _score(Indicator.WEIGHT_FOR_HEIGHT, line, weight)
    return found


def _as_the_table(measured: Measured, age: Age) -> float | None:
    height, wanted_lying = measured.height_cm, age.days < LYING_UNTIL_DAY
    if height is None or measured.lying is None or measured.lying == wanted_lying:
        return height
    return height + (LYING_IS_LONGER_CM if wanted_lying else -LYING_IS_LONGER_CM)


def _score(indicator: Indicator, line: Lms, value: float) -> Score:
    z = round(z_score(line, value, restricted=indicator in _BY_WEIGHT), 2)
    low, high = _BELIEVED[indicator]
    return Score(value, z, not low <= z <= high)
