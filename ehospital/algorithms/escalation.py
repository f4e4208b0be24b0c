"""Alerts of a monitored patient as a state machine: what opens, changes and closes, and nothing in between.

Edge-triggered, one alert per cause, with a delay before it opens and hysteresis before it closes, because most bedside
alarms are false and staff stop hearing them (Drew et al., PLoS ONE 2014;9:e110274: 187 audible alarms per bed per day).
Priorities high, medium, low after IEC 60601-1-8. Thresholds follow the NEWS2 responses (RCP 2017, chart 4): 7 and above
is high; 5, 6 or one parameter at 3 is medium.

Three rules hold whatever the input:
* missing data never closes or lowers a clinical alert; a partial score may open or raise one when it proves it;
* a clinical alert closes only on a complete score at least `rearm` points below the threshold that opened it, and once
  every parameter that stood at 3 has fallen at least `rearm` points;
* technical causes (lead off, silent device, battery, clock) never touch clinical ones.

Whoever ends a technical alert by hand puts it off: while the condition lasts, a new one opens after `PUT_OFF`.

The delays, hysteresis and technical limits in `Policy` are the project's defaults, not a published standard; a hospital
sets its own. `VERSION` names the rules and is stored with every transition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ehospital.algorithms.early_warning import HIGH_SCORE, MEDIUM_SCORE, Score

VERSION: Final = "escalation-2"


class Cause(StrEnum):
    """Why an alert stands; at most one open alert per patient and cause."""

    NEWS2 = "news2"  # the patient
    LEAD_OFF = "lead_off"  # the device, from here on
    DEVICE_SILENT = "device_silent"
    BATTERY_LOW = "battery_low"
    CLOCK_SKEW = "clock_skew"


class Priority(StrEnum):
    """How soon somebody must come."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Change(StrEnum):
    """What happened to an alert. Updated means that its priority changed."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"


PUT_OFF: Final = timedelta(minutes=5)

DELAYS_S: Final[Mapping[Cause, float]] = MappingProxyType(
    {
        Cause.NEWS2: 5,  # five frames of a monitor
        Cause.LEAD_OFF: 10,
        Cause.DEVICE_SILENT: 0,  # silence was already measured in time
        Cause.BATTERY_LOW: 0,
        Cause.CLOCK_SKEW: 10,
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a hospital may set. Seconds a condition must last before its alert opens or rises; limits and hysteresis."""

    delay_s: Mapping[Cause, float] = field(default_factory=lambda: DELAYS_S)
    rearm: int = 2
    battery_low_percent: float = 20
    battery_urgent_percent: float = 5
    battery_rearm_percent: float = 5
    clock_skew_s: float = 30
    clock_rearm_s: float = 10
    clock_deaf_behind_s: float = 60  # what it sends counts as late then, and calls nobody
    clock_deaf_ahead_s: float = 120  # what it sends is put aside then

    def delay(self, cause: Cause) -> timedelta:
        """The time that a condition of this cause must last before it counts."""
        return timedelta(seconds=self.delay_s.get(cause, 0))


DEFAULT: Final = Policy()


@dataclass(frozen=True, slots=True)
class Technical:
    """What is known about the patient's devices now; None leaves the matching alert as it is."""

    lead_off: bool | None = None
    silent: bool | None = None
    battery_percent: float | None = None
    clock_skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class AlertState:
    """Everything remembered about one cause between two evaluations.

    `priority` None means that no alert is open. `since` holds, per priority, when its condition began to last without a
    break, while it waits out its delay or stands. `summed` tells that the total reached a threshold (and not only a
    single parameter); `threes` are the parameters that stood at 3. `put_off_until` is set after somebody ended the
    alert by hand: until then it does not open, unless the condition ends in between and comes anew.
    """

    priority: Priority | None = None
    since: Mapping[Priority, datetime] = field(default_factory=lambda: MappingProxyType({}))
    summed: bool = False
    threes: frozenset[str] = frozenset()
    put_off_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether an alert of this cause stands."""
        return self.priority is not None


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of one alert. `priority` is the new one, or for a closed alert the last one."""

    cause: Cause
    change: Change
    priority: Priority
    at: datetime
    before: Priority | None = None
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Verdict:
    """The states to store for next time, and the transitions to act on, in the order of `Cause`."""

    states: Mapping[Cause, AlertState]
    transitions: tuple[Transition, ...]


