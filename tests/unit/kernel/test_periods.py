"""Periods: half-open, aware, never empty."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.kernel.periods import MalformedPeriod, Period

EIGHT = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(start: int, end: int | None) -> Period:
    return Period(EIGHT + start * HOUR, None if end is None else EIGHT + end * HOUR)


def test_the_start_is_inside_and_the_end_is_not():
    period = hours(0, 1)
    assert EIGHT in period
    assert EIGHT + HOUR - timedelta(microseconds=1) in period
    assert EIGHT + HOUR not in period
    assert EIGHT - timedelta(microseconds=1) not in period
    assert EIGHT + 1000 * HOUR in hours(0, None)


@pytest.mark.parametrize(("start", "end"), [(1, 1), (2, 1)])
def test_an_empty_or_backward_period_is_refused(start, end):
    with pytest.raises(MalformedPeriod, match="must lie after"):
        hours(start, end)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(MalformedPeriod, match="start_at has no time zone"):
        Period(EIGHT.replace(tzinfo=None))
    with pytest.raises(MalformedPeriod, match="end_at has no time zone"):
        Period(EIGHT, (EIGHT + HOUR).replace(tzinfo=None))


def test_touching_is_meeting_and_not_overlapping():
    morning, noon = hours(0, 4), hours(4, 5)
    assert not morning.overlaps(noon) and not noon.overlaps(morning)
    assert morning.meets(noon) and not noon.meets(morning)
    assert hours(0, 5).intersection(hours(4, None)) == hours(4, 5)
    assert not hours(0, None).meets(noon)


def test_enclosing():
    assert hours(0, None).encloses(hours(3, None))
    assert hours(0, 4).encloses(hours(0, 4))
    assert not hours(0, 4).encloses(hours(0, None))
    assert not hours(1, 4).encloses(hours(0, 2))


def test_duration_is_elapsed_time_through_a_clock_change():
    berlin = ZoneInfo("Europe/Berlin")
    night = Period(
        datetime(2026, 3, 29, 1, tzinfo=berlin).astimezone(UTC), datetime(2026, 3, 29, 4, tzinfo=berlin).astimezone(UTC)
    )
    assert night.duration == 2 * HOUR
    assert hours(0, None).duration is None


def test_an_open_period_can_be_ended_once_it_has_begun():
    assert hours(0, None).ended(EIGHT + HOUR) == hours(0, 1)
    with pytest.raises(MalformedPeriod):
        hours(0, None).ended(EIGHT)


PERIODS = st.tuples(st.integers(0, 20), st.none() | st.integers(1, 10)).map(
    lambda drawn: hours(drawn[0], None if drawn[1] is None else drawn[0] + drawn[1])
)


@given(PERIODS, PERIODS)
def test_the_intersection_holds_exactly_the_shared_instants(one, other):
    shared = one.intersection(other)
    assert shared == other.intersection(one)
    for half_hour in range(64):
        instant = EIGHT + half_hour * HOUR / 2
        assert (instant in one and instant in other) == (shared is not None and instant in shared)
