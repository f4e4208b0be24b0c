"""Results over time as a picture that the server draws: a line, its dots, and the usual range as a band behind it.

The scale is fixed by what is usual, not by the values: a stable result must look stable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ehospital.algorithms.result_standing import OUT_OF_RANGE
from ehospital.clinical.queries import Result
from ehospital.kernel.codes import alias_of
from ehospital.web.kit.quantities import readable
from ehospital.web.kit.sparkline import RANGES
from ehospital.web.portal.plain_results import unit_of

DOTS_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class Box:
    """The size of a picture and the space around its curve, in its own units."""

    width: int
    height: int
    start: int
    end: int
    above: int
    below: int


SMALL = Box(120, 36, 5, 5, 5, 5)
LARGE = Box(640, 240, 12, 12, 14, 14)


@dataclass(frozen=True, slots=True)
class Dot:
    """One value; `outside` is outside the usual range."""

    x: str
    y: str
    outside: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """What a template draws; every place is written for SVG.

    `band` is (y, height) of the usual range, None when it is not known on either side; `edges`
    are the heights of its known ends.
    """

    box: Box
    path: str
    dots: tuple[Dot, ...]
    band: tuple[str, str] | None
    edges: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    lowest: str
    highest: str
    unit: str

    @property
    def inner(self) -> tuple[int, int]:
        """Where the band begins and how wide it is."""
        return self.box.start, self.box.width - self.box.start - self.box.end


def curve(results: Sequence[Result], *, box: Box = SMALL) -> Curve | None:
    """Draw the exact numbers of one unit, the unit of the newest; None for fewer than two of them.

    Args:
        results: of one concept, oldest first.
    """
    numbers = [one for one in results if one.value is not None and not one.comparator]
    numbers = [one for one in numbers if unit_of(one) == unit_of(numbers[-1])][-DOTS_AT_MOST:]
    if len(numbers) < 2:
        return None
    newest = numbers[-1]
    low, high = _frame(numbers)
    begin, span = numbers[0].effective_at, (newest.effective_at - numbers[0].effective_at).total_seconds()

    def x(at: datetime) -> float:
        share = (at - begin).total_seconds() / span if span else 0.5
        return box.start + share * (box.width - box.start - box.end)

    def y(value: float) -> float:
        share = (min(high, max(low, value)) - low) / (high - low)
        return box.height - box.below - share * (box.height - box.above - box.below)

    dots = tuple(
        Dot(
            _place(x(one.effective_at)),
            _place(y(_value(one))),
            one.standing in OUT_OF_RANGE,
        )
        for one in numbers
    )
    values = [one.value for one in numbers if one.value is not None]
    return Curve(
        box=box,
        path="M" + "L".join(f"{dot.x} {dot.y}" for dot in dots),
        dots=dots,
        band=_band(newest, y, low, high),
        edges=tuple(
            _place(y(float(edge))) for edge in (newest.reference_low, newest.reference_high) if edge is not None
        ),
        first_at=begin,
        last_at=newest.effective_at,
        lowest=readable(min(values)),
        highest=readable(max(values)),
        unit=unit_of(newest),
    )


def _value(result: Result) -> float:
    assert result.value is not None
    return float(result.value)


def _frame(numbers: Sequence[Result]) -> tuple[float, float]:
    """Return the lowest and the highest that is drawn: around the usual range, wide enough for every value."""
    newest, values = numbers[-1], [_value(one) for one in numbers]
    edges = [float(edge) for edge in (newest.reference_low, newest.reference_high) if isinstance(edge, Decimal)]
    if edges:
        room = (max(edges) - min(edges)) / 2 or abs(edges[0]) / 2 or 1.0
        low, high = min(edges) - room, max(edges) + room
    elif (alias := alias_of(newest.code)) in RANGES:
        low, high = RANGES[alias or ""]
    else:
        middle = sum(values) / len(values)
        room = abs(middle) * 0.3 or 1.0
        low, high = middle - room, middle + room
    # What cannot be negative has no room below nought.
    floor = 0.0 if min(values) >= 0 else low
    margin = (max(high, *values) - min(low, *values)) * 0.04
    return max(floor, min(low, min(values) - margin)), max(high, max(values) + margin)


def _band(newest: Result, y: Callable[[float], float], low: float, high: float) -> tuple[str, str] | None:
    if newest.reference_low is None and newest.reference_high is None:
        return None
    top = y(high if newest.reference_high is None else float(newest.reference_high))
    foot = y(low if newest.reference_low is None else float(newest.reference_low))
    return _place(top), _place(foot - top)


def _place(value: float) -> str:
    """Return a coordinate as SVG reads it, with a point in every language."""
    return f"{value:.1f}"
