"""How often something is to be done: every boundary, and the windows against a day-by-day oracle."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.kernel.timing import (
    DAY,
    MONTH,
    ONCE,
    WEEK,
    WEEKDAYS,
    MalformedTiming,
    Timing,
    Window,
    read,
    windows,
    written,
)

MONDAY = date(2026, 3, 2)
ONE = timedelta(days=1)


def told(timing: Timing, *, days: int, ends: date = date.max, since: date = MONDAY) -> list[tuple[str, str, int]]:
    found = windows(timing, starts_on=MONDAY, ends_on=ends, since=since, until=MONDAY + days * ONE)
    return [(one.from_on.isoformat(), one.until_on.isoformat(), one.times) for one in found]


def test_windows_of_each_kind() -> None:
    assert told(Timing(2, 1, DAY), days=2) == [("2026-03-02", "2026-03-03", 2), ("2026-03-03", "2026-03-04", 2)]
    assert told(Timing(3, 1, WEEK), days=8) == [("2026-03-02", "2026-03-09", 3), ("2026-03-09", "2026-03-16", 3)]
    assert told(Timing(1, 2, WEEK, ("tue", "mon")), days=16) == [
        ("2026-03-02", "2026-03-03", 1), ("2026-03-03", "2026-03-04", 1),
        ("2026-03-16", "2026-03-17", 1), ("2026-03-17", "2026-03-18", 1),
    ]  # fmt: skip
    assert told(Timing(), days=1, ends=MONDAY + 9 * ONE) == [("2026-03-02", "2026-03-12", 1)]
    assert told(Timing(1, 1, WEEK), days=30, ends=MONDAY + 8 * ONE) == [
        ("2026-03-02", "2026-03-09", 1), ("2026-03-09", "2026-03-11", 1),
    ]  # fmt: skip


def test_a_short_month_ends_on_its_last_day_and_the_next_is_whole_again() -> None:
    found = windows(
        Timing(1, 1, MONTH), starts_on=date(2027, 1, 31), ends_on=date.max, since=date(2027, 1, 31),
        until=date(2027, 4, 1),
    )  # fmt: skip
    edges = [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    assert list(found) == [Window(*pair, 1) for pair in itertools.pairwise(edges)]


def test_nothing_before_the_start_nor_after_the_end() -> None:
    assert told(Timing(1, 1, DAY), days=5, ends=MONDAY - ONE) == []
    assert told(Timing(), days=5, ends=MONDAY - ONE) == []
    assert told(Timing(1, 1, DAY), days=0) == []
    assert told(Timing(1, 1, DAY), days=3, since=MONDAY + 2 * ONE) == [("2026-03-04", "2026-03-05", 1)]
    assert MONDAY in Window(MONDAY, MONDAY + ONE, 1)
    assert MONDAY + ONE not in Window(MONDAY, MONDAY + ONE, 1)


@pytest.mark.parametrize(
    "wrong",
    [(0, 1, DAY), (25, 1, DAY), (1, 0, DAY), (1, 61, DAY), (1, 1, "h"), (2, 1, ONCE), (1, 2, ONCE),
     (1, 1, DAY, ("mon",)), (1, 1, WEEK, ("mond",)), (1, 1, WEEK, ("mon", "mon"))],
)  # fmt: skip
def test_malformed_timings_are_refused(wrong: tuple) -> None:
    with pytest.raises(MalformedTiming):
        Timing(*wrong)


@pytest.mark.parametrize(
    "wrong", [{"count": 2}, {"frequency": "x", "periodUnit": "d"}, {"boundsPeriod": {}}, {"period": None},
              {"frequency": 1, "period": 1, "periodUnit": "h"}],
)  # fmt: skip
def test_what_we_do_not_plan_by_is_refused_when_read(wrong: dict) -> None:
    with pytest.raises(MalformedTiming):
        read(wrong)


TIMINGS = st.one_of(
    st.just(Timing()),
    st.builds(Timing, st.integers(1, 24), st.integers(1, 60), st.sampled_from([DAY, WEEK, MONTH])),
    st.builds(
        lambda times, every, days: Timing(times, every, WEEK, tuple(days)),
        st.integers(1, 4), st.integers(1, 4), st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1),
    ),
)  # fmt: skip


@given(TIMINGS)
def test_what_is_written_is_read_again(timing: Timing) -> None:
    assert read(written(timing)) == timing


def test_no_timing_is_nothing() -> None:
    assert (written(None), read({})) == ({}, None)


@given(TIMINGS, st.integers(0, 400), st.integers(0, 60), st.integers(0, 120))
def test_windows_against_a_day_by_day_oracle(timing: Timing, length: int, before: int, span: int) -> None:
    """Each day lies in at most one window, windows are in order, and a day is in one when the slow rule says so."""
    ends, since = MONDAY + length * ONE, MONDAY + before * ONE
    until = since + span * ONE
    found = list(windows(timing, starts_on=MONDAY, ends_on=ends, since=since, until=until))
    assert all(one.from_on < one.until_on for one in found)
    assert all(a.until_on <= b.from_on for a, b in itertools.pairwise(found))
    for offset in range(span):
        day = since + offset * ONE
        inside = [one for one in found if day in one]
        wanted = MONDAY <= day <= ends
        if timing.weekdays:
            weeks = (day - MONDAY).days // 7
            wanted = wanted and WEEKDAYS[day.weekday()] in timing.weekdays and weeks % timing.every == 0
        assert len(inside) == int(wanted), day
        assert all(one.times == timing.times for one in inside)
