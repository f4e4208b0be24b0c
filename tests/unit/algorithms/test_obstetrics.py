"""Pregnancies counted and dated, at every boundary."""

from datetime import date, timedelta

import pytest

from ehospital.algorithms.obstetrics import Counted, counted, due_on, gestation

LAST = date(2026, 1, 1)


def test_the_day_of_delivery() -> None:
    assert due_on(LAST) == date(2026, 10, 8)
    assert due_on(date(2023, 6, 1)) == date(2024, 3, 7), "through a leap day"


@pytest.mark.parametrize(
    ("days", "weeks"), [(-1, None), (0, (0, 0)), (6, (0, 6)), (7, (1, 0)), (280, (40, 0)), (314, (44, 6)), (315, None)]
)
def test_gestation(days: int, weeks: tuple[int, int] | None) -> None:
    assert gestation(LAST, LAST + timedelta(days=days)) == weeks


def test_counts() -> None:
    assert counted([]) == Counted(0, 0, 0, 0)
    told = [
        ("live-birth", 39),
        ("live-birth", None),
        ("stillbirth", 30),
        ("miscarriage", 9),
        ("ongoing", None),
        ("", None),
    ]
    assert counted(told) == Counted(gravida=6, para=3, losses=1, unclear=1)
    assert counted([("termination", 23)]) == Counted(1, 0, 1, 0)
    assert counted([("termination", 24)]) == Counted(1, 1, 0, 0)
    assert counted([("live-birth", 22)]) == Counted(1, 1, 0, 0)
    assert counted([("", 24), ("", 23)]) == Counted(2, 1, 0, 1)
