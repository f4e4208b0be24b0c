"""A trace of the last hours as an SVG path: fixed clinical ranges, so that a flat line means a stable patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT, MARGIN = 96.0, 24.0, 2.0

# Lowest and highest drawn, in the metric's unit. Never scaled to the data: that made stable patients look unstable.
RANGES: dict[str, tuple[float, float]] = {
    "hr": (40, 150), "spo2": (86, 100), "rr": (6, 34), "sbp": (70, 200), "temp": (35, 41),
    "glucose": (40, 300), "etco2": (10, 60),
}  # fmt: skip
TRACE = {"hr": "hr", "spo2": "spo2", "rr": "rr", "sbp": "bp", "map": "bp", "temp": "temp"}


@dataclass(frozen=True, slots=True)
class Spark:
    """One trace: its colour's name and its path in a box of 96 by 24."""

    key: str
    trace: str
    path: str


def spark(
    key: str,
    points: Iterable[tuple[datetime, float | None]],
    *,
    until: datetime,
    hours: float = 4.0,
    gap_s: float = 600,
    frame: tuple[float, float] | None = None,
) -> Spark:
    """Draw the points that fall into the last hours; a silence longer than `gap_s` seconds breaks the line.

    Args:
        points: (when, value in the metric's unit), oldest first; a None value breaks the line too.
        until: the right edge; hours: the width of the box in time.
        frame: the lowest and highest drawn, where the metric has none in `RANGES`.
    """
    low, high = frame or RANGES.get(key, (0, 100))
    begin, span = until - timedelta(hours=hours), timedelta(hours=hours)
    parts: list[str] = []
    last: datetime | None = None
    for at, value in points:
        if not begin <= at <= until:
            continue
        if value is None:
            last = None
            continue
        x = (at - begin) / span * WIDTH
        share = (min(high, max(low, value)) - low) / (high - low)
        y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
        joined = last is not None and (at - last).total_seconds() <= gap_s
        parts.append(f"{'L' if joined else 'M'}{x:.1f} {y:.1f}" + ("" if joined else "h.01"))
        last = at
    return Spark(key=key, trace=TRACE.get(key, "hr"), path="".join(parts))
