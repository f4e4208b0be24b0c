"""Sums of what went in and came out: every entry in one shift, days of 23 and 25 hours, the edge of the day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms import fluid_balance as fluids
from ehospital.algorithms.fluid_balance import KINDS, Entry, Sum, Way

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 2)
EDGES = fluids.boundaries(DAY, UTC)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 1440).map(lambda minute: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute))
ENTRIES = st.lists(st.builds(Entry, MOMENTS, st.sampled_from(sorted(KINDS)), st.integers(1, fluids.MOST_ML)))


def test_a_day_is_added_up() -> None:
    at = datetime(2026, 3, 2, 6, tzinfo=UTC)
    told = [
        Entry(at - timedelta(seconds=1), "oral", 999), Entry(at, "oral", 200), Entry(at, "infusion", 500),
        Entry(at + timedelta(hours=8), "urine", 350), Entry(at + timedelta(hours=23, minutes=59), "vomit", 100),
        Entry(at + timedelta(hours=24), "urine", 999),
    ]  # fmt: skip
    early, late, night = fluids.sums(told, EDGES)
    assert (early.taken_ml, early.lost_ml, early.balance_ml) == (700, 0, 700)
    assert (late.by_kind, night.by_kind) == ({"urine": 350}, {"vomit": 100})
    day = fluids.whole([early, late, night])
    assert day == Sum(EDGES[0], EDGES[-1], {"oral": 200, "infusion": 500, "urine": 350, "vomit": 100})
    assert (day.taken_ml, day.lost_ml, day.balance_ml) == (700, 450, 250)


@given(ENTRIES)
def test_shifts_add_up_to_the_day_and_to_every_entry_in_it(told: list[Entry]) -> None:
    day = fluids.whole(fluids.sums(told, EDGES))
    inside = [one for one in told if EDGES[0] <= one.at < EDGES[-1]]
    for way, got in ((Way.IN, day.taken_ml), (Way.OUT, day.lost_ml)):
        assert got == sum(one.ml for one in inside if KINDS[one.kind] == way)
    assert fluids.whole(fluids.sums(told[::-1], EDGES)) == day


@pytest.mark.parametrize(("on", "hours"), [
    (date(2026, 3, 28), (8, 8, 7)), (date(2026, 10, 24), (8, 8, 9)), (date(2026, 6, 1), (8, 8, 8)),
])  # fmt: skip
def test_the_night_in_which_the_clocks_change(on: date, hours: tuple[int, ...]) -> None:
    edges = fluids.boundaries(on, BERLIN)
    assert tuple((b - a) // timedelta(hours=1) for a, b in pairwise(edges)) == hours
    assert fluids.boundaries(on + timedelta(days=1), BERLIN)[0] == edges[-1], "no minute lies between two days"


@given(st.integers(0, 365 * 86_400))
def test_every_moment_lies_in_its_day(second: int) -> None:
    at = BEGAN + timedelta(seconds=second)
    edges = fluids.boundaries(fluids.day_of(at, BERLIN), BERLIN)
    assert edges[0] <= at < edges[-1]


def test_an_empty_day_is_nought() -> None:
    day = fluids.whole(fluids.sums([], EDGES))
    assert (day.taken_ml, day.lost_ml, day.balance_ml, dict(day.by_kind)) == (0, 0, 0, {})
