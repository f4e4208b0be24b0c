"""Quiet hours: both edges, midnight, and the two nights of the year when the clock is changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.quiet_hours import quiet_until

OSLO = ZoneInfo("Europe/Oslo")
NIGHT = {"begins": time(22), "ends": time(7)}
NAP = {"begins": time(13), "ends": time(14, 30)}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (NIGHT, "2026-01-10T21:59:59.999999", None),
        (NIGHT, "2026-01-10T22:00:00", "2026-01-11T07:00"),
        (NIGHT, "2026-01-11T00:00:00", "2026-01-11T07:00"),
        (NIGHT, "2026-01-11T06:59:59.999999", "2026-01-11T07:00"),
        (NIGHT, "2026-01-11T07:00:00", None),
        (NAP, "2026-01-10T12:59:59.999999", None),
        (NAP, "2026-01-10T13:00:00", "2026-01-10T14:30"),
        (NAP, "2026-01-10T14:29:59.999999", "2026-01-10T14:30"),
        (NAP, "2026-01-10T14:30:00", None),
        ({"begins": None, "ends": time(7)}, "2026-01-10T03:00", None),
        ({"begins": time(7), "ends": None}, "2026-01-10T08:00", None),
        ({"begins": time(7), "ends": time(7)}, "2026-01-10T07:00", None),
        # 29 March, 02:00 → 03:00; 25 October, 03:00 → 02:00
        (NIGHT, "2026-03-28T22:30:00", "2026-03-29T07:00"),
        (NIGHT, "2026-10-24T22:30:00", "2026-10-25T07:00"),
        ({"begins": time(23), "ends": time(2, 30)}, "2026-03-28T23:30:00", "2026-03-29T03:30"),
        ({"begins": time(23), "ends": time(2, 30)}, "2026-10-24T23:30:00", "2026-10-25T02:30"),
    ],
)
def test_edges(hours: dict[str, time | None], at: str, until: str | None) -> None:
    found = quiet_until(local(at).astimezone(UTC), **hours, zone=OSLO)
    assert found == (None if until is None else local(until).astimezone(UTC))


@given(
    st.integers(0, 15 * 365 * 24 * 60).map(
        lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.times().map(lambda one: one.replace(microsecond=0)),
    st.times().map(lambda one: one.replace(microsecond=0)),
)
def test_quiet_ends_later_within_a_day_and_at_the_chosen_time(at: datetime, begins: time, ends: time) -> None:
    over = quiet_until(at, begins=begins, ends=ends, zone=OSLO)
    if over is not None:
        assert at < over <= at + timedelta(hours=25)
        shown = over.astimezone(OSLO)
        assert shown.time() == ends or shown.utcoffset() != (shown - timedelta(hours=2)).utcoffset()
        assert quiet_until(over, begins=begins, ends=ends, zone=OSLO) is None or shown.time() != ends
