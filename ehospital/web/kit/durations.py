"""Lengths of time in few letters, the same on every screen."""

from datetime import datetime

from django.utils.translation import gettext as _


def span(minutes: int) -> str:
    """Return a length of time: 12 min, 1 h 30 min, 7 h, 2 d; below six hours to the minute, below two days to the hour.

    Args:
        minutes: not negative; hours and days are not rounded up.
    """
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 6 and rest:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)
    if hours < 48:
        return _("{hours} h").format(hours=hours)
    return _("{days} d").format(days=hours // 24)


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    return _("{span} ago").format(span=span(minutes)) if minutes else _("just now")
