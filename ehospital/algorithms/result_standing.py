"""Where a result stands beside its usual range: the laboratory's word, unless the number itself says something worse.

Nothing reassures that is not known: without a range and without the laboratory's word a result has no standing. The
words of laboratories are those of HL7 v3 ObservationInterpretation. To let the worse of two sayings stand is the
project's own judgement; it needs the sign-off of a clinician, and `VERSION` changes with it.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final

VERSION: Final = "result-standing-1"


class Standing(StrEnum):
    """Where a result stands."""

    UNKNOWN = "unknown"
    WITHIN = "within"
    LOW = "low"
    VERY_LOW = "very-low"
    HIGH = "high"
    VERY_HIGH = "very-high"
    OUTSIDE = "outside"
    FOUND = "found"
    NOT_FOUND = "not-found"


_LOWER: Final = frozenset({Standing.LOW, Standing.VERY_LOW})
_HIGHER: Final = frozenset({Standing.HIGH, Standing.VERY_HIGH})
URGENT: Final = frozenset({Standing.VERY_LOW, Standing.VERY_HIGH})
OUT_OF_RANGE: Final = _LOWER | _HIGHER | {Standing.OUTSIDE}

_SAID: Final = {
    "N": Standing.WITHIN, "L": Standing.LOW, "LU": Standing.VERY_LOW, "LL": Standing.VERY_LOW, "H": Standing.HIGH,
    "HU": Standing.VERY_HIGH, "HH": Standing.VERY_HIGH, "<": Standing.LOW, ">": Standing.HIGH, "A": Standing.OUTSIDE,
    "AA": Standing.OUTSIDE, "ABN": Standing.OUTSIDE, "POS": Standing.FOUND, "DET": Standing.FOUND,
    "NEG": Standing.NOT_FOUND, "ND": Standing.NOT_FOUND,
}  # fmt: skip


def said(interpretation: str) -> Standing:
    """Return where the laboratory's mark puts a result; UNKNOWN for none, and for one that says nothing of a place."""
    return _SAID.get(interpretation.upper(), Standing.UNKNOWN)


def beside_range(
    value: Decimal | None, *, comparator: str = "", low: Decimal | None = None, high: Decimal | None = None
) -> Standing:
    """Return where a number stands beside its range, both ends included.

    Args:
        value: in the unit of the range; None when there is no number.
        comparator: FHIR's <, <=, >= or >; such a result is placed only where every number that it stands for agrees.
    """
    if value is None or (low is None and high is None):
        return Standing.UNKNOWN
    smallest = None if comparator.startswith("<") else value
    largest = None if comparator.startswith(">") else value
    if low is not None and largest is not None and (largest < low or (largest == low and comparator == "<")):
        return Standing.LOW
    if high is not None and smallest is not None and (smallest > high or (smallest == high and comparator == ">")):
        return Standing.HIGH
    above = low is None or (smallest is not None and smallest >= low)
    below = high is None or (largest is not None and largest <= high)
    return Standing.WITHIN if above and below else Standing.UNKNOWN


def standing(told: Standing, computed: Standing) -> Standing:
    """Return where a result stands, given what the laboratory `said` and where it lies `beside_range`."""
    if told in (Standing.UNKNOWN, Standing.WITHIN) and computed is not Standing.UNKNOWN:
        return computed if told is Standing.UNKNOWN or computed is not Standing.WITHIN else told
    if (told in _LOWER and computed in _HIGHER) or (told in _HIGHER and computed in _LOWER):
        return Standing.OUTSIDE
    return told
