"""One month: the same date of the next month, or that month's last day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.deadlines import one_month_after


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 3, 2), date(2026, 4, 2)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 1, 28), date(2026, 2, 28)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ],
)
def test_the_edges_of_months(received: date, due: date) -> None:
    assert one_month_after(received) == due


@given(st.dates(max_value=date(9999, 11, 30)))
def test_it_is_the_last_day_that_is_no_later_than_the_date_in_the_next_month(received: date) -> None:
    """A slow oracle: walk day by day while the next month lasts and the date is not passed."""
    found, day = None, received
    while (day := day + timedelta(days=1)) and (day.year * 12 + day.month) - (received.year * 12 + received.month) <= 1:
        if day.month != received.month and day.day <= received.day:
            found = day
    assert one_month_after(received) == found
