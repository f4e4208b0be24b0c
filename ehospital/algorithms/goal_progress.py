"""How near a patient is to a measured goal: from where, where now, which way, and how much of the time in the target.

The words of `Achievement` are those of HL7 FHIR R4 Goal.achievementStatus (https://hl7.org/fhir/R4/valueset-goal-achievement.html).
How they follow from measurements is the project's own judgement and needs the sign-off of a clinician; `VERSION`
changes with it. Nothing is claimed that is not known: without a recent value nothing is said of today, one value in the
target is a first success and not an achievement, and a value whose unit cannot be converted counts for nothing and is
told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from ehospital.kernel import units

VERSION: Final = "goal-progress-1"
SOURCE: Final = "HL7 FHIR R4 Goal.achievementStatus; how it follows from measurements is the project's own"

STEADY: Final = Fraction(5, 100)
"""A move that changes the distance by no more than this share of the target's nearest edge is none."""


class State(StrEnum):
    """Where the newest value lies."""

    NOT_MEASURED = "not-measured"
    NOT_KNOWN = "not-known"
    """Measured once, but too long ago to speak of today."""
    UNCLEAR = "unclear"
    """A limit of detection that does not say on which side of the target the value lies."""
    IN_TARGET = "in-target"
    BELOW = "below"
    ABOVE = "above"


