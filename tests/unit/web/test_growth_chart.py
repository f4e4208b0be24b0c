"""Growth charts: which part of childhood is shown, where a value lies, ages in words."""

from datetime import date

import pytest

from ehospital.algorithms.growth import Indicator, Measured
from ehospital.clinical.queries import Growth
from ehospital.clinical.queries.growth import Day
from ehospital.web.staff.chart.growth import drawing, placing

BORN = date(2020, 1, 31)


def place(*days: tuple[date, Measured], gestation: int | None = None) -> list[placing.Line]:
    found = Growth(tuple(Day(on, measured, ()) for on, measured in days), gestation)
    return placing.place(found, BORN, "male")


@pytest.mark.parametrize(("on", "words"), [
    (date(2020, 1, 31), "0 days"), (date(2020, 3, 31), "60 days"), (date(2020, 4, 1), "2 months"),
    (date(2022, 1, 30), "23 months"), (date(2022, 1, 31), "2 years"), (date(2026, 1, 30), "5 y 11 mo"),
    (date(2026, 1, 31), "6 years"), (date(2020, 1, 28), "1 week before term"),
    (date(2020, 1, 10), "3 weeks before term"),
])  # fmt: skip
def test_an_age_as_it_is_said(on: date, words: str) -> None:
    assert placing.age_words(BORN, on) == words


@pytest.mark.parametrize(("days", "indicator", "key"), [
    (0, Indicator.WEIGHT, "0-2"), (730, Indicator.WEIGHT, "0-2"), (731, Indicator.WEIGHT, "0-5"),
    (1856, Indicator.BMI, "0-5"), (1857, Indicator.BMI, "5-19"), (1857, Indicator.HEAD, "0-5"),
    (9000, Indicator.HEIGHT, "5-19"),
])  # fmt: skip
def test_which_part_of_childhood_is_shown(days: int, indicator: Indicator, key: str) -> None:
    assert drawing.span_of(days, indicator).key == key


def test_a_value_on_the_median_lies_on_its_line() -> None:
    lines = place((BORN, Measured(3.3464)), (date(2022, 1, 30), Measured(12.1482)), (date(2019, 1, 1), Measured(3)))
    assert len(lines) == 2, "what is dated before the birth is left out"
    chart = drawing.draw(Indicator.WEIGHT, "male", drawing.SPANS[0], lines)
    assert chart and [one.name for one in chart.curves] == ["−3", "−2", "0", "+2", "+3"]
    median = chart.curves[2].path
    first, last = chart.dots
    assert median.startswith(f"M{first[0]} {first[1]}L") and median.endswith(f"L{last[0]} {last[1]}")
    assert (first[0], last[0]) == (
        drawing.LEFT,
        drawing.RIGHT,
    ) and chart.path == f"M{first[0]} {first[1]}L{last[0]} {last[1]}"
    assert chart.y_ticks[0][0] == drawing.BOTTOM and chart.y_ticks[-1][0] == drawing.TOP


def test_who_is_below_two_lies_on_the_table_for_length() -> None:
    lines = place((date(2021, 12, 1), Measured(12, 86, True)), (date(2023, 1, 31), Measured(14, 96, False)))
    young, older = (drawing.draw(Indicator.WEIGHT_FOR_HEIGHT, "male", drawing.SPANS[n], lines) for n in (0, 1))
    assert young and older and len(young.dots) == len(older.dots) == 1
    assert (young.x_ticks[0][1], older.x_ticks[0][1]) == ("50", "70")
    assert drawing.draw(Indicator.WEIGHT_FOR_HEIGHT, "male", drawing.SPANS[2], lines) is None


def test_before_term_there_is_a_value_and_no_score() -> None:
    (line,) = place((date(2020, 2, 5), Measured(1.4, 40, True)), gestation=30 * 7)
    assert line.scores == {} and line.corrected_words == "10 weeks before term"
    assert [one.value for one in line.cells] == ["1.4", "40.0", "8.7", "", ""]


@pytest.mark.parametrize(("percent", "words"), [
    (0.05, "<0.1"), (0.1, "0.1"), (0.94, "0.9"), (1, "1"), (50.4, "50"), (99, "99"), (99.5, "99.5"), (99.95, ">99.9"),
])  # fmt: skip
def test_centiles_in_words(percent: float, words: str) -> None:
    assert placing.centile_words(percent) == words
