"""What differs between two plans, line by line, and which target lies outside what its template calls usual."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ehospital.clinical.plan_details import Aim, Doer, PlanDetails, Task
from ehospital.clinical.plan_templates import Template
from ehospital.kernel import timing, units


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `key` is that of the goal or task, empty for the plan; `field` may be added or dropped."""

    key: str
    about: str
    field: str
    before: Any
    after: Any


def target(aim: Aim) -> dict[str, str] | None:
    """Return a target as `PlanChange` keeps it; None when nothing is measured."""
    told = {"low": _digits(aim.low), "high": _digits(aim.high), "unit": aim.unit, "measure": aim.measure}
    return {name: value for name, value in told.items() if value} or None


def doer(one: Doer) -> dict[str, str]:
    """Return who does it as `PlanChange` keeps it."""
    told = {"who": one.who, "role": one.role, "unit": _id(one.unit_id), "staff": _id(one.staff_id)}
    return {name: value for name, value in told.items() if value}


def _digits(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def _id(key: object) -> str:
    return "" if key is None else str(key)


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


_AIM: Final[Mapping[str, Callable[[Aim], Any]]] = {
    "words": lambda one: one.words,
    "target": target,
    "due_on": lambda one: _day(one.due_on),
    "counts_for_days": lambda one: one.counts_for_days,
    "note": lambda one: one.note,
}
_TASK: Final[Mapping[str, Callable[[Task], Any]]] = {
    "words": lambda one: one.words,
    "description": lambda one: one.instructions,
    "who": lambda one: doer(one.doer),
    "timing": lambda one: timing.written(one.timing),
    "starts_on": lambda one: _day(one.starts_on),
    "ends_on": lambda one: _day(one.ends_on),
}
_PLAN: Final[Mapping[str, Callable[[PlanDetails], Any]]] = {
    "title": lambda one: one.title,
    "description": lambda one: one.description,
}


def changes(before: PlanDetails, after: PlanDetails) -> list[Change]:
    """Return what differs: the plan's own words, then goals, then tasks, in the order of what stands after.

    A line of `after` without a key, or with one that `before` has not, was added; one that it lacks was dropped.
    """
    found = [
        Change("", "", name, read(before), read(after)) for name, read in _PLAN.items() if read(before) != read(after)
    ]
    found += _lines(before.aims, after.aims, _AIM)
    found += _lines(before.tasks, after.tasks, _TASK)
    return found


def _lines(before: Iterable[Any], after: Iterable[Any], readers: Mapping[str, Callable[[Any], Any]]) -> list[Change]:
    old = {one.key: one for one in before}
    found: list[Change] = []
    kept = set()
    for one in after:
        was = old.get(one.key) if one.key else None
        if was is None:
            found.append(Change(one.key, one.words, "added", None, one.words))
            continue
        kept.add(one.key)
        found += [
            Change(one.key, was.words, name, read(was), read(one))
            for name, read in readers.items()
            if read(was) != read(one)
        ]
    return found + [Change(key, one.words, "dropped", one.words, None) for key, one in old.items() if key not in kept]


def unusual(aims: Iterable[Aim], template: Template | None) -> list[Aim]:
    """Return the goals whose target lies outside the bounds of the template, or has lost what the template measures."""
    found = []
    for aim in aims:
        line = template.goal(aim.template_key) if template and aim.template_key else None
        if line is not None and (line.low is not None or line.high is not None) and not _usual(aim, line):
            found.append(aim)
    return found


def _usual(aim: Aim, line: Any) -> bool:
    if aim.measure != line.measure:
        return False
    ends = ((aim.low, line.low, line.bounds.low), (aim.high, line.high, line.bounds.high))
    return all(_within(end, proposed, bounds, aim.unit, line.unit) for end, proposed, bounds in ends)


def _within(
    end: Decimal | None, proposed: Decimal | None, bounds: tuple[Decimal, Decimal] | None, unit: str, wanted: str
) -> bool:
    if end is None:
        return proposed is None
    if bounds is None:
        return proposed is None or end == proposed
    try:
        value = units.convert(end, unit, wanted)
    except units.UnitProblem:
        return False
    return bounds[0] <= value <= bounds[1]
