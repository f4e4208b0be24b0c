"""Numbers and units of results as people read them; where a result stands is always decided by the exact number."""

import re
from decimal import Decimal
from typing import Final

DIGITS_AS_THEY_COME, DIGITS_OF_A_LONG_NUMBER = 6, 4

_UNITS: Final = {
    "mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "kg/m2": "kg/m²", "umol/L": "µmol/L", "ug/L": "µg/L",
    "ug/mL": "µg/mL", "m[IU]/L": "mIU/L", "m[IU]/mL": "mIU/mL", "10*3/uL": "10³/µL", "10*6/uL": "10⁶/µL",
    "10*9/L": "10⁹/L", "10*12/L": "10¹²/L",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²", "pH": "", "1": "",
}  # fmt: skip
_ANNOTATION: Final = re.compile(r"\{[^}]*\}|\((?:score)\)")
_COMPARATORS: Final = {"<=": "≤", ">=": "≥"}


def normalised(value: Decimal | None) -> str:
    """Return a number with the digits that were written, never in powers of ten."""
    return "" if value is None else format(value, "f")


def rounded(value: Decimal) -> Decimal:
    """Return a number without the digits that no laboratory measures: four digits, where more than six came.

    Only what stands behind the point is rounded.
    """
    parts = value.as_tuple()
    assert isinstance(parts.exponent, int)
    if len(parts.digits) <= DIGITS_AS_THEY_COME or parts.exponent >= 0:
        return value
    before_point = value.adjusted() + 1  # below nought for 0.001: its noughts are not counted
    return value.quantize(Decimal(1).scaleb(-max(0, DIGITS_OF_A_LONG_NUMBER - before_point)))


def readable(value: Decimal | None) -> str:
    """Return a number to read: `rounded`, then `normalised`."""
    return "" if value is None else normalised(rounded(value))


def comparator_sign(comparator: str) -> str:
    """Return FHIR's <= and >= as people write them."""
    return _COMPARATORS.get(comparator, comparator)


def unit_words(unit: str) -> str:
    """Return a UCUM unit as people write it: mm[Hg] is mmHg, and a score has none."""
    return _UNITS.get(unit, _ANNOTATION.sub("", unit).strip().rstrip("/") if unit else "")
