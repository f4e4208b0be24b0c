"""Timings that others write: each is exactly what they said, or none."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ehospital.kernel import timing
from ehospital.kernel.timing import DAY, MONTH, WEEK, MalformedTiming, Timing, read

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "wk": 604800}
MONTHS = {"mo": 1, "a": 12}
NUMBERS = st.one_of(
    st.integers(-3, 100), st.decimals(0, 100, places=2), st.floats(0, 100).map(lambda one: round(one, 3))
)


@given(frequency=NUMBERS, period=NUMBERS, unit=st.sampled_from([*SECONDS, *MONTHS]))
@example(frequency=1, period=1.5, unit="d")
@example(frequency=1, period=Decimal("1.50"), unit="wk")
@example(frequency=2, period=24, unit="h")
def test_what_is_read_lasts_as_long_as_what_was_said(frequency: Any, period: Any, unit: str) -> None:
    try:
        found = read({"frequency": frequency, "period": period, "periodUnit": unit})
    except MalformedTiming:
        return
    assert found is not None
    scale = SECONDS if unit in SECONDS else MONTHS
    assert found.unit in scale, "no month has a number of days"
    assert Fraction(found.times) == Fraction(str(frequency))
    assert found.every * scale[found.unit] == Fraction(str(period)) * scale[unit]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"period": 24, "periodUnit": "h"}, Timing(1, 1, DAY)),
        ({"frequency": 3, "period": 1440.0, "periodUnit": "min"}, Timing(3, 1, DAY)),
        ({"period": Decimal("2.0"), "periodUnit": "wk"}, Timing(1, 2, WEEK)),
        ({"period": 1, "periodUnit": "a"}, Timing(1, 12, MONTH)),
        ({"period": 0.5, "periodUnit": "a"}, Timing(1, 6, MONTH)),
        ({"count": 1}, Timing()),
    ],
)
def test_what_says_the_same_in_other_words_is_read(told: dict[str, Any], expected: Timing) -> None:
    assert read(told) == expected
    assert read(timing.written(expected)) == expected


@pytest.mark.parametrize(
    "told",
    [
        {"period": 1.5, "periodUnit": "d"}, {"period": 36, "periodUnit": "h"}, {"period": 1.5, "periodUnit": "mo"},
        {"frequency": 1.5, "period": 1, "periodUnit": "d"}, {"frequency": True, "period": 1, "periodUnit": "d"},
        {"frequency": "2", "period": 1, "periodUnit": "d"}, {"period": float("nan"), "periodUnit": "d"},
        {"period": float("inf"), "periodUnit": "d"}, {"period": None, "periodUnit": "d"}, {"count": True},
        {"period": 0.5, "periodUnit": "wk", "dayOfWeek": ["mon"]}, {"period": 1, "periodUnit": "fortnight"},
    ],
)  # fmt: skip
def test_what_no_day_week_or_month_says_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(MalformedTiming):
        read(told)


def test_the_units_of_time_are_what_they_say() -> None:
    assert {unit: timedelta(seconds=size) for unit, size in SECONDS.items()} == {
        "s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1),
        "wk": timedelta(weeks=1),
    }  # fmt: skip