NOTHING: Final = AlertState()
UNKNOWN: Final = Technical()
_RANK: Final[Mapping[Priority | None, int]] = {None: 0, Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}


def evaluate(
    previous: Mapping[Cause, AlertState],
    *,
    score: Score | None,
    technical: Technical = UNKNOWN,
    now: datetime,
    policy: Policy = DEFAULT,
) -> Verdict:
    """Advance every alert of one patient by one score, one change of the devices, or one tick of the clock.

    Args:
        previous: the states of the last verdict; an empty mapping at first.
        score: the newest score; None for a tick, which only lets time pass (it can open what waited out its delay).
        technical: conditions after the artefact check (`artefacts.screen`).
        now: the time of the score or tick; timezone-aware; before the last one, nothing waits any less.
    Returns:
        the new states and the transitions. The same input again gives no transition.
    """
    states: dict[Cause, AlertState] = {}
    transitions: list[Transition] = []
    for cause in Cause:
        old = previous.get(cause, NOTHING)
        if old is NOTHING and technical is UNKNOWN and cause is not Cause.NEWS2:
            continue
        if cause is Cause.NEWS2:
            new = _clinical(old, score, now, policy)
        else:
            new = _technical(cause, old, technical, now, policy)
        if new != NOTHING:
            states[cause] = new
        change = _change(cause, old, new, now)
        if change is not None:
            transitions.append(change)
    return Verdict(MappingProxyType(states), tuple(transitions))


def ended_by_hand(states: Mapping[Cause, AlertState], cause: Cause, *, at: datetime) -> dict[Cause, AlertState]:
    """Return the states after somebody ended an alert: a score begins its delay anew, a technical condition rests."""
    left = {one: state for one, state in states.items() if one is not cause}
    return left if cause is Cause.NEWS2 else {**left, cause: AlertState(put_off_until=at + PUT_OFF)}


def to_json(states: Mapping[Cause, AlertState]) -> dict[str, dict[str, object]]:
    """Return the states as plain JSON values, to be stored beside the patient."""
    return {
        cause.value: {
            "priority": state.priority.value if state.priority else None,
            "since": {level.value: since.isoformat() for level, since in state.since.items()},
            "summed": state.summed,
            "threes": sorted(state.threes),
            "put_off_until": state.put_off_until.isoformat() if state.put_off_until else None,
        }
        for cause, state in states.items()
    }


def from_json(stored: Mapping[str, Mapping[str, Any]]) -> dict[Cause, AlertState]:
    """Return the states that `to_json` stored. Raises KeyError or ValueError for anything else."""
    return {
        Cause(cause): AlertState(
            Priority(state["priority"]) if state["priority"] else None,
            MappingProxyType({Priority(level): datetime.fromisoformat(at) for level, at in state["since"].items()}),
            bool(state["summed"]),
            frozenset(state["threes"]),
            datetime.fromisoformat(until) if (until := state.get("put_off_until")) else None,
        )
        for cause, state in stored.items()
    }


def _clinical(old: AlertState, score: Score | None, now: datetime, policy: Policy) -> AlertState:
    if score is None:
        return _matured(old, now, policy.delay(Cause.NEWS2))
    proved = _proved(score)
    if proved is None and old is NOTHING:
        return NOTHING
    complete = not score.partial
    summed = score.score >= MEDIUM_SCORE
    threes = {name for name, points in score.parts.items() if points == 3}
    if old.is_open or score.partial:
        # What was seen before still binds, until a complete score shows that the patient is better by enough.
        summed = summed or (old.summed and not (complete and score.score <= MEDIUM_SCORE - policy.rearm))
        threes |= {name for name in old.threes if not (complete and score.parts.get(name, 3) <= 3 - policy.rearm)}
    held = None
    if old.priority is Priority.HIGH and not (complete and score.score <= HIGH_SCORE - policy.rearm):
        held = Priority.HIGH
    elif old.is_open and (summed or threes):
        held = Priority.MEDIUM
    reached = max(proved, held, key=_rank)
    since = _lasting(old, reached, now, keep=score.partial)
    if not since:
        return NOTHING
    return _matured(AlertState(old.priority, since, summed, frozenset(threes)), now, policy.delay(Cause.NEWS2))


