"""The curves of a chart: from the monitor's frames, or, where none were sent, from what was charted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ehospital.clinical.queries import Trend
from ehospital.kernel.codes import alias_of
from ehospital.monitoring import queries as monitoring
from ehospital.people import access
from ehospital.web.kit.plots import Plot, plot

PLOTTED = ("hr", "sbp", "rr", "spo2")
RANGES = {"6h": timedelta(hours=6), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
_POINTS = 240


def range_of(asked: str) -> str:
    """Return the period asked for, or a day."""
    return asked if asked in RANGES else "24h"


def monitored(patient_id: UUID, *, period: str, viewer: access.Actor, metrics: Sequence[str] = PLOTTED) -> list[Plot]:
    """Return the plots of a period that ends now; none when nothing was measured in it."""
    found = monitoring.series(
        patient_id,
        metrics=metrics,
        since=viewer.at - RANGES[period],
        until=viewer.at,
        points=_POINTS,
        viewer=viewer,
    )
    times = [datetime.fromtimestamp(second, tz=UTC) for second in found.at_s]
    plots = []
    for metric in metrics:
        points = [pair for pair in zip(times, found.columns[metric], strict=True) if pair[1] is not None]
        if points:
            plots.append(plot(metric, points))
    return plots


def charted(trends: Sequence[Trend]) -> list[Plot]:
    """Return the plots of what was charted by hand or came with an import: the newest few of each sign."""
    points: dict[str, list[tuple[datetime, float | None]]] = {}
    for trend in trends:
        for result in trend.points:
            for one in (result, *result.parts):
                metric = alias_of(one.code)
                if metric in PLOTTED and one.value is not None:
                    points.setdefault(metric, []).append((one.effective_at, float(one.value)))
    return [plot(metric, sorted(points[metric])) for metric in PLOTTED if metric in points]
