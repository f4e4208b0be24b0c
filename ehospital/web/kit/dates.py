"""How days and moments are written: in the hospital's zone, one pattern for staff and one for patients.

A date of which only the month or the year is known is written as such, never as a day.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

Day = date | datetime | None

_ISO = {"year": 4, "month": 7}


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _formatted(value: Day, pattern: str) -> str:
    return date_format(_local(value), pattern) if value else ""


def day(value: Day) -> str:
    """Return a day as staff read it: 23-Nov-2026."""
    return _formatted(value, pgettext("date format, a day for staff", "d-M-Y"))


def known(value: Day, precision: str = "day") -> str:
    """Return as much of a day as is known, as staff read it: 23-Nov-2026, Nov-2026 or 2026."""
    if precision == "year":
        return _formatted(value, "Y")
    return _formatted(value, pgettext("date format, a month for staff", "M-Y")) if precision == "month" else day(value)


def clock(value: datetime | None) -> str:
    """Return the time of day in the hospital: 10:46."""
    return _formatted(value, pgettext("date format, time of day", "H:i"))


def moment(value: datetime | None) -> str:
    """Return day and time as staff read them: 23-Nov-2026 10:46."""
    return _formatted(value, pgettext("date format, day and time for staff", "d-M-Y H:i"))


def shortday(value: Day) -> str:
    """Return a near day: Mon 23 Nov."""
    return _formatted(value, pgettext("date format, a near day", "D j M"))


def longday(value: Day) -> str:
    """Return a day as patients read it: Monday 23 November 2026."""
    return _formatted(value, pgettext("date format, a day for patients", "l j F Y"))


def longknown(value: Day, precision: str = "day") -> str:
    """Return as much of a day as is known, as patients read it: Monday 23 November 2026, November 2026 or 2026."""
    if precision == "year":
        return _formatted(value, "Y")
    return _formatted(value, "YEAR_MONTH_FORMAT") if precision == "month" else longday(value)


def iso(value: Day, precision: str = "") -> str:
    """Return a day or an instant for `<time datetime>`; of a date known in part, the known part."""
    return _local(value).isoformat()[: _ISO.get(precision)] if value else ""
