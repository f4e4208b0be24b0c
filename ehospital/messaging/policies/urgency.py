"""How urgent each kind of notice is, when its ladder begins anew, and who wants which channel for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from django.conf import settings

from ehospital.algorithms.quiet_hours import quiet_until
from ehospital.messaging.models import Channel, Notice, Threshold, Wishes


class Urgency(IntEnum):
    """How soon somebody must act; the most urgent first."""

    CRITICAL = 0  # a patient may come to harm
    URGENT = 1  # somebody must act now
    ROUTINE = 2


@dataclass(frozen=True)
class Rule:
    """Of one kind of notice: its urgency, how long after the last step its ladder begins anew, and what ends it.

    `seen_ends` is for what has nothing to be done in this system: whoever has seen it has acted.
    """

    urgency: Urgency
    repeat: timedelta
    seen_ends: bool = False


RULES: dict[str, Rule] = {
    Notice.Kind.CRITICAL_RESULT: Rule(Urgency.CRITICAL, timedelta(minutes=15)),
    Notice.Kind.BROKEN_GLASS: Rule(Urgency.URGENT, timedelta(hours=4)),
    Notice.Kind.PATIENT_QUESTION: Rule(Urgency.ROUTINE, timedelta(days=1)),
    Notice.Kind.INFECTED_DOCUMENT: Rule(Urgency.ROUTINE, timedelta(days=7), seen_ends=True),
}

_LEAST_URGENT = {
    Threshold.EVERYTHING: Urgency.ROUTINE,
    Threshold.URGENT: Urgency.URGENT,
    Threshold.CRITICAL: Urgency.CRITICAL,
}


def wanted(wishes: Wishes, channel: str, urgency: Urgency) -> bool:
    """Return whether a person wants a channel for that urgency; the screen always shows everything."""
    if channel == Channel.SCREEN:
        return True
    least = _LEAST_URGENT.get(Threshold(getattr(wishes, channel)))
    return least is not None and urgency <= least


def held_until(wishes: Wishes, urgency: Urgency, at: datetime) -> datetime | None:
    """Return until when quiet hours hold a message back; they never hold back what is urgent or critical."""
    if urgency is not Urgency.ROUTINE:
        return None
    return quiet_until(at, begins=wishes.quiet_from, ends=wishes.quiet_to, zone=ZoneInfo(settings.TIME_ZONE))
