"""Which day it is: the hospital's own, not that of Greenwich."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def hospital_day(at: datetime) -> date:
    """Return the day on the hospital's calendar at that moment; never `at.date()`, which is the day in another zone."""
    return timezone.localdate(at, timezone.get_default_timezone())


def end_of_day(day: date) -> datetime:
    """Return the moment at which a day on the hospital's calendar is over."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
