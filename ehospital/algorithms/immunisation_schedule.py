"""Which vaccinations of a schedule are given, due, overdue, or not to be given any more, by age.

Source: a table; the one that ships follows WHO, "Recommended routine immunizations for children" (table 2 of the
summary of WHO position papers). A dose is due at its age, and not before the least interval since the dose before it.
"""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

VERSION: Final = "1.0.0"
_AGE: Final = re.compile(r"(\d{1,3})([dwmy])")


class State(StrEnum):
    """How one dose stands."""

    GIVEN = "given"
    DUE = "due"
    OVERDUE = "overdue"
    LATER = "later"
    TOO_LATE = "too_late"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Age:
    """An age or a time: so many days, weeks, months or years (`d w m y`)."""

    number: int
    unit: str

    def after(self, day: date) -> date:
        """Return the day that lies so much after another; of 31 January, a month later is the end of February."""
        if self.unit in "dw":
            return day + timedelta(days=self.number * (7 if self.unit == "w" else 1))
        months = day.year * 12 + day.month - 1 + self.number * (12 if self.unit == "y" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age(text: str) -> Age:
    """Return an age as a table writes it: 6w, 9m, 12y.

    Raises:
        ValueError: it is written in another way.
    """
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no age: write 6w, 9m or 12y")
    return Age(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of a series: when it is due, the least time since the dose before it, and how long it may wait."""

    number: int
    at: Age
    interval: Age
    grace: Age


@dataclass(frozen=True, slots=True)
class Series:
    """Doses against one illness, none from `until` on. `codes` are the vaccines that count; `sex` "" is everybody."""

    key: str
    name: str
    doses: tuple[Dose, ...]
    codes: frozenset[str]
    until: Age
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One vaccination that was given: on which day, and the codes of its vaccine as "<system>|<code>"."""

    on: date
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """One dose of a series and how it stands: given `on`, or to be given from `on` (None where that is not known)."""

    series: Series
    number: int
    state: State
    on: date | None


def standings(
    schedule: Iterable[Series], given: Sequence[Given], *, born: date | None, precision: str, sex: str, today: date
) -> list[Standing]:
    """Return every dose of a schedule that concerns somebody, in the order of the schedule.

    Args:
        given: in any order; several of one series on one day are one dose.
        born: the first day that is possible; None when nothing is known.
        precision: day, month or year. When the days that are possible do not agree, what is to be given is not known.
    """
    found = []
    for series in schedule:
        if series.sex in ("", sex):
            days = sorted({one.on for one in given if one.codes & series.codes and one.on <= today})
            found += _series(series, days, _possible(born, precision), today)
    return found


def _possible(born: date | None, precision: str) -> list[date]:
    """Return the first and the last day on which somebody may be born."""
    if born is None:
        return []
    if precision == "year":
        return [date(born.year, 1, 1), date(born.year, 12, 31)]
    if precision == "month":
        return [born.replace(day=1), born.replace(day=calendar.monthrange(born.year, born.month)[1])]
    return [born] if precision == "day" else []


def _series(series: Series, days: list[date], births: list[date], today: date) -> list[Standing]:
    found = [Standing(series, dose.number, State.GIVEN, day) for dose, day in zip(series.doses, days, strict=False)]
    told = [_course(series, days, born, today) for born in births]
    for place, dose in enumerate(series.doses[len(days) :]):
        states, ons = {one[place][0] for one in told}, {one[place][1] for one in told}
        state = states.pop() if len(states) == 1 else State.NOT_KNOWN
        found.append(Standing(series, dose.number, state, ons.pop() if len(ons) == 1 else None))
    return found


def _course(series: Series, days: list[date], born: date, today: date) -> list[tuple[State, date]]:
    """Return how the doses that were not given stand for one birth date. Of a series one dose is due at a time."""
    last, found = days[-1] if days else None, list[tuple[State, date]]()
    for dose in series.doses[len(days) :]:
        found.append(_open(series, dose, last, born, today))
        last = max(found[-1][1], today)
    return found


def _open(series: Series, dose: Dose, last: date | None, born: date, today: date) -> tuple[State, date]:
    """Return how a dose that was not given stands for one birth date."""
    due = dose.at.after(born)
    if last is not None:
        due = max(due, dose.interval.after(last))
    if today >= series.until.after(born):
        return State.TOO_LATE, due
    if today < due:
        return State.LATER, due
    return (State.DUE if today <= dose.grace.after(due) else State.OVERDUE), due
