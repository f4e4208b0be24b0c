"""The encounters of a history, each with the steps that it may take from where it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from ehospital.algorithms.encounter_course import State, steps
from ehospital.clinical.models import Encounter
from ehospital.web.staff.chart.encounters.views import BACK, STEPS


@dataclass(frozen=True)
class Line:
    """One encounter, and its steps: state and words."""

    encounter: Encounter
    steps: tuple[tuple[str, str], ...]
    over: bool


def lines(encounters: Iterable[Encounter]) -> list[Line]:
    """Return the encounters with their steps."""
    return [_line(one) for one in encounters]


def _line(one: Encounter) -> Line:
    found = []
    for to in steps(one.status, one.setting):
        back = BACK.get(State(one.status)) if to is State.IN_PROGRESS else None
        found.append((to.value, str(back or STEPS[to])))
    return Line(one, tuple(found), one.status in (State.FINISHED, State.CANCELLED))
