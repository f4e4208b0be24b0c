"""How often something is to be done, in days: `times` in every stretch of so many days, weeks or months, or once.

The words are those of FHIR Timing.repeat (frequency, period, periodUnit, dayOfWeek). Hours are not told here: what has
to be done at an hour is an order of medicine or of nursing, not a line of a plan.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

ONCE: Final = ""
DAY, WEEK, MONTH = "d", "wk", "mo"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_TIMES, LONGEST = 24, 60
_LONG: Final = 100 * 366
_STEP: Final = {DAY: timedelta(days=1), WEEK: timedelta(days=7)}
_OTHERWISE: Final = {
    "a": (MONTH, Fraction(12)),
    "h": (DAY, Fraction(1, 24)),
    "min": (DAY, Fraction(1, 24 * 60)),
    "s": (DAY, Fraction(1, 24 * 60 * 60)),
}
"""The units of FHIR by which this hospital does not plan, in one by which it does."""


class MalformedTiming(ValueError):
    """No such timing; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """`times` in every `every` units (`d`, `wk`, `mo`; empty: once in all), on days of the week when some are named.

    "Three times a week" is Timing(3, 1, WEEK); "every Monday and Friday" Timing(1, 1, WEEK, ("mon", "fri")): on each of
    the days. Days of the week go with weeks only.
    """

    times: int = 1
    every: int = 1
    unit: str = ONCE
    weekdays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in (ONCE, DAY, WEEK, MONTH):
            raise MalformedTiming(f"{self.unit!r} is no unit of time; use d, wk, mo or nothing for once")
        if not 1 <= self.times <= MOST_TIMES or not 1 <= self.every <= LONGEST:
            raise MalformedTiming(f"{self.times} times in every {self.every}: more than anybody can do, or nothing")
        if set(self.weekdays) - set(WEEKDAYS) or len(set(self.weekdays)) != len(self.weekdays):
            raise MalformedTiming(f"{self.weekdays} are no days of a week, or one is told twice")
        if self.weekdays and self.unit != WEEK:
            raise MalformedTiming("days of the week go with weeks")
        if self.unit == ONCE and (self.every, self.times) != (1, 1):
            raise MalformedTiming("once is once")


@dataclass(frozen=True, slots=True)
class Window:
    """The days `from_on` to `until_on` (not included) in which something is to be done `times` times."""

    from_on: date
    until_on: date
    times: int

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day < self.until_on


def windows(timing: Timing, *, starts_on: date, ends_on: date, since: date, until: date) -> Iterator[Window]:
    """Yield, in order, the windows that touch the days `since` to `until` (not included).

    Args:
        starts_on: the first day of the plan; weeks and months are counted from it.
        ends_on: the last day, included; the last window ends with it. For what is done once: by when.
    """
    end = ends_on + timedelta(days=1) if ends_on < date.max else date.max
    if timing.weekdays:
        found = _named_days(timing, starts_on, end, until)
    elif timing.unit == ONCE:
        found = iter([Window(starts_on, end, 1)] if starts_on < end else [])
    else:
        found = _blocks(timing, starts_on, end, until)
    for window in found:
        if window.from_on >= until:
            return
        if window.until_on > since:
            yield window


def _named_days(timing: Timing, starts_on: date, end: date, until: date) -> Iterator[Window]:
    wanted = {WEEKDAYS.index(name) for name in timing.weekdays}
    monday = starts_on.toordinal() - starts_on.weekday()
    for ordinal in range(starts_on.toordinal(), min(end, until).toordinal()):
        day = date.fromordinal(ordinal)
        if day.weekday() in wanted and (ordinal - monday) // 7 % timing.every == 0:
            yield Window(day, day + timedelta(days=1), timing.times)


def _blocks(timing: Timing, starts_on: date, end: date, until: date) -> Iterator[Window]:
    count = 0
    begin = starts_on
    while begin < min(end, until):
        count += 1
        following = _after(timing, starts_on, count)
        yield Window(begin, min(following, end), timing.times)
        begin = following


def _after(timing: Timing, starts_on: date, count: int) -> date:
    """Return the first day after so many blocks; a month that is too short ends on its last day."""
    if timing.unit in _STEP:
        return starts_on + _STEP[timing.unit] * (timing.every * count)
    months = starts_on.month - 1 + timing.every * count
    year, month = starts_on.year + months // 12, months % 12 + 1
    return date(year, month, min(starts_on.day, calendar.monthrange(year, month)[1]))


def written(timing: Timing | None) -> dict[str, Any]:
    """Return a timing as FHIR's Timing.repeat; nothing for None."""
    if timing is None:
        return {}
    if timing.unit == ONCE:
        return {"count": 1}
    told: dict[str, Any] = {"frequency": timing.times, "period": timing.every, "periodUnit": timing.unit}
    return {**told, "dayOfWeek": list(timing.weekdays)} if timing.weekdays else told


def read(repeat: Mapping[str, Any]) -> Timing | None:
    """Return the timing of what `written` wrote, or others who say exactly such a timing; None for nothing.

    Raises:
        MalformedTiming: it says something that this hospital does not plan by: every 36 hours is not every day.
    """
    if not repeat:
        return None
    if repeat.get("count") == 1 and repeat["count"] is not True and len(repeat) == 1:
        return Timing()
    if set(repeat) - {"frequency", "period", "periodUnit", "dayOfWeek"}:
        raise MalformedTiming(f"{sorted(repeat)} tells more than times in days, weeks and months")
    unit = str(repeat.get("periodUnit", ""))
    every = _number(repeat.get("period", 1), "period")
    if unit in _OTHERWISE:
        unit, factor = _OTHERWISE[unit]
        every *= factor
    elif unit == WEEK and every.denominator != 1 and not repeat.get("dayOfWeek"):
        unit, every = DAY, every * 7
    times = _number(repeat.get("frequency", 1), "frequency")
    if times.denominator != 1 or every.denominator != 1:
        raise MalformedTiming(f"{times} times in every {every} {unit}: no whole number of times, days, weeks or months")
    return Timing(int(times), int(every), unit, tuple(repeat.get("dayOfWeek", ())))


def _number(value: object, name: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise MalformedTiming(f"{name} is no number")
    try:
        return Fraction(repr(value) if isinstance(value, float) else value)
    except (ValueError, OverflowError) as error:
        raise MalformedTiming(f"{name} is no number") from error
