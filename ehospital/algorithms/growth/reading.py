"""What WHO calls a z-score: stunted, underweight, wasted, overweight."""

from enum import StrEnum
from typing import Final

from ehospital.algorithms.growth.reference import LAST_DAY_OF_STANDARDS, Indicator


class Reading(StrEnum):
    """One name. WHO has none for a high weight for age (the BMI tells) and none for the head."""

    SEVERELY_STUNTED = "severely-stunted"
    STUNTED = "stunted"
    SEVERELY_UNDERWEIGHT = "severely-underweight"
    UNDERWEIGHT = "underweight"
    SEVERELY_WASTED = "severely-wasted"
    WASTED = "wasted"
    RISK_OF_OVERWEIGHT = "risk-of-overweight"
    OVERWEIGHT = "overweight"
    OBESE = "obese"
    SEVERELY_THIN = "severely-thin"
    THIN = "thin"
    USUAL = "usual"


_LOW: Final = {
    Indicator.HEIGHT: (Reading.SEVERELY_STUNTED, Reading.STUNTED),
    Indicator.WEIGHT: (Reading.SEVERELY_UNDERWEIGHT, Reading.UNDERWEIGHT),
    Indicator.BMI: (Reading.SEVERELY_WASTED, Reading.WASTED),
    Indicator.WEIGHT_FOR_HEIGHT: (Reading.SEVERELY_WASTED, Reading.WASTED),
}
_HIGH_OF_YOUNG: Final = ((3, Reading.OBESE), (2, Reading.OVERWEIGHT), (1, Reading.RISK_OF_OVERWEIGHT))
_HIGH_OF_OLDER: Final = ((2, Reading.OBESE), (1, Reading.OVERWEIGHT))


def reading(indicator: Indicator, z: float, age_days: int) -> Reading:
    """Return what a z-score is called: below -3 and -2, and above 1, 2 and 3; exactly on a line belongs to the middle.

    From 5 years on a low BMI is thinness, and overweight begins above 1, obesity above 2.
    """
    young = age_days <= LAST_DAY_OF_STANDARDS
    severe, low = _LOW.get(indicator, (Reading.USUAL, Reading.USUAL))
    if indicator == Indicator.BMI and not young:
        severe, low = Reading.SEVERELY_THIN, Reading.THIN
    if z < -3:
        return severe
    if z < -2:
        return low
    if indicator in (Indicator.BMI, Indicator.WEIGHT_FOR_HEIGHT):
        above = _HIGH_OF_YOUNG if young else _HIGH_OF_OLDER
        return next((name for limit, name in above if z > limit), Reading.USUAL)
    return Reading.USUAL
