"""Done of due: the running window is held against nobody, and no day counts twice."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.adherence import DONE, MISSED, Adherence, Tick, adherence, open_now, stands
from ehospital.kernel.timing import DAY, WEEK, Timing, Window, windows

MONDAY = date(2026, 3, 2)
ONE = timedelta(days=1)


def daily(days: int, times: int = 1) -> list[Window]:
    return [Window(MONDAY + place * ONE, MONDAY + (place + 1) * ONE, times) for place in range(days)]


def test_a_day_that_is_not_over_asks_for_nothing_yet() -> None:
    found = stands(daily(3), [Tick(MONDAY, DONE)])
    assert adherence(found, today=MONDAY + 2 * ONE) == Adherence(2, 1, 0)
    assert adherence(found, today=MONDAY) == Adherence(1, 1, 0)
    assert adherence(stands(daily(3), []), today=MONDAY) == Adherence(0, 0, 0)
    assert Adherence(0, 0, 0).share is None
    assert (Adherence(4, 2, 1).share, Adherence(4, 2, 1).silent) == (Fraction(1, 2), 1)


def test_more_than_asked_for_counts_once_and_could_not_is_told_apart() -> None:
    (stand,) = stands(daily(1, 2), [Tick(MONDAY, DONE)] * 3 + [Tick(MONDAY, MISSED)])
    assert (stand.done, stand.missed, stand.left) == (2, 0, 0)
    (stand,) = stands(daily(1, 2), [Tick(MONDAY, DONE), Tick(MONDAY, MISSED), Tick(MONDAY, MISSED)])
    assert (stand.done, stand.missed, stand.left) == (1, 1, 0)
    assert stands(daily(1), [Tick(MONDAY + ONE, DONE), Tick(MONDAY - ONE, DONE)])[0].left == 1


def test_the_window_of_today() -> None:
    found = stands([Window(MONDAY, MONDAY + 7 * ONE, 3)], [])
    assert open_now(found, today=MONDAY + 6 * ONE) is found[0]
    assert open_now(found, today=MONDAY + 7 * ONE) is None
    assert open_now(found, today=MONDAY - ONE) is None


@given(
    st.integers(1, 4), st.sampled_from([DAY, WEEK]), st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 45), st.sampled_from([DONE, MISSED])), max_size=40),
)  # fmt: skip
def test_against_an_oracle_that_counts_one_by_one(times: int, unit: str, day: int, said: list) -> None:
    today = MONDAY + day * ONE
    length = 1 if unit == DAY else 7
    ticks = [Tick(MONDAY + offset * ONE, outcome) for offset, outcome in said]
    planned = windows(Timing(times, 1, unit), starts_on=MONDAY, ends_on=date.max, since=MONDAY, until=today + ONE)
    found = adherence(stands(planned, ticks), today=today)
    due = done = missed = 0
    for block in range(day // length + 1):
        slots = [outcome for offset, outcome in said if offset // length == block]
        did = sum(1 for one in slots if one == DONE)
        did = times if did > times else did
        could_not = sum(1 for one in slots if one == MISSED)
        could_not = times - did if could_not > times - did else could_not
        due += times if (block + 1) * length <= day else did + could_not
        done, missed = done + did, missed + could_not
    assert found == Adherence(due, done, missed)
    assert 0 <= found.silent <= found.due


def test_while_a_plan_rests_nothing_is_held_against_anybody() -> None:
    said = stands(daily(4), [Tick(MONDAY + ONE, DONE)])
    rested = [(MONDAY + ONE, MONDAY + 3 * ONE)]
    assert adherence(said, today=MONDAY + 4 * ONE, paused=rested) == Adherence(3, 1, 0)
    assert adherence(said, today=MONDAY + 4 * ONE) == Adherence(4, 1, 0)
    assert adherence(said, today=MONDAY + 4 * ONE, paused=[(MONDAY + 4 * ONE, date.max)]) == Adherence(4, 1, 0)
