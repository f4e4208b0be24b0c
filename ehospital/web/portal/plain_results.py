"""A result in plain words: what was measured, the value, and where it stands beside the usual range.

Nothing reassures that is not known: without a range and without the laboratory's own word, a result has no standing.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical.queries import Result
from ehospital.kernel.codes import alias_of
from ehospital.web.portal.plain_tests import plain_test


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


WORDS: Final[dict[Standing, Promise]] = {
    Standing.UNKNOWN: gettext_lazy("no usual range given"),
    Standing.WITHIN: gettext_lazy("within the usual range"),
    Standing.LOW: gettext_lazy("lower than usual"),
    Standing.VERY_LOW: gettext_lazy("much lower than usual"),
    Standing.HIGH: gettext_lazy("higher than usual"),
    Standing.VERY_HIGH: gettext_lazy("much higher than usual"),
    Standing.OUTSIDE: gettext_lazy("not as usual"),
    Standing.FOUND: gettext_lazy("positive: it was found"),
    Standing.NOT_FOUND: gettext_lazy("negative: it was not found"),
}
# HL7 v3 ObservationInterpretation, as laboratories send it.
_SAID: Final = {
    "N": Standing.WITHIN, "L": Standing.LOW, "LU": Standing.VERY_LOW, "LL": Standing.VERY_LOW, "H": Standing.HIGH,
    "HU": Standing.VERY_HIGH, "HH": Standing.VERY_HIGH, "<": Standing.LOW, ">": Standing.HIGH, "A": Standing.OUTSIDE,
    "AA": Standing.OUTSIDE, "ABN": Standing.OUTSIDE, "POS": Standing.FOUND, "DET": Standing.FOUND,
    "NEG": Standing.NOT_FOUND, "ND": Standing.NOT_FOUND,
}  # fmt: skip
_LOWER, _HIGHER = {Standing.LOW, Standing.VERY_LOW}, {Standing.HIGH, Standing.VERY_HIGH}
DIGITS_AS_THEY_COME, DIGITS_OF_A_LONG_NUMBER = 6, 4
URGENT = frozenset({Standing.VERY_LOW, Standing.VERY_HIGH})
OUT_OF_RANGE = frozenset({*_LOWER, *_HIGHER, Standing.OUTSIDE})

_UNITS: Final = {
    "mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "kg/m2": "kg/m²", "umol/L": "µmol/L", "ug/L": "µg/L",
    "ug/mL": "µg/mL", "m[IU]/L": "mIU/L", "m[IU]/mL": "mIU/mL", "10*3/uL": "10³/µL", "10*6/uL": "10⁶/µL",
    "10*9/L": "10⁹/L", "10*12/L": "10¹²/L",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²", "pH": "", "1": "",
}  # fmt: skip
_ANNOTATION: Final = re.compile(r"\{[^}]*\}|\((?:score)\)")
_PROPERTY: Final = re.compile(r"\s*\[[^\]]*\]")
_SEMANTIC_TAG: Final = re.compile(
    r"\s*\((?:disorder|finding|situation|procedure|regime/therapy|event|substance|product|organism"
    r"|morphologic abnormality|observable entity|person|environment|record artifact|body structure|qualifier value)\)$"
)


@dataclass(frozen=True, slots=True)
class PlainResult:
    """One result as a patient reads it; a panel has parts, and a blood pressure reads 120/80.

    `value` and `unit` read from left to right in every language; `text` is a value in words. `key` is the address of
    the results of the same test over time.
    """

    name: str
    formal: str
    about: str
    value: str
    unit: str
    text: str
    standing: Standing
    usual: str
    at: datetime
    precision: str
    preliminary: bool
    note: str
    rounded: bool
    key: str
    parts: tuple["PlainResult", ...] = ()

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return str(WORDS[self.standing])

    @property
    def urgent(self) -> bool:
        """Whether it lies so far outside that somebody should have talked with the patient about it."""
        return self.standing in URGENT or any(part.standing in URGENT for part in self.parts)

    @property
    def out_of_range(self) -> bool:
        """Whether it, or a part of it, lies outside the usual range."""
        return self.standing in OUT_OF_RANGE or any(part.standing in OUT_OF_RANGE for part in self.parts)

    @property
    def known(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.value or self.text or self.parts)


def plain(result: Result) -> PlainResult:
    """Return a result in plain words."""
    test = plain_test(result.code_system, result.code)
    formal = plain_words(result.display)
    parts = tuple(plain(part) for part in result.parts)
    return PlainResult(
        name=str(test.name) if test else formal,
        formal=result.display,
        about=str(test.about) if test else "",
        value=_pair(result.parts) or _number(result),
        unit=unit(result.parts[0] if _pair(result.parts) else result),
        text=result.value_text
        or (_("No value: {reason}").format(reason=result.absent_reason) if result.absent_reason else ""),
        standing=standing(result),
        usual=usual(result),
        at=result.effective_at,
        precision=result.effective_precision,
        preliminary=result.status in {"preliminary", "unknown"},
        note=result.note,
        rounded=result.value is not None and rounded(result.value) != result.value,
        key=key_of(result.concept),
        parts=parts,
    )


def plain_words(display: str) -> str:
    """Return a vocabulary's words without what only machines need: “(disorder)”, “[Mass/volume]”."""
    text = display.replace("\u200b", "")
    return _SEMANTIC_TAG.sub("", _PROPERTY.sub("", text)).strip() or display


