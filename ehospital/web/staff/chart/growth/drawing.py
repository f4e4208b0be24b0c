"""A growth chart as SVG: WHO's curves and the child's values between them, in a box of 440 by 400."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from ehospital.algorithms.growth import (
    LYING_UNTIL_DAY,
    Indicator,
    Lms,
    Score,
    by_age,
    by_height,
    last_day,
    value_at,
)
from ehospital.web.staff.chart.growth.placing import Line

WIDTH, HEIGHT = 440.0, 400.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 408.0, 10.0, 362.0
_MONTH: Final = 30.4375
Z_LINES: Final = ((-3.0, "−3", "far"), (-2.0, "−2", "off"), (0.0, "0", "mid"), (2.0, "+2", "off"), (3.0, "+3", "far"))
CENTILES: Final = (
    (-1.880794, "3", "far"), (-1.036433, "15", "off"), (0.0, "50", "mid"), (1.036433, "85", "off"),
    (1.880794, "97", "far"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A part of childhood that one chart shows: from and to in days, and its ticks with their words."""

    key: str
    first: int
    last: int
    ticks: tuple[tuple[float, str], ...]
    in_years: bool = False


SPANS: Final = (
    Span("0-2", 0, 730, tuple((month * _MONTH, str(month)) for month in range(0, 25, 3))),
    Span("0-5", 0, 1856, tuple((month * _MONTH, str(month)) for month in range(0, 61, 6))),
    Span("5-19", 1857, 6939, tuple((year * 12 * _MONTH, str(year)) for year in range(5, 20, 2)), in_years=True),
)


@dataclass(frozen=True, slots=True)
class Curve:
    """One of WHO's lines: its path, where its name stands, and how it is drawn (mid, off, far)."""

    path: str
    name: str
    y: float
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws."""

    curves: Sequence[Curve]
    dots: Sequence[tuple[float, float]]
    path: str
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    in_years: bool
    by_height: bool
    box: tuple[float, float, float, float] = (LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP)


def span_of(age_days: int, indicator: Indicator) -> Span:
    """Return the part of childhood that shows an age, as far as there is a table."""
    fitting = [one for one in SPANS if one.first <= last_day(indicator)]
    return next((one for one in fitting if age_days <= one.last), fitting[-1])


def draw(indicator: Indicator, sex: str, span: Span, lines: Sequence[Line], *, centiles: bool = False) -> Chart | None:
    """Draw one indicator over a part of childhood; None where WHO has no table.

    Values that WHO flags as hardly possible are not drawn; the table under the chart has them.
    """
    told = [(one, one.scores[indicator]) for one in lines if indicator in one.scores]
    told = [pair for pair in told if not pair[1].implausible and span.first <= pair[0].age.days <= span.last]
    if indicator == Indicator.WEIGHT_FOR_HEIGHT:
        # The standing table is the one from 2 years on; who is younger stands in the other one.
        told = [pair for pair in told if (pair[0].age.days >= LYING_UNTIL_DAY) == (span.last >= LYING_UNTIL_DAY)]
        return _by_height(sex, span, told, centiles=centiles)
    last = min(span.last, last_day(indicator))
    if span.first > last or by_age(indicator, sex, span.first) is None:
        return None
    step = max(1, (last - span.first) // 120)
    days = [*range(span.first, last, step), last]
    rows = [(float(day), line) for day in days if (line := by_age(indicator, sex, day))]
    points = [(float(one.age.days), score.value) for one, score in told]
    ticks = [(x, words) for x, words in span.ticks if span.first - 1 <= x <= last + 1]
    return _chart(rows, points, ticks, lines=CENTILES if centiles else Z_LINES, in_years=span.in_years)


def _by_height(sex: str, span: Span, told: Sequence[tuple[Line, Score]], *, centiles: bool) -> Chart | None:
    standing = span.last >= LYING_UNTIL_DAY
    first, last = (65, 120) if standing else (45, 110)
    if span.in_years:
        return None
    found = [(float(cm), by_height(sex, cm, standing=standing)) for cm in range(first, last + 1)]
    rows = [(x, line) for x, line in found if line]
    if not rows:
        return None
    points = sorted((one.scores[Indicator.HEIGHT].value, score.value) for one, score in told)
    ticks = [(float(cm), str(cm)) for cm in range(first + -first % 10, last + 1, 10)]
    return _chart(rows, points, ticks, lines=CENTILES if centiles else Z_LINES, by_height=True)


def _chart(
    rows: Sequence[tuple[float, Lms]],
    points: Sequence[tuple[float, float]],
    ticks: Sequence[tuple[float, str]],
    *,
    lines: Sequence[tuple[float, str, str]],
    in_years: bool = False,
    by_height: bool = False,
) -> Chart:
    outer = [value_at(line, z) for _x, line in rows for z in (lines[0][0], lines[-1][0])]
    low, high, step = _steps([*outer, *(value for _x, value in points)])
    across, up = _scale(rows[0][0], rows[-1][0], LEFT, RIGHT), _scale(low, high, BOTTOM, TOP)
    curves = [_curve([(across(x), up(value_at(line, z))) for x, line in rows], name, kind) for z, name, kind in lines]
    dots = [(round(across(x), 1), round(up(value), 1)) for x, value in points]
    count = round((high - low) / step)
    return Chart(
        curves=curves,
        dots=dots,
        path=_path(dots),
        x_ticks=[(round(across(x), 1), words) for x, words in ticks],
        y_ticks=[(round(up(low + step * n), 1), f"{low + step * n:g}") for n in range(count + 1)],
        in_years=in_years,
        by_height=by_height,
    )


def _curve(points: Sequence[tuple[float, float]], name: str, kind: str) -> Curve:
    return Curve(_path([(round(x, 1), round(y, 1)) for x, y in points]), name, round(points[-1][1] + 4, 1), kind)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(points))


def _scale(first: float, last: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - first) / (last - first) * (end - start)


def _steps(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lowest and highest of the axis and its step, so that some six to ten round numbers stand beside it."""
    low, high = min(values), max(values)
    rough = (high - low) / 8
    ten = 10.0 ** floor(log10(rough))
    step = next(ten * one for one in (1, 2, 5, 10) if ten * one >= rough)
    return floor(low / step) * step, ceil(high / step) * step, step


def newest_age(lines: Sequence[Line], age_days: int) -> int:
    """Return the age that a chart opens at: of the newest value, or of today when nothing was measured."""
    return max(0, lines[-1].age.days if lines else age_days)
