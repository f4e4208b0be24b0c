"""Which birth dates a person can have who comes to a hospital."""

from datetime import date
from typing import Final

OLDEST_YEARS: Final = 150
"""Nobody has reached 123; whoever seems older than this has a wrong date, or is somebody else."""


def trouble(born: date | None, *, today: date) -> str:
    """Return why nobody who is treated today was born on that day, in words after "the birth date"; "" when one can."""
    if born is None:
        return ""
    if born > today:
        return "lies in the future"
    if born < earliest(today=today):
        return f"lies more than {OLDEST_YEARS} years back"
    return ""


def earliest(*, today: date) -> date:
    """Return the earliest birth date that is believed."""
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - OLDEST_YEARS, day=28 if leap_day else today.day)
