"""Who is told when: every boundary, and every history against an oracle that keeps the list of what happened."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehospital.algorithms import notice_ladder as ladder
from ehospital.algorithms.notice_ladder import Person, Plan, Reach, Standing, Try, UnusableLadder

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STEP = timedelta(microseconds=1)
PLAN = Plan(START, (0 * MINUTE, 10 * MINUTE, 30 * MINUTE), 15 * MINUTE)


@pytest.mark.parametrize(
    ("position", "minutes"), [(0, 0), (1, 10), (2, 30), (3, 45), (4, 55), (5, 75), (6, 90), (300, 4500)]
)
def test_all_goes_to_plan(position: int, minutes: int) -> None:
    assert PLAN.planned_at(position) == START + minutes * MINUTE
    assert ladder.due_at(PLAN, Standing(position)) == START + minutes * MINUTE


@pytest.mark.parametrize(
    ("after", "repeat"),
    [
        ((), MINUTE),
        ((-STEP,), MINUTE),
        ((MINUTE, MINUTE - STEP), MINUTE),
        ((MINUTE,), timedelta(0)),
        ((MINUTE,), -MINUTE),
    ],
)
def test_a_ladder_that_makes_no_sense(after: tuple[timedelta, ...], repeat: timedelta) -> None:
    with pytest.raises(UnusableLadder):
        Plan(START, after, repeat)


def test_steps_may_come_together() -> None:
    assert Plan(START, (MINUTE, MINUTE), STEP).planned_at(1) == START + MINUTE


def test_after_nobody_the_next_follows_at_once_and_keeps_the_distance_of_those_behind() -> None:
    standing = ladder.told(PLAN, Standing(), at=START)
    moved = ladder.reached_nobody(PLAN, standing, at=START + MINUTE)
    assert ladder.due_at(PLAN, moved) == START + MINUTE
    assert ladder.due_at(PLAN, ladder.told(PLAN, moved, at=START + MINUTE)) == START + 21 * MINUTE


def test_what_is_due_already_is_not_put_off() -> None:
    standing = ladder.told(PLAN, Standing(), at=START)
    assert ladder.reached_nobody(PLAN, standing, at=START + 10 * MINUTE) == standing
    assert ladder.reached_nobody(PLAN, standing, at=START + 11 * MINUTE) == standing


def test_the_end_of_the_ladder_is_never_shortened() -> None:
    standing = ladder.told(PLAN, Standing(2), at=START + 30 * MINUTE)
    assert ladder.reached_nobody(PLAN, standing, at=START + 30 * MINUTE) == standing


@dataclass
class Oracle:
    """The same rules from the list of everything that happened: (told at, known to reach nobody at or None)."""

    plan: Plan
    happened: list[list[datetime | None]]

    def due_at(self) -> datetime:
        size = len(self.plan.after)
        due = self.plan.started_at + self.plan.after[0]
        for position, (told_at, nobody_at) in enumerate(self.happened):
            step = position % size
            assert told_at is not None
            if step == size - 1:
                due = max(due, told_at) + self.plan.repeat
            else:
                due += self.plan.after[step + 1] - self.plan.after[step]
                due = min(due, nobody_at or due)
        return due


PLANS = st.builds(
    lambda gaps, repeat: Plan(
        START, tuple(sum(gaps[: number + 1], start=0) * MINUTE for number in range(len(gaps))), repeat * MINUTE
    ),
    st.lists(st.integers(0, 60), min_size=1, max_size=5),
    st.integers(1, 240),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PLANS, st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 90)), max_size=12))
def test_every_history_against_the_oracle(plan: Plan, history: list[tuple[int, int | None]]) -> None:
    standing, oracle = Standing(), Oracle(plan, [])
    before = datetime.min.replace(tzinfo=UTC)
    ended: datetime | None = None
    for late, nobody in history:
        due = ladder.due_at(plan, standing)
        assert due == oracle.due_at()
        at = max(due + late * MINUTE, before)
        if standing.position % len(plan.after) == 0 and ended is not None:
            assert due >= ended + plan.repeat
        standing = ladder.told(plan, standing, at=at)
        known = None if nobody is None else at + nobody * MINUTE
        oracle.happened.append([at, known])
        if known is not None:
            standing = ladder.reached_nobody(plan, standing, at=known)
        ended = at if standing.position % len(plan.after) == 0 else ended
        before = at if known is None else known


@given(PLANS, st.integers(0, 100_000), st.booleans())
def test_one_moment_tells_one_ladder_at_most(plan: Plan, late: int, nobody: bool) -> None:
    standing, told = Standing(), 0
    now = START + late * MINUTE
    while ladder.due_at(plan, standing) <= now:
        standing = ladder.told(plan, standing, at=now)
        if nobody:
            standing = ladder.reached_nobody(plan, standing, at=now)
        told += 1
        assert told <= len(plan.after)


SENT, FAILED, PENDING, LEFT_OUT = Try.SENT, Try.FAILED, Try.PENDING, Try.LEFT_OUT


@pytest.mark.parametrize(
    ("people", "wanted"),
    [
        ((), Reach.NOBODY),
        ((Person(True),), Reach.SOMEBODY),
        ((Person(False),), Reach.NOBODY),
        ((Person(True, (LEFT_OUT,)),), Reach.SOMEBODY),
        ((Person(False, (LEFT_OUT,)),), Reach.NOBODY),
        ((Person(True, (FAILED,)),), Reach.NOBODY),
        ((Person(True, (FAILED, LEFT_OUT)),), Reach.NOBODY),
        ((Person(True, (FAILED, PENDING)),), Reach.NOT_YET),
        ((Person(True, (PENDING,)),), Reach.NOT_YET),
        ((Person(False, (FAILED, SENT)),), Reach.SOMEBODY),
        ((Person(True, (FAILED,)), Person(True)), Reach.SOMEBODY),
        ((Person(True, (FAILED,)), Person(True, (PENDING,))), Reach.NOT_YET),
        ((Person(True, (FAILED,)), Person(False)), Reach.NOBODY),
    ],
)
def test_whether_a_step_reached_anybody(people: tuple[Person, ...], wanted: Reach) -> None:
    assert ladder.reach(people) is wanted


@given(st.lists(st.builds(Person, st.booleans(), st.lists(st.sampled_from(Try), max_size=3).map(tuple)), max_size=6))
def test_one_more_message_that_left_always_reaches_somebody(people: list[Person]) -> None:
    assert ladder.reach([*people, Person(False, (SENT,))]) is Reach.SOMEBODY
    assert ladder.reach(people) is ladder.reach(list(reversed(people)))


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 30), (1, 30), (2, 60), (3, 120), (4, 240), (5, 480), (6, 960), (7, 1800), (8, None), (9, None)],
)
def test_waits_double_until_it_is_given_up(attempts: int, seconds: int | None) -> None:
    assert ladder.wait_after(attempts) == (None if seconds is None else timedelta(seconds=seconds))
