"""Curves: readings thinned to as many points as a screen has, without losing the peaks."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from ehospital.monitoring.models.mistakes import STANDS
from ehospital.monitoring.queries.views import Series
from ehospital.people import access
from ehospital.people import queries as people

PLOTTABLE: Final = frozenset(
    {"hr", "rr", "spo2", "pulse", "sbp", "dbp", "map", "temp", "etco2", "glucose", "weight", "oxygen"}
)
LONGEST: Final = timedelta(days=8)
MOST_POINTS: Final = 4000
SPARK_HOURS: Final = 4
SPARK_POINTS: Final = 48
SAMPLED: Final = timedelta(hours=4)
SAMPLED_BACK: Final = timedelta(days=60)

# Readings are append-only: those of a record that was merged stay filed under it, and are drawn with the record that
# stands (people.queries.one_person, here within the one question).
_RECORDS: Final = """WITH RECURSIVE who AS (
    SELECT id AS patient_id, id AS filed_under FROM unnest(%(patients)s::uuid[]) AS id
    UNION ALL
    SELECT who.patient_id, merged.id FROM people_patient AS merged JOIN who ON merged.merged_into_id = who.filed_under
)"""

Trace = list[tuple[datetime, float | None]]

# One index look-up for each point: the last value within each of the 48 steps. Reading all the rows of four hours
# (24 beds × 14,400) takes thirty times as long and shows the same line at 96 pixels.
_SPARK = """
{records}
SELECT who.patient_id, step.at, last.*
FROM who
CROSS JOIN generate_series(%(first)s::timestamptz, %(last)s::timestamptz, %(step)s::interval) AS step(at)
CROSS JOIN LATERAL (
    SELECT {columns} FROM vital_frame AS frame
    WHERE frame.patient_id = who.filed_under
        AND frame.taken_at > step.at - %(step)s::interval AND frame.taken_at <= step.at AND {stands}
    ORDER BY frame.taken_at DESC LIMIT 1
) AS last
ORDER BY who.patient_id, step.at
"""

# The lowest and the highest of each step, so that a peak of one second stays on a curve of a week.
_SERIES = """
SELECT date_bin(%(step)s::interval, taken_at, %(since)s::timestamptz) AS at, {columns}
FROM vital_frame AS frame
WHERE patient_id = ANY(ARRAY({records} SELECT filed_under FROM who)) AND taken_at >= %(since)s AND taken_at < %(until)s
    AND {stands}
