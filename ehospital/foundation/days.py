"""Which day it is: the hospital's own, not that of Greenwich."""

from datetime import date, datetime

from django.utils import timezone


def hospital_day(at: datetime) -> date:
    """Return the day on the hospital's calendar at that moment; never `at.date()`, which is the day in another zone."""
    return timezone.localdate(at, timezone.get_default_timezone())
