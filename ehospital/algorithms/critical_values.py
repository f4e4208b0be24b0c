"""Which numbers of a laboratory endanger a life, so that somebody must be told now.

The limits are the means of the national surveys of Kost (adults: JAMA 1990;263:704-707; children and newborns:
Pediatrics 1991;88:597-603) and of the table of critical limits that the same author keeps for them. A number at a limit
counts as beyond it. Each laboratory has to adopt or change them with its clinicians; then `VERSION` changes with them.

What is not in the table is not judged, and that is never "normal": an unknown code, a unit that does not convert, a
number of which only one bound is known. Of a patient whose age is not known the narrowest limits of all ages count.
The surveys found no limits that differ by sex; `sex` of a row is there for a laboratory that has some.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ehospital.kernel import units

VERSION: Final = "critical-values-1"
SOURCE: Final = "Kost, JAMA 1990;263:704 (adults) and Pediatrics 1991;88:597 (children, newborns)"

NEWBORN_DAYS: Final = 28
ADULT_DAYS: Final = 6574
"""The day on which somebody is 18 years old, in whole years of 365.2425 days."""


class Verdict(StrEnum):
    """What the table says of a number."""

    NOT_JUDGED = "not-judged"
    NOT_CRITICAL = "not-critical"
    CRITICAL_LOW = "critical-low"
    CRITICAL_HIGH = "critical-high"


CRITICAL: Final = frozenset({Verdict.CRITICAL_LOW, Verdict.CRITICAL_HIGH})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one test for whoever is at least `from_days` and less than `to_days` old; None: there is none.

    `low` and `high` are in `ucum`; at a limit is beyond it. `sex` is empty for both.
    """

    codes: tuple[str, ...]
    ucum: str
    low: Decimal | None
    high: Decimal | None
    from_days: int = 0
    to_days: int | None = None
    substance: str = ""
    sex: str = ""


def _limits(
    codes: tuple[str, ...], ucum: str, newborn: str, child: str, adult: str, *, substance: str = ""
) -> tuple[Limits, ...]:
    """Return the rows of one test; limits are written `low..high`, either may be missing."""
    spans = ((0, NEWBORN_DAYS, newborn), (NEWBORN_DAYS, ADULT_DAYS, child), (ADULT_DAYS, None, adult))
    rows = []
    for begins, ends, written in spans:
        low, high = (Decimal(end) if end else None for end in written.split(".."))
        rows.append(Limits(codes, ucum, low, high, begins, ends, substance))
    return tuple(rows)


TABLE: Final[tuple[Limits, ...]] = (
    *_limits(("2823-3", "6298-4"), "mmol/L", "2.8..7.8", "2.8..6.4", "2.8..6.2", substance="potassium"),
    *_limits(("2951-2", "2947-0"), "mmol/L", "121..156", "121..156", "120..158", substance="sodium"),
    *_limits(
        ("14749-6", "2339-0", "2345-7", "15074-8"),
        "mmol/L",
        "1.8..18.2",
        "2.6..24.7",
        "2.6..26.9",
        substance="glucose",
    ),
    *_limits(("2000-8", "17861-6", "29265-6"), "mmol/L", "1.62..3.17", "1.62..3.17", "1.65..3.22", substance="calcium"),
    *_limits(("2601-3", "19123-9"), "mmol/L", "0.45..1.77", "0.45..1.77", "0.41..2.02", substance="magnesium"),
    *_limits(("1963-8", "2028-9"), "mmol/L", "11..39", "11..39", "11..40", substance="bicarbonate"),
    *_limits(("718-7",), "g/L", "69..208", "69..208", "66..199", substance="hemoglobin"),
    *_limits(("777-3",), "10*9/L", "53..916", "53..916", "37..910"),
    *_limits(("6690-2",), "10*9/L", "2.1..42.9", "2.1..42.9", "2.0..37.0"),
    *_limits(("2744-1", "2746-6"), "[pH]", "7.21..7.59", "7.21..7.59", "7.21..7.59"),
    # Named by the survey of adults alone.
    Limits(("14879-1",), "mmol/L", Decimal("0.39"), Decimal("2.87"), ADULT_DAYS, None, "phosphorus"),
    Limits(("22664-7",), "mmol/L", None, Decimal("37.1"), ADULT_DAYS, None, "urea"),
    Limits(("14682-9", "2160-0"), "umol/L", None, Decimal("654"), ADULT_DAYS, None, "creatinine"),
)


def limits_of(code: str, *, age_days: int | None, sex: str = "") -> tuple[Limits, ...]:
    """Return the limits that count for a LOINC code: one row, or those of every age when it is not known."""
    found = [row for row in TABLE if code in row.codes and row.sex in ("", sex)]
    if age_days is None:
        return tuple(found)
    return tuple(row for row in found if row.from_days <= age_days and (row.to_days is None or age_days < row.to_days))


def judge(
    code: str, value: Decimal | None, ucum: str, *, comparator: str = "", age_days: int | None, sex: str = ""
) -> Verdict:
    """Return whether a number endangers a life.

    Args:
        code: LOINC.
        value: in `ucum`; None when there is no number.
        comparator: FHIR's <, <=, >= or >; such a result is critical only when every number that it stands for is.
        age_days: whole days since birth; None when the birth date is not known.
        sex: a word of FHIR's administrative gender.
    """
    rows = limits_of(code, age_days=age_days, sex=sex)
    if value is None or not rows:
        return Verdict.NOT_JUDGED
    found = {_beside(row, value, ucum, comparator) for row in rows}
    for verdict in (Verdict.CRITICAL_LOW, Verdict.CRITICAL_HIGH, Verdict.NOT_JUDGED):
        if verdict in found:
            return verdict
    return Verdict.NOT_CRITICAL


def _beside(row: Limits, value: Decimal, ucum: str, comparator: str) -> Verdict:
    try:
        number = units.convert(value, ucum, row.ucum, substance=row.substance or None)
    except units.UnitProblem:
        return Verdict.NOT_JUDGED
    above = not comparator.startswith("<")  # no number that it stands for lies below this one
    below = not comparator.startswith(">")
    if row.low is not None and below and number <= row.low:
        return Verdict.CRITICAL_LOW
    if row.high is not None and above and number >= row.high:
        return Verdict.CRITICAL_HIGH
    sure_low = row.low is None or (above and number > row.low)
    sure_high = row.high is None or (below and number < row.high)
    return Verdict.NOT_CRITICAL if sure_low and sure_high else Verdict.NOT_JUDGED
