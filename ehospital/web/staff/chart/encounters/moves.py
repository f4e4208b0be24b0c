"""The encounters of a history, each with the steps that it may take from where it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ehospital.algorithms.encounter_course import State, steps
from ehospital.clinical.models import Encounter
from ehospital.web.staff.chart.encounters.views import BACK, STEPS

OPENED_AGAIN_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One encounter, and its steps: state and words."""

    encounter: Encounter
    steps: tuple[tuple[str, str], ...]
    over: bool


def lines(encounters: Iterable[Encounter], at: datetime) -> list[Line]:
    """Return the encounters with their steps; what ended long ago is not offered to be opened again."""
    return [_line(one, at) for one in encounters]


def _line(one: Encounter, at: datetime) -> Line:
    found = []
    long_over = one.ended_at is not None and at - one.ended_at > OPENED_AGAIN_WITHIN
    for to in () if long_over else steps(one.status, one.setting):
        back = BACK.get(State(one.status)) if to is State.IN_PROGRESS else None
        found.append((to.value, str(back or STEPS[to])))
    return Line(one, tuple(found), one.status in (State.FINISHED, State.CANCELLED))
