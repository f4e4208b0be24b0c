"""What the technical state of a patient's devices asks for, how soon an alert opens, and who owns it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from ehospital.algorithms import artefacts, escalation
from ehospital.algorithms.escalation import AlertState, Cause, Policy, Priority, Technical
from ehospital.monitoring.policies.freshness import SILENT_AFTER, SKEW_LIMIT, instant

POLICY: Final[Policy] = escalation.DEFAULT
"""Of the bedside."""

BY_HAND: Final[Policy] = replace(POLICY, delay_s=MappingProxyType({**POLICY.delay_s, Cause.NEWS2: 0}))
"""Of a set that a person charted: somebody has looked already, nothing is gained by waiting."""

BEHIND_FOR: Final = timedelta(seconds=60)
"""A clock counts as slow only when nothing has come on time for so long: a buffer that is emptied is no slow clock."""

_ORDER = list(Priority)
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Speaking:
    """One device of a patient as it last spoke. Times are when the hospital took its messages.

    Attributes:
        continuous: it sends all the time, so its silence says something.
        watching_since: since when it watches the patient.
        listening_since: since when we would have heard it; None when something of it may still be on its way.
    """

    device_id: str
    continuous: bool
    watching_since: datetime
    frame_at: datetime | None = None
    lead_off: bool | None = None
    battery_percent: float | None = None
    clock_ahead: timedelta = timedelta(0)
    skewed_since_at: datetime | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)
    listening_since: datetime | None = None

    @property
    def should_speak(self) -> bool:
        """Whether it sends all the time and has sent since it was paired."""
        return self.continuous and self.frame_at is not None and self.frame_at >= self.watching_since

    def silent(self, now: datetime) -> bool | None:
        """Whether it stopped sending; None when that cannot be told: it never sent, need not, or we did not listen."""
        if not self.should_speak or self.frame_at is None:
            return None
        if now - self.frame_at < SILENT_AFTER:
            return False
        return True if self.listening_since and now - self.listening_since >= SILENT_AFTER else None

    def skew_s(self, now: datetime) -> float | None:
        """How far its clock is off in seconds; None while that cannot be told from messages that were only late."""
        if abs(self.clock_ahead) > SKEW_LIMIT and self.clock_ahead < timedelta(0):
            since = self.skewed_since_at
            if since is None or now - since < BEHIND_FOR:
                return None
        return self.clock_ahead.total_seconds()


def technical(devices: Sequence[Speaking], now: datetime) -> tuple[Technical, dict[Cause, str]]:
    """Return what is known of a patient's devices, and which device stands behind each condition.

    Without devices nothing can be wrong with them: every technical alert ends.
    """
    if not devices:
        return Technical(lead_off=False, silent=False, battery_percent=100.0, clock_skew_s=0.0), {}
    behind: dict[Cause, str] = {}
    leads = {one.device_id: one.lead_off for one in devices if one.lead_off is not None}
    silences = {one.device_id: silent for one in devices if (silent := one.silent(now)) is not None}
    batteries = {one.device_id: one.battery_percent for one in devices if one.battery_percent is not None}
    skews = {one.device_id: skew for one in devices if one.frame_at and (skew := one.skew_s(now)) is not None}
    for cause, found in ((Cause.LEAD_OFF, leads), (Cause.DEVICE_SILENT, silences)):
        if off := [device for device, on in found.items() if on]:
            behind[cause] = off[0]
    if batteries:
        behind[Cause.BATTERY_LOW] = min(batteries, key=lambda device: batteries[device])
    if skews:
        behind[Cause.CLOCK_SKEW] = max(skews, key=lambda device: abs(skews[device]))
    return Technical(
        lead_off=any(leads.values()) if leads else None,
        silent=any(silences.values()) if silences else None,
        battery_percent=min(batteries.values()) if batteries else None,
        clock_skew_s=skews[behind[Cause.CLOCK_SKEW]] if skews else None,
    ), behind


def matures_at(states: Mapping[Cause, AlertState], policy: Policy) -> list[datetime]:
    """Return when alerts that wait out their delay, or were put off, will open or rise."""
    found = []
    for cause, state in states.items():
        if state.put_off_until is not None:
            found.append(state.put_off_until)
        for level, since in state.since.items():
            if state.priority is None or _ORDER.index(level) > _ORDER.index(state.priority):
                found.append(since + policy.delay(cause))
    return found


def wakes_at(devices: Sequence[Speaking], now: datetime) -> list[datetime]:
    """Return when time alone changes something about the devices: silence, a held value, a slow clock."""
    found = []
    for one in devices:
        silent = one.silent(now)
        if silent is False and one.frame_at is not None:
            found.append(one.frame_at + SILENT_AFTER)
        elif silent is None and one.should_speak:
            # It may be silent, or what it sent is still on its way: a tick that has listened long enough will tell.
            listened = one.listening_since + SILENT_AFTER if one.listening_since else now
            found.append(max(listened, now + _SOON))
        if one.skewed_since_at is not None:
            found.append(one.skewed_since_at + BEHIND_FOR)
        for alias, (_, held_ms) in one.memory.get("held", {}).items():
            found.append(instant(held_ms) + timedelta(seconds=artefacts.LIMITS[alias].window_s))
    return found
