"""The age that counts: from birth, or for whoever was born early, for a while from when the birth was due."""

from dataclasses import dataclass
from typing import Final

TERM_DAYS: Final = 40 * 7
EARLY_DAYS: Final = 37 * 7
VERY_EARLY_DAYS: Final = 32 * 7
_EARLY_UNTIL: Final = 365
_VERY_EARLY_UNTIL: Final = 730


@dataclass(frozen=True, slots=True)
class Age:
    """An age in days as the tables are read with it; below 0 the birth was not due yet, and no table fits."""

    days: int
    corrected: bool = False


def corrected(age_days: int, gestation_days: int | None) -> Age:
    """Return the age to read the tables with.

    Born before 37 weeks, the weeks that were missing to 40 are taken off: until 1 year after the birth, and until
    2 years when it was before 32 weeks. (UK-WHO charts of the RCPCH.)

    Args:
        age_days: since birth.
        gestation_days: at birth; None when it is not known, which is read as a birth at term.
    """
    if gestation_days is None or gestation_days >= EARLY_DAYS:
        return Age(age_days)
    until = _VERY_EARLY_UNTIL if gestation_days < VERY_EARLY_DAYS else _EARLY_UNTIL
    if age_days >= until:
        return Age(age_days)
    return Age(age_days - (TERM_DAYS - gestation_days), corrected=True)
