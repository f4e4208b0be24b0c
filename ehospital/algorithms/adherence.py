"""How much of what a plan asks for was done: counted in windows, never held against the day that is not over.

A window asks for so many times within its days (`kernel.timing`). What was done more often counts once as often as it
was asked for; what was said to have been impossible is told apart from what nobody said anything about. The counting is
the project's own judgement; `VERSION` changes with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from ehospital.kernel.timing import Window

VERSION: Final = "adherence-1"
SOURCE: Final = "the project's own"
DONE, MISSED = "done", "missed"


@dataclass(frozen=True, slots=True)
class Tick:
    """That something was done, or could not be, on a day; taken back ones are not among them."""

    on: date
    outcome: str


@dataclass(frozen=True, slots=True)
class Stand:
    """One window: how often it asks, how often it was done, and how often it was said to be impossible."""

    window: Window
    done: int
    missed: int

    @property
    def left(self) -> int:
        """How often it still asks."""
        return max(0, self.window.times - self.done - self.missed)


@dataclass(frozen=True, slots=True)
class Adherence:
    """`done` of `due`; of the rest `missed` were said to be impossible, and nobody said anything of `silent`."""

    due: int
    done: int
    missed: int

    @property
    def silent(self) -> int:
        """Of how many nobody said anything."""
        return self.due - self.done - self.missed

    @property
    def share(self) -> Fraction | None:
        """The share that was done; None while nothing was due."""
        return Fraction(self.done, self.due) if self.due else None


def stands(windows: Iterable[Window], ticks: Sequence[Tick]) -> list[Stand]:
    """Return how each window stands."""
    found = []
    for window in windows:
        within = [tick.outcome for tick in ticks if tick.on in window]
        done = min(window.times, within.count(DONE))
        found.append(Stand(window, done, min(window.times - done, within.count(MISSED))))
    return found


def adherence(standing: Iterable[Stand], *, today: date, paused: Sequence[tuple[date, date]] = ()) -> Adherence:
    """Return what was done of what was due: windows that are over in full, of the running one only what was said.

    Args:
        paused: days, from and until (not included), on which the plan rested: of a window that touches them only what
            was said counts.
    """
    due = done = missed = 0
    for one in standing:
        if one.window.from_on > today:
            continue
        rested = any(one.window.from_on < until and begin < one.window.until_on for begin, until in paused)
        over = one.window.until_on <= today and not rested
        due += one.window.times if over else one.done + one.missed
        done += one.done
        missed += one.missed
    return Adherence(due, done, missed)


def open_now(standing: Iterable[Stand], *, today: date) -> Stand | None:
    """Return the window of today, whatever it still asks for; None when there is none."""
    return next((one for one in standing if today in one.window), None)