GROUP BY 1 ORDER BY 1
"""

# One index look-up for each step: the last set within it that holds the metric.
_SAMPLED = """
SELECT last.taken_at, last.value
FROM generate_series(
    %(since)s::timestamptz + %(step)s::interval, %(until)s::timestamptz, %(step)s::interval
) AS step(at)
CROSS JOIN LATERAL (
    SELECT frame.taken_at, frame.{metric} AS value
    FROM vital_frame AS frame
    WHERE frame.patient_id = ANY(%(records)s)
        AND frame.taken_at > step.at - %(step)s::interval AND frame.taken_at <= step.at AND frame.{metric} IS NOT NULL
    ORDER BY frame.taken_at DESC LIMIT 1
) AS last
ORDER BY last.taken_at
"""


class UnknownMetric(ValueError):
    """There is no curve of this name."""


def sparks(patient_ids: Collection[UUID], *, metrics: Sequence[str], until: datetime) -> dict[UUID, dict[str, Trace]]:
    """Return the last four hours of some metrics in 48 points, by patient, in one query; the caller permits."""
    step = timedelta(hours=SPARK_HOURS) / SPARK_POINTS
    values: dict[str, Any] = {
        "patients": list(patient_ids),
        "first": until - timedelta(hours=SPARK_HOURS) + step,
        "last": until,
        "step": step,
    }
    found: dict[UUID, dict[str, Trace]] = {}
    with connection.cursor() as cursor:
        columns = ", ".join(f"frame.{name}" for name in _checked(metrics))
        cursor.execute(_SPARK.format(records=_RECORDS, columns=columns, stands=STANDS), values)
        for patient_id, at, *row in cursor.fetchall():
            traces = found.setdefault(patient_id, {name: [] for name in metrics})
            for name, value in zip(metrics, row, strict=True):
                traces[name].append((at, value))
    return found


def series(
    patient_id: UUID,
    *,
    metrics: Sequence[str],
    since: datetime,
    until: datetime,
    points: int = 600,
    viewer: access.Actor,
) -> Series:
    """Return curves of a patient, thinned to at most `points` instants; every peak and trough of a step is kept.

    Args:
        metrics: of `PLOTTABLE`.
        since, until: at most eight days apart; half-open.
        points: 2 to 4,000.
    Raises:
        NotPermitted: `viewer` may not open this chart.
        UnknownMetric: not one of `PLOTTABLE`.
        ValueError: the period is empty or too long, or `points` out of range.
    """
    own = access.Permission.OWN_RECORD_READ if viewer.kind == "patient" else access.Permission.CHART_READ
    access.require(viewer, own, patient_id=patient_id)
    if not timedelta(0) < until - since <= LONGEST:
        raise ValueError(f"a curve covers up to {LONGEST.days} days, not {since} to {until}")
    if not 2 <= points <= MOST_POINTS:
        raise ValueError(f"a curve has 2 to {MOST_POINTS} points, not {points}")
    names = _checked(metrics)
    step = max((until - since) / (points // 2), timedelta(seconds=1))
    columns = ", ".join(f"min({name}), max({name})" for name in names)
    values: dict[str, Any] = {"patients": [patient_id], "since": since, "until": until, "step": step}
    with connection.cursor() as cursor:
        cursor.execute(_SERIES.format(records=_RECORDS, columns=columns, stands=STANDS), values)
        rows = cursor.fetchall()
    return _pairs(rows, names, step)


def sampled(
    patient_id: UUID, metric: str, *, since: datetime, until: datetime, viewer: access.Actor, step: timedelta = SAMPLED
) -> Trace:
    """Return the last reading of one metric in each step, oldest first: what stands for a day, not a curve.

    Args:
        metric: of `PLOTTABLE`.
        since, until: at most sixty days apart; an earlier beginning is moved up. The last step ends at `until`.
    Raises:
        NotPermitted: `viewer` may not open this chart.
        UnknownMetric: not one of `PLOTTABLE`.
    """
    own = access.Permission.OWN_RECORD_READ if viewer.kind == "patient" else access.Permission.CHART_READ
    access.require(viewer, own, patient_id=patient_id)
    (name,) = _checked([metric])
    steps = max(1, -(-min(until - since, SAMPLED_BACK) // step))
    records = people.one_person([patient_id])[patient_id]
    values: dict[str, Any] = {"records": records, "since": until - steps * step, "until": until, "step": step}
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLED.format(metric=name), values)
        return [(at, value) for at, value in cursor.fetchall() if at >= since]


def _pairs(rows: Sequence[tuple[object, ...]], names: Sequence[str], step: timedelta) -> Series:
    """Lay the two extremes of each step beside each other, the one nearer to the last value first."""
    at_s: list[float] = []
    columns: dict[str, list[float | None]] = {name: [] for name in names}
    half = step.total_seconds() / 2
    for at, *extremes in rows:
        assert isinstance(at, datetime)
        start = at.astimezone(UTC).timestamp()
        at_s += [start, start + half]
        for number, name in enumerate(names):
            low, high = extremes[2 * number], extremes[2 * number + 1]
            before = columns[name][-1] if columns[name] else None
            pair = [low, high]
            if (
                before is not None
                and low is not None
                and abs(float(str(high)) - before) < abs(float(str(low)) - before)
            ):
                pair.reverse()
            columns[name] += [None if one is None else float(str(one)) for one in pair]
    return Series(tuple(at_s), {name: tuple(column) for name, column in columns.items()})


def _checked(metrics: Sequence[str]) -> Sequence[str]:
    """The names become part of a statement: only those of the table pass."""
    for name in metrics:
        if name not in PLOTTABLE:
            raise UnknownMetric(f"there is no curve of {name[:40]!r}; there are {', '.join(sorted(PLOTTABLE))}")
    return metrics
