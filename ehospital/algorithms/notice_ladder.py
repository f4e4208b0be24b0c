"""When the next people are told of a notice, whether anybody was reached, and when a failed message is tried again.

A ladder has steps, each so long after the start. It ends when somebody has acted, and at its end it begins anew: a
notice that nobody acts on must not fall silent (Joint Commission NPSG.02.03.01: critical results are reported until a
responsible clinician has them; the waits themselves are the hospital's, not a published standard).

Four rules hold whatever happens:
* nobody is told before the time of their step, unless the one before reached nobody: then the next follows at once;
* the end of the ladder is never shortened: from its last step to its next beginning it waits `repeat`, so that a ladder
  that reaches nobody at all does not run in circles;
* what became due while nobody worked is told at once when work goes on, but never more than one whole ladder;
* a channel that could not be used at all says nothing of whether a person was reached; one that was tried does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

VERSION: Final = "notice-ladder-1"

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=30)
MOST_ATTEMPTS: Final = 8


class UnusableLadder(ValueError):
    """A ladder has no step, goes backwards in time, or would repeat without a pause."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The ladder of one notice.

    Attributes:
        started_at: timezone-aware.
        after: of each step, how long after the start; the first not before it, none before the one it follows.
        repeat: from the last step to the first one of the next repetition; longer than nothing.
    """

    started_at: datetime
    after: tuple[timedelta, ...]
    repeat: timedelta

    def __post_init__(self) -> None:
        if not self.after or self.after[0] < timedelta(0) or list(self.after) != sorted(self.after):
            raise UnusableLadder("a ladder needs a step, and each step comes with or after the one before")
        if self.repeat <= timedelta(0):
            raise UnusableLadder("a ladder that ends must wait before it begins anew")

    def planned_at(self, position: int) -> datetime:
        """Return when a step comes if all goes to plan; positions go on counting through the repetitions."""
        rounds, step = divmod(position, len(self.after))
        around = self.after[-1] - self.after[0] + self.repeat
        return self.started_at + rounds * around + self.after[step]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a notice is: the step that comes next, and how much earlier than planned everything comes by now.

    Attributes:
        lead: negative when work was late.
    """

    position: int = 0
    lead: timedelta = timedelta(0)


def due_at(plan: Plan, standing: Standing) -> datetime:
    """Return when the next step is due."""
    return plan.planned_at(standing.position) - standing.lead


def told(plan: Plan, standing: Standing, *, at: datetime) -> Standing:
    """Return the standing after the step that was due has been told at `at`."""
    later = replace(standing, position=standing.position + 1)
    if later.position % len(plan.after):
        return later
    return _at_least(plan, later, at + plan.repeat)


def reached_nobody(plan: Plan, standing: Standing, *, at: datetime) -> Standing:
    """Return the standing once it is known, at `at`, that the step told last reached nobody: the next one is due now.

    After the last step of the ladder nothing changes: its next beginning comes in its time.
    """
    early = due_at(plan, standing) - at
    if standing.position % len(plan.after) == 0 or early <= timedelta(0):
        return standing
    return replace(standing, lead=standing.lead + early)


def _at_least(plan: Plan, standing: Standing, earliest: datetime) -> Standing:
    short = earliest - due_at(plan, standing)
    return replace(standing, lead=standing.lead - short) if short > timedelta(0) else standing


class Try(StrEnum):
    """What became of one message over one channel that calls: mail, text message, push."""

    SENT = "sent"
    FAILED = "failed"  # tried at least once, without success so far
    PENDING = "pending"  # not tried yet
    LEFT_OUT = "left out"  # the channel cannot be used, or the person does not want it now


class Reach(StrEnum):
    """Whether a step reached anybody."""

    SOMEBODY = "somebody"
    NOBODY = "nobody"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a step tells: whether they can sign in and see it, and what became of what called them."""

    on_screen: bool
    tries: tuple[Try, ...] = ()


def reach(people: Iterable[Person]) -> Reach:
    """Return whether a step reached anybody.

    A message that was sent reaches its person. Whoever no channel calls is reached by the screen, if they can sign in:
    that is all they have. Whoever is called in vain over every channel is not, although it stands on the screen.
    """
    known = [_reached(one) for one in people]
    if Reach.SOMEBODY in known:
        return Reach.SOMEBODY
    return Reach.NOT_YET if Reach.NOT_YET in known else Reach.NOBODY


def _reached(person: Person) -> Reach:
    called = [one for one in person.tries if one is not Try.LEFT_OUT]
    if Try.SENT in called or (not called and person.on_screen):
        return Reach.SOMEBODY
    return Reach.NOT_YET if Try.PENDING in called else Reach.NOBODY


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts, doubling up to 30 minutes; None to give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)
