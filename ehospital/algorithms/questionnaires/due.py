"""Whether a form is to be filled now: within hours of the beginning of a stay, and again after a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ehospital.algorithms.questionnaires.definition import Due


class State(StrEnum):
    """How a form stands."""

    NONE = "none"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """How a form stands, and by when it is to be filled (again)."""

    state: State
    by: datetime | None = None


def task(due: Due | None, *, began_at: datetime | None, last_at: datetime | None, now: datetime) -> Task:
    """Return how a form stands for a stay of its setting.

    Args:
        began_at: when the running stay began; None without one. A form filled before it does not count for it.
        last_at: when the form was finished last.
    """
    if due is None or began_at is None:
        return Task(State.NONE)
    if last_at is None or last_at < began_at:
        by = began_at + timedelta(hours=due.within_h)
        return Task(State.OVERDUE if now > by else State.DUE, by)
    if due.again_after_h is None:
        return Task(State.DONE)
    by = last_at + timedelta(hours=due.again_after_h)
    return Task(State.OVERDUE if now > by else State.DONE, by)
