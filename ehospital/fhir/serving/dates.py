"""Dates in searches: what was typed and what is stored are both stretches of time, and a prefix compares them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, DateTimeField, F, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils import timezone

from ehospital.fhir.elements import Reading
from ehospital.fhir.elements import moment as read_moment

PREFIXES: Final = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
_PREFIXED: Final = re.compile(r"^([a-z]{2})?(\d.*)$", re.ASCII | re.DOTALL)
INSTANT: Final = timedelta(microseconds=1)
"""How long a moment is that is known exactly."""

_FOR_EVER: Final = datetime(9999, 12, 31, tzinfo=UTC)

_STEP: Final = (
    "(CASE %(expressions)s WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' "
    "WHEN 'year' THEN interval '1 year' ELSE interval '1 microsecond' END)"
)


@dataclass(frozen=True)
class Stretch:
    """What a date means that somebody typed: from `low` to just before `high`, and how to compare with it."""

    prefix: str
    low: datetime
    high: datetime


def stretch(text: str, *, at: datetime) -> Stretch:
    """Return what `ge2024-03` means.

    Raises:
        ValueError: it is no date, or the prefix is none that we know.
    """
    found = _PREFIXED.match(text.strip().replace(" ", "+"))
    prefix = (found[1] or "eq") if found else ""
    if not found or prefix not in PREFIXES:
        raise ValueError(f"{text[:40]!r} is no date; write 2024, ge2024-03 or lt2024-03-01T10:00:00Z")
    zone = timezone.get_default_timezone()
    try:
        told = read_moment(found[2], Reading(at, zone), "date")
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no date: {error}") from None
    return Stretch(prefix, told.at, _end(told.at, told.precision, found[2], zone))


def _end(low: datetime, precision: str, text: str, zone: Any) -> datetime:
    if precision == "time":
        seconds = re.search(r"T\d\d:\d\d(:\d\d(\.\d+)?)?", text)
        if seconds and seconds[2]:
            return low + max(INSTANT, timedelta(seconds=10.0 ** (1 - len(seconds[2]))))
        return low + timedelta(seconds=1 if seconds and seconds[1] else 60)
    local = low.astimezone(zone)
    if precision == "day":
        # By the calendar: the day on which the clocks change has another length.
        following = local.replace(tzinfo=None) + timedelta(days=1)
    elif precision == "month":
        following = local.replace(tzinfo=None, year=local.year + local.month // 12, month=local.month % 12 + 1)
    else:
        following = local.replace(tzinfo=None, year=local.year + 1)
    return following.replace(tzinfo=zone).astimezone(UTC)


def compare(asked: Stretch, low: Combinable, high: Combinable, *, days: bool = False) -> Q:
    """Return the condition on a stored stretch from `low` to just before `high`, in the words of FHIR R4 search."""
    field: Any = DateField() if days else DateTimeField()

    def value(at: datetime) -> Value:
        return Value(at.astimezone(timezone.get_default_timezone()).date() if days else at, output_field=field)

    begin, end = value(asked.low), value(asked.high)
    within = Q(GreaterThanOrEqual(low, begin)) & Q(LessThanOrEqual(high, end))
    above, below = Q(GreaterThan(high, end)), Q(LessThan(low, begin))
    return {
        "eq": within,
        "ne": ~within,
        "gt": above,
        "lt": below,
        "ge": above | within,
        "le": below | within,
        "sa": Q(GreaterThanOrEqual(low, end)),
        "eb": Q(LessThanOrEqual(high, begin)),
    }[asked.prefix]


def end_of(column: str, precision: str, until: str = "") -> Combinable:
    """Return where a stored moment of that precision ends, or the moment `until` when the row has one."""
    zone = Value(_zone_name())
    local = Func(zone, F(column), function="timezone", output_field=DateTimeField())
    step = Func(F(precision), template=_STEP, output_field=DateTimeField())
    later = Func(local, step, template="(%(expressions)s)", arg_joiner=" + ", output_field=DateTimeField())
    by_calendar = Func(zone, later, function="timezone", output_field=DateTimeField())
    exact = When(**{precision: "time"}, then=F(column) + Value(INSTANT))
    end: Combinable = Case(exact, default=by_calendar, output_field=DateTimeField())
    return Coalesce(F(until) + Value(INSTANT), end, output_field=DateTimeField()) if until else end


def end_of_period(until: str) -> Combinable:
    """Return where a stored period ends; one without an end goes on."""
    return Coalesce(F(until) + Value(INSTANT), Value(_FOR_EVER), output_field=DateTimeField())


def end_of_day(column: str, precision: str) -> Combinable:
    """Return the day after a stored date of that precision."""
    return Func(
        F(column),
        Func(F(precision), template=_STEP, output_field=DateField()),
        template="(%(expressions)s)::date",
        arg_joiner=" + ",
        output_field=DateField(),
    )


def _zone_name() -> str:
    zone = timezone.get_default_timezone()
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)
