"""A plot of one vital sign: the numbers for the script, and the same numbers as a table for everybody."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from ehospital.web.kit.sparkline import TRACE
from ehospital.web.kit.vitals import label, written


@dataclass(frozen=True, slots=True)
class Frame:
    """The fixed frame of a metric: its range, the lines drawn across, and where NEWS2 gives three points."""

    low: float
    high: float
    lines: tuple[float, ...]
    shaded: tuple[tuple[float, float], ...]
    unit: str


FRAMES: dict[str, Frame] = {
    "hr": Frame(40, 140, (40, 60, 90, 110, 131), ((0, 40), (131, 300)), "/min"),
    "sbp": Frame(70, 220, (90, 110, 150, 220), ((0, 90), (220, 400)), "mmHg"),
    "rr": Frame(6, 32, (8, 12, 20, 25), ((0, 8), (25, 80)), "/min"),
    "spo2": Frame(86, 100, (88, 92, 96, 100), ((0, 91),), "%"),
    "temp": Frame(34, 41, (35, 36, 38, 39), ((0, 35),), "°C"),
}
_WITHOUT = Frame(0, 100, (0, 25, 50, 75, 100), (), "")


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot; `data` goes to `chart.js` as JSON, `rows` into the table."""

    id: str
    key: str
    trace: str
    title: str
    unit: str
    data: dict[str, Any]
    rows: list[tuple[datetime, str]] = field(default_factory=list)


def plot(key: str, points: Sequence[tuple[datetime, float | None]], *, rows: int = 12) -> Plot:
    """Return the plot of one metric.

    Args:
        key: the metric's alias (hr, sbp, rr, spo2, temp).
        points: (when, value), oldest first; None is a gap and stays one.
        rows: how many of the newest values the table shows.
    """
    frame = FRAMES.get(key, _WITHOUT)
    data = {
        "t": [int(at.astimezone(UTC).timestamp()) for at, _value in points],
        "v": [value for _at, value in points],
        "zone": settings.TIME_ZONE,
        **asdict(frame),
    }
    newest = [(at, written(key, value)) for at, value in reversed(points) if value is not None][:rows]
    return Plot(
        id=f"plot-{key}",
        key=key,
        trace=TRACE.get(key, "hr"),
        title=str(label(key)),
        unit=frame.unit,
        data=data,
        rows=newest,
    )