class Achievement(StrEnum):
    """FHIR goal achievement status, as far as measurements tell; empty when they tell nothing."""

    NONE = ""
    IN_PROGRESS = "in-progress"
    IMPROVING = "improving"
    WORSENING = "worsening"
    NO_CHANGE = "no-change"
    ACHIEVED = "achieved"


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached, both ends included; one of them may be open. `unit` is UCUM."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    substance: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """One value as it was measured, in its own unit; `comparator` is FHIR's <, <=, >= or >."""

    at: datetime
    value: Decimal
    unit: str
    comparator: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One value in the unit of the target."""

    at: datetime
    value: Decimal
    state: State
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """What the measurements say.

    `way` is the share of the way from the baseline to the target (0 to 1), None where either is not known. `in_range`
    of `counted` values since the beginning lie in the target; `time_in_range` is the share of the time for which a
    value counted. `unusable` values had a unit that cannot be converted, or none.
    """

    state: State
    achievement: Achievement
    baseline: Point | None
    latest: Point | None
    points: tuple[Point, ...]
    way: Fraction | None
    in_range: int
    counted: int
    time_in_range: Fraction | None
    unusable: int


def progress(
    target: Target, measured: Iterable[Measured], *, since: datetime, at: datetime, counts_for: timedelta
) -> Progress:
    """Return where the goal stands at a moment.

    Args:
        measured: of the target's quantity, in any order; what lies after `at` is left out.
        since: when the goal began. The newest value before it is the baseline, however old; else the first after.
        counts_for: how long one value speaks for the patient; after that nothing is known until the next.
    """
    points, unusable = _converted(target, measured, at)
    inside = tuple(one for one in points if one.at >= since)
    before = [one for one in points if one.at < since and one.exact]
    baseline = before[-1] if before else next((one for one in inside if one.exact), None)
    latest = inside[-1] if inside else (points[-1] if points else None)
    state = _state(latest, at, counts_for)
    known = [one for one in inside if one.state is not State.UNCLEAR]
    way = _way(target, baseline, latest) if state in (State.BELOW, State.ABOVE, State.IN_TARGET) else None
    return Progress(
        state=state,
        achievement=_achievement(target, state, baseline, latest, known),
        baseline=baseline,
        latest=latest,
        points=inside,
        way=way,
        in_range=sum(one.state is State.IN_TARGET for one in known),
        counted=len(known),
        time_in_range=_time_in_range(points, since=since, at=at, counts_for=counts_for),
        unusable=unusable,
    )


def _converted(target: Target, measured: Iterable[Measured], at: datetime) -> tuple[list[Point], int]:
    found, unusable = [], 0
    for one in sorted((one for one in measured if one.at <= at), key=lambda one: (one.at, one.value, one.comparator)):
        try:
            value = units.convert(one.value, one.unit, target.unit, substance=target.substance or None)
        except units.UnitProblem:
            unusable += 1
        else:
            found.append(Point(one.at, value, _side(target, value, one.comparator), exact=not one.comparator))
    return found, unusable


def _side(target: Target, value: Decimal, comparator: str) -> State:
    """Return the side of the target on which every number lies that the value may stand for."""
    smallest = None if comparator.startswith("<") else value
    largest = None if comparator.startswith(">") else value
    if (
        target.low is not None
        and largest is not None
        and (largest < target.low or (largest == target.low and comparator == "<"))
    ):
        return State.BELOW
    if (
        target.high is not None
        and smallest is not None
        and (smallest > target.high or (smallest == target.high and comparator == ">"))
    ):
        return State.ABOVE
    above = target.low is None or (smallest is not None and smallest >= target.low)
    below = target.high is None or (largest is not None and largest <= target.high)
    return State.IN_TARGET if above and below else State.UNCLEAR


def _state(latest: Point | None, at: datetime, counts_for: timedelta) -> State:
    if latest is None:
        return State.NOT_MEASURED
    return latest.state if at - latest.at < counts_for else State.NOT_KNOWN


def distance(target: Target, value: Decimal) -> Fraction:
    """Return how far a value lies outside the target; 0 inside."""
    if target.low is not None and value < target.low:
        return Fraction(target.low) - Fraction(value)
    if target.high is not None and value > target.high:
        return Fraction(value) - Fraction(target.high)
    return Fraction(0)


def _way(target: Target, baseline: Point | None, latest: Point | None) -> Fraction | None:
    if baseline is None or latest is None:
        return None
    if latest.state is State.IN_TARGET:
        return Fraction(1)
    whole, left = distance(target, baseline.value), distance(target, latest.value)
    if not whole or not latest.exact:
        return Fraction(0) if latest.exact else None
    return max(Fraction(0), 1 - left / whole)


def _achievement(
    target: Target, state: State, baseline: Point | None, latest: Point | None, known: Sequence[Point]
) -> Achievement:
    if state in (State.NOT_MEASURED, State.NOT_KNOWN) or latest is None:
        return Achievement.NONE
    if state is State.IN_TARGET:
        twice = len(known) >= 2 and known[-2].state is State.IN_TARGET and known[-2].at < known[-1].at
        return Achievement.ACHIEVED if twice else Achievement.IN_PROGRESS
    if baseline is None or baseline is latest or not latest.exact or state is State.UNCLEAR:
        return Achievement.IN_PROGRESS
    move = distance(target, baseline.value) - distance(target, latest.value)
    if abs(move) <= STEADY * _edge(target, latest.value):
        return Achievement.NO_CHANGE
    return Achievement.IMPROVING if move > 0 else Achievement.WORSENING


def _edge(target: Target, value: Decimal) -> Fraction:
    edges = [abs(Fraction(one)) for one in (target.low, target.high) if one is not None]
    return min(edges, key=lambda edge: abs(edge - abs(Fraction(value))), default=Fraction(0))


def _time_in_range(points: Sequence[Point], *, since: datetime, at: datetime, counts_for: timedelta) -> Fraction | None:
    """Return the share of the known time in the target: a value counts until the next, at most for `counts_for`."""
    inside = known = timedelta(0)
    for place, one in enumerate(points):
        until = min(points[place + 1].at if place + 1 < len(points) else at, one.at + counts_for, at)
        length = max(timedelta(0), until - max(one.at, since))
        if one.state is not State.UNCLEAR:
            known += length
            inside += length if one.state is State.IN_TARGET else timedelta(0)
    return Fraction(inside // timedelta(microseconds=1), known // timedelta(microseconds=1)) if known else None