def standing(result: Result) -> Standing:
    """Return where a result stands: the laboratory's word, unless the number itself says something worse."""
    said = _SAID.get(result.interpretation.upper(), Standing.UNKNOWN)
    computed = _beside_range(result)
    if said in (Standing.UNKNOWN, Standing.WITHIN) and computed is not Standing.UNKNOWN:
        return computed if said is Standing.UNKNOWN or computed is not Standing.WITHIN else said
    if (said in _LOWER and computed in _HIGHER) or (said in _HIGHER and computed in _LOWER):
        return Standing.OUTSIDE
    return said


def _beside_range(result: Result) -> Standing:
    value, low, high = result.value, result.reference_low, result.reference_high
    if value is None or (low is None and high is None):
        return Standing.UNKNOWN
    # “less than 5” and “more than 5” have no place of their own; they are decided only where every such number agrees.
    smallest = None if result.comparator.startswith("<") else value
    largest = None if result.comparator.startswith(">") else value
    if low is not None and largest is not None and (largest < low or (largest == low and result.comparator == "<")):
        return Standing.LOW
    if (
        high is not None
        and smallest is not None
        and (smallest > high or (smallest == high and result.comparator == ">"))
    ):
        return Standing.HIGH
    above = low is None or (smallest is not None and smallest >= low)
    below = high is None or (largest is not None and largest <= high)
    return Standing.WITHIN if above and below else Standing.UNKNOWN


def usual(result: Result) -> str:
    """Return the usual range as it is written; empty when there is none."""
    low, high = written(result.reference_low), written(result.reference_high)
    end = f" {unit(result)}".rstrip()
    if low and high:
        return f"{low} – {high}{end}"
    if high:
        return f"≤ {high}{end}"
    if low:
        return f"≥ {low}{end}"
    return result.reference_text


def written(value: Decimal | None) -> str:
    """Return a number with the digits that were written, never in powers of ten."""
    return "" if value is None else format(value, "f")


def rounded(value: Decimal) -> Decimal:
    """Return a number without the digits that no laboratory measures: four digits, where more than six came.

    Only what stands behind the point is rounded; where a result stands is decided by the exact number.
    """
    parts = value.as_tuple()
    assert isinstance(parts.exponent, int)
    if len(parts.digits) <= DIGITS_AS_THEY_COME or parts.exponent >= 0:
        return value
    before_point = value.adjusted() + 1  # below nought for 0.001: its noughts are not counted
    return value.quantize(Decimal(1).scaleb(-max(0, DIGITS_OF_A_LONG_NUMBER - before_point)))


def unit(result: Result) -> str:
    """Return the unit as people write it: mm[Hg] is mmHg, and a score has none."""
    own = result.unit or result.ucum
    return _UNITS.get(own, _ANNOTATION.sub("", own).strip().rstrip("/") if own else "")


def _number(result: Result) -> str:
    shown = {"<=": "≤", ">=": "≥"}.get(result.comparator, result.comparator)
    return f"{shown} {written(rounded(result.value))}".strip() if result.value is not None else ""


def _pair(parts: Sequence[Result]) -> str:
    """Return a blood pressure as people write it, empty for every other panel."""
    if [alias_of(part.code) for part in parts] not in (["sbp", "dbp"], ["dbp", "sbp"]):
        return ""
    upper, lower = sorted(parts, key=lambda part: alias_of(part.code) == "dbp")
    return f"{_number(upper)}/{_number(lower)}" if _number(upper) and _number(lower) else ""


def key_of(concept: str) -> str:
    """Return the concept as an address: opaque, so that no history or log of a proxy names an illness in clear."""
    return urlsafe_b64encode(concept.encode()).decode().rstrip("=")


def concept_of(key: str) -> str:
    """Return the concept behind an address, empty when it is none."""
    try:
        concept = urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
    except ValueError:
        return ""
    return concept if concept.isprintable() else ""
