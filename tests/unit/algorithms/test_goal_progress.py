"""Progress of measured goals: every boundary, and the shares against a slow oracle that walks hour by hour."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.goal_progress import Achievement, Measured, Progress, State, Target, distance, progress

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PRESSURE = Target(Decimal(90), Decimal(130), "mm[Hg]")


def at(days_ago: float, value: str, unit: str = "mm[Hg]", comparator: str = "") -> Measured:
    return Measured(NOON - days_ago * DAY, Decimal(value), unit, comparator)


def of(*values: Measured, target: Target = PRESSURE, since_days: float = 30, counts_days: float = 7) -> Progress:
    return progress(target, values, since=NOON - since_days * DAY, at=NOON, counts_for=counts_days * DAY)


def test_nothing_measured_says_nothing() -> None:
    found = of()
    assert (found.state, found.achievement) == (State.NOT_MEASURED, Achievement.NONE)
    assert (found.baseline, found.latest, found.way, found.time_in_range) == (None, None, None, None)
    assert (found.in_range, found.counted, found.unusable) == (0, 0, 0)


@pytest.mark.parametrize(
    ("value", "state"),
    [("89.9", State.BELOW), ("90", State.IN_TARGET), ("130", State.IN_TARGET), ("130.1", State.ABOVE)],
)
def test_both_ends_of_the_target_belong_to_it(value: str, state: State) -> None:
    assert of(at(1, value)).state is state


def test_an_open_end_has_no_edge() -> None:
    assert of(at(1, "20"), target=Target(None, Decimal(130), "mm[Hg]")).state is State.IN_TARGET
    assert of(at(1, "300"), target=Target(Decimal(90), None, "mm[Hg]")).state is State.IN_TARGET


def test_an_old_value_says_nothing_of_today_whatever_it_was() -> None:
    fresh, old = of(at(6.999, "120")), of(at(7, "120"))
    assert (fresh.state, old.state) == (State.IN_TARGET, State.NOT_KNOWN)
    assert (old.achievement, old.way) == (Achievement.NONE, None)
    assert old.latest is not None and old.latest.value == 120  # it is shown, with its date


def test_achieved_takes_two_values_in_the_target() -> None:
    assert of(at(1, "120")).achievement is Achievement.IN_PROGRESS
    assert of(at(20, "150"), at(1, "120")).achievement is Achievement.IN_PROGRESS
    assert of(at(3, "120"), at(1, "128")).achievement is Achievement.ACHIEVED
    assert of(at(1, "120"), at(1, "120")).achievement is Achievement.IN_PROGRESS  # the same moment is one value
    assert of(at(40, "120"), at(1, "120")).achievement is Achievement.IN_PROGRESS  # one of them before the goal


def test_the_way_and_the_direction() -> None:
    better = of(at(31, "170"), at(10, "160"), at(1, "140"))
    assert better.baseline is not None and better.baseline.value == 170
    assert (better.way, better.achievement) == (Fraction(3, 4), Achievement.IMPROVING)
    worse = of(at(31, "150"), at(1, "170"))
    assert (worse.way, worse.achievement) == (0, Achievement.WORSENING)
    assert of(at(31, "120"), at(1, "150")).achievement is Achievement.WORSENING
    assert of(at(31, "150"), at(1, "120")).way == 1


@pytest.mark.parametrize(
    ("latest", "achievement"),
    [("143.5", Achievement.NO_CHANGE), ("143.4", Achievement.IMPROVING), ("156.5", Achievement.NO_CHANGE),
     ("156.6", Achievement.WORSENING)],
)  # fmt: skip
def test_five_percent_of_the_edge_is_no_move(latest: str, achievement: Achievement) -> None:
    assert of(at(20, "150"), at(1, latest)).achievement is achievement


def test_one_value_outside_has_no_direction() -> None:
    assert of(at(1, "150")).achievement is Achievement.IN_PROGRESS


@pytest.mark.parametrize(
    ("comparator", "value", "state"),
    [("<", "90", State.BELOW), ("<=", "90", State.UNCLEAR), ("<", "120", State.UNCLEAR), (">", "130", State.ABOVE),
     (">=", "130", State.UNCLEAR), (">", "100", State.UNCLEAR), (">=", "130.1", State.ABOVE),
     ("<=", "89", State.BELOW)],
)  # fmt: skip
def test_a_limit_is_placed_only_where_all_it_stands_for_agrees(comparator: str, value: str, state: State) -> None:
    assert of(at(1, value, comparator=comparator)).state is state


def test_units_are_converted_and_what_cannot_be_is_told() -> None:
    target = Target(Decimal(4), Decimal(7), "mmol/L", substance="glucose")
    found = of(at(2, "180.182", "mg/dL"), at(1, "5", "mmol/L"), at(3, "5", "%"), at(4, "5", ""), target=target)
    assert [one.value for one in found.points] == [Decimal(10), Decimal(5)]
    assert (found.state, found.in_range, found.counted, found.unusable) == (State.IN_TARGET, 1, 2, 2)


def test_the_future_is_left_out() -> None:
    assert of(at(-1, "120")).state is State.NOT_MEASURED


def test_time_in_range_holds_each_value_until_the_next_and_no_longer_than_it_counts() -> None:
    found = of(at(10, "120"), at(8, "150"), counts_days=4)
    assert found.time_in_range == Fraction(2, 6)


def test_a_value_before_the_goal_counts_for_its_time_but_not_as_a_value() -> None:
    found = of(at(32, "120"), since_days=30, counts_days=4)
    assert (found.time_in_range, found.counted, found.state) == (1, 0, State.NOT_KNOWN)


VALUES = st.lists(st.tuples(st.integers(0, 60), st.integers(60, 200)), max_size=12, unique_by=lambda one: one[0])


@given(VALUES, st.integers(0, 50), st.integers(1, 20), st.integers(80, 120), st.integers(0, 40))
def test_shares_against_an_oracle_that_walks_hour_by_hour(values, since_hours, counts, low, width) -> None:
    target = Target(Decimal(low), Decimal(low + width), "mm[Hg]")
    measured = [Measured(NOON - hours * HOUR, Decimal(value), "mm[Hg]") for hours, value in values]
    found = progress(target, measured, since=NOON - since_hours * HOUR, at=NOON, counts_for=counts * HOUR)
    inside = known = 0
    for hour in range(since_hours, 0, -1):  # the hour that begins so many hours ago
        ages = [(hours - hour, value) for hours, value in values if hours >= hour]
        if ages and min(ages)[0] < counts:
            known += 1
            inside += low <= min(ages)[1] <= low + width
    assert found.time_in_range == (Fraction(inside, known) if known else None)
    since = [value for hours, value in values if hours <= since_hours]
    assert (found.counted, found.in_range) == (len(since), sum(low <= value <= low + width for value in since))
    newest = min(values, default=None)
    if newest is None or newest[0] >= counts:
        assert found.state in (State.NOT_MEASURED, State.NOT_KNOWN)
        assert found.achievement is Achievement.NONE
    else:
        assert (found.state is State.IN_TARGET) == (low <= newest[1] <= low + width)
    if found.achievement is Achievement.ACHIEVED:
        assert found.in_range >= 2


@given(st.lists(st.integers(40, 260), min_size=2, max_size=8))
def test_the_way_lies_between_nothing_and_all_and_order_does_not_matter(values: list[int]) -> None:
    measured = [at(len(values) - place, str(value)) for place, value in enumerate(values)]
    found = of(*measured)
    assert of(*measured[::-1]) == found
    assert found.way is None or 0 <= found.way <= 1
    assert (distance(PRESSURE, Decimal(values[-1])) == 0) == (found.state is State.IN_TARGET)
