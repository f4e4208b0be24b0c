"""The target of a goal: what is measured, and between which ends it is to lie."""

from decimal import Decimal
from typing import Any, Final

from ehospital.fhir.elements import Element, unit_of
from ehospital.kernel.codes import LOINC, Code

COUNTS: Final = "urn:ehospital:fhir:counts-for-days"
"""The extension for how many days one value speaks for the present."""

_LONGEST: Final = 3660
_UP_TO, _FROM = ("<", "<="), (">", ">=")
Ends = tuple[Decimal | None, Decimal | None, str]


def read(goal: Element, target: Element | None) -> dict[str, Any]:
    """Return the columns of a goal that its target tells."""
    days = _counts(goal)
    if target is None:
        return days
    found: dict[str, Any] = {"due_on": target.day("dueDate"), **days}
    measure = target.concept("measure", (LOINC,))
    if measure is None or not measure.code.code:
        if any(name.startswith("detail") for name in target.json):
            target.reading.note(f"{target.path}: what is measured has no code; kept without the target")
        return found
    low, high, unit = _ends(target)
    code = measure.code
    fits = not (low is not None and high is not None and high < low) and (unit or (low is None and high is None))
    if not fits:
        target.reading.note(f"{target.path}: its ends are in no UCUM unit, or the wrong way round; not kept")
        low, high, unit = None, None, ""
    return found | {
        "measure": Code(code.system, code.code, code.display[:250]),
        "target_low": low,
        "target_high": high,
        "target_unit": unit,
    }


def _counts(goal: Element) -> dict[str, Any]:
    told = [one.number("valueInteger") for one in goal.children("extension") if one.json.get("url") == COUNTS]
    return {"counts_for_days": int(told[0])} if told and told[0] and 1 <= told[0] <= _LONGEST else {}


def _ends(target: Element) -> Ends:
    """Return the lowest and highest value that reach the goal, and their UCUM unit."""
    if between := target.child("detailRange"):
        low, high = between.child("low"), between.child("high")
        one = low or high
        return _number(low), _number(high), unit_of(one)[1][:60] if one else ""
    if quantity := target.child("detailQuantity"):
        number, comparator = _number(quantity), quantity.text("comparator", 2)
        low_end = None if comparator in _UP_TO else number
        high_end = None if comparator in _FROM else number
        return low_end, high_end, unit_of(quantity)[1][:60]
    if any(name.startswith("detail") for name in target.json):
        target.reading.note(f"{target.path}: a target that is no number is not kept")
    return None, None, ""


def _number(quantity: Element | None) -> Decimal | None:
    return quantity.number("value") if quantity else None