def _proved(score: Score) -> Priority | None:
    """Return the priority that the parts present prove; further parts could only raise it."""
    if score.score >= HIGH_SCORE:
        return Priority.HIGH
    return Priority.MEDIUM if score.score >= MEDIUM_SCORE or score.single_three else None


def _technical(cause: Cause, old: AlertState, known: Technical, now: datetime, policy: Policy) -> AlertState:
    reached: Priority | None
    if cause in (Cause.LEAD_OFF, Cause.DEVICE_SILENT):
        flag = known.lead_off if cause is Cause.LEAD_OFF else known.silent
        unknown = flag is None
        reached = Priority.MEDIUM if flag else None
    elif cause is Cause.BATTERY_LOW:
        unknown = known.battery_percent is None
        reached = None if known.battery_percent is None else _battery(old, known.battery_percent, policy)
    else:
        unknown = known.clock_skew_s is None
        reached = None if known.clock_skew_s is None else _clock(old, known.clock_skew_s, policy)
    if old.put_off_until is not None and now < old.put_off_until and (unknown or reached):
        return old
    since = _lasting(old, reached, now, keep=unknown)
    return _matured(AlertState(old.priority, since), now, policy.delay(cause)) if since else NOTHING


def _battery(old: AlertState, percent: float, policy: Policy) -> Priority | None:
    urgent, low = policy.battery_urgent_percent, policy.battery_low_percent
    if percent <= urgent + (policy.battery_rearm_percent if old.priority is Priority.MEDIUM else 0):
        return Priority.MEDIUM
    return Priority.LOW if percent < low + (policy.battery_rearm_percent if old.is_open else 0) else None


def _clock(old: AlertState, ahead_s: float, policy: Policy) -> Priority | None:
    held = policy.clock_rearm_s if old.priority is Priority.MEDIUM else 0
    if ahead_s > policy.clock_deaf_ahead_s - held or -ahead_s > policy.clock_deaf_behind_s - held:
        return Priority.MEDIUM  # nothing of the patient's condition can call anybody
    return Priority.LOW if abs(ahead_s) > policy.clock_skew_s - (policy.clock_rearm_s if old.is_open else 0) else None


def _lasting(old: AlertState, reached: Priority | None, now: datetime, *, keep: bool) -> Mapping[Priority, datetime]:
    """Return since when each priority up to `reached` lasts; `keep` where nothing new can end what lasted before."""
    return MappingProxyType(
        {
            level: old.since.get(level, now)
            for level in Priority
            if _rank(level) <= _rank(reached) or (keep and level in old.since)
        }
    )


def _matured(state: AlertState, now: datetime, delay: timedelta) -> AlertState:
    """Give the alert the highest priority that stands already or has lasted its delay."""
    standing = [
        level for level, since in state.since.items() if _rank(level) <= _rank(state.priority) or now - since >= delay
    ]
    return replace(state, priority=max(standing, key=_rank, default=None))


def _change(cause: Cause, old: AlertState, new: AlertState, at: datetime) -> Transition | None:
    if old.priority is new.priority:
        return None
    if new.priority is None:
        return Transition(cause, Change.CLOSED, old.priority or Priority.LOW, at, old.priority)
    change = Change.UPDATED if old.is_open else Change.OPENED
    return Transition(cause, change, new.priority, at, old.priority)


def _rank(priority: Priority | None) -> int:
    return _RANK[priority]
