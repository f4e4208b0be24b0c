"""The target of a goal: what is measured, and between which ends it is to lie."""

from decimal import Decimal
from typing import Any, Final

from ehospital.clinical.policies.plan_measures import measure_of
from ehospital.fhir.elements import Element, unit_of
from ehospital.kernel import units
from ehospital.kernel.codes import LOINC, Code

COUNTS: Final = "urn:ehospital:fhir:counts-for-days"
"""The extension for how many days one value speaks for the present."""

_LONGEST: Final = 3660
_LOW_ONLY, _HIGH_ONLY = (">", ">="), ("<", "<=")
_STRICT: Final = ("<", ">")
Ends = tuple[Decimal | None, Decimal | None, str]
NO_ENDS: Final[Ends] = (None, None, "")


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
    code = measure.code
    known = measure_of(code.code)
    low, high, unit = _ends(target, known.substance if known else "")
    if low is not None and high is not None and high < low:
        target.reading.note(f"{target.path}: its ends are the wrong way round; not kept")
        low, high, unit = NO_ENDS
    if unit and known and not units.compatible(unit, known.unit, substance=known.substance or None):
        target.reading.note(f"{target.path}: {unit} is no unit of {code.display or code.code}; not kept")
        low, high, unit = NO_ENDS
    return found | {
        "measure": Code(code.system, code.code, code.display[:250]),
        "target_low": low,
        "target_high": high,
        "target_unit": unit,
    }


def _counts(goal: Element) -> dict[str, Any]:
    told = [one.number("valueInteger") for one in goal.children("extension") if one.json.get("url") == COUNTS]
    if not told or told[0] is None:
        return {}
    if told[0] != int(told[0]) or not 1 <= told[0] <= _LONGEST:
        goal.reading.note(f"{goal.path}.extension: no whole number of days from 1 to {_LONGEST}; not kept")
        return {}
    return {"counts_for_days": int(told[0])}


def _ends(target: Element, substance: str) -> Ends:
    """Return the lowest and highest value that reach the goal, and their UCUM unit: as sent, or not at all."""
    if between := target.child("detailRange"):
        return _between(between, substance)
    if quantity := target.child("detailQuantity"):
        return _one(quantity)
    if any(name.startswith("detail") for name in target.json):
        target.reading.note(f"{target.path}: a target that is no number is not kept")
    return NO_ENDS


def _between(between: Element, substance: str) -> Ends:
    low, high = _quantity(between.child("low")), _quantity(between.child("high"))
    if any(one is not None and not one[1] for one in (low, high)):
        between.reading.note(f"{between.path}: an end is in no UCUM unit; not kept")
        return NO_ENDS
    if low is None or high is None:
        return (low[0] if low else None), (high[0] if high else None), (low or high or (None, ""))[1]
    try:
        return low[0], units.convert_exactly(high[0], high[1], low[1], substance=substance or None), low[1]
    except units.UnitProblem as why:
        if low[1] == high[1]:  # a unit that we do not know, but the same one
            return low[0], high[0], low[1]
        between.reading.note(f"{between.path}: its ends are in two units: {why}; not kept")
        return NO_ENDS


def _one(quantity: Element) -> Ends:
    found, comparator = _quantity(quantity), quantity.text("comparator", 10)
    if found is None or not found[1]:
        quantity.reading.note(f"{quantity.path}: a number in no UCUM unit; not kept")
        return NO_ENDS
    number, unit = found
    if comparator not in ("", *_LOW_ONLY, *_HIGH_ONLY):
        quantity.reading.note(f"{quantity.path}.comparator: {comparator} is none that a target has; not kept")
        return NO_ENDS
    if comparator in _STRICT:
        quantity.reading.note(f"{quantity.path}.comparator: “{comparator}” is kept as “{comparator}=”")
    return None if comparator in _HIGH_ONLY else number, None if comparator in _LOW_ONLY else number, unit


def _quantity(quantity: Element | None) -> tuple[Decimal, str] | None:
    number = quantity.number("value") if quantity else None
    return (number, unit_of(quantity)[1][:60]) if quantity and number is not None else None
