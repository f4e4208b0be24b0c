"""Results: the latest of each concept with what was before it, and the series behind a trend.

One patient of intensive care has tens of thousands of observations and some hundred concepts. The summary therefore
never reads them all: it jumps through the index from concept to concept and takes the newest few of each.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from ehospital.algorithms.result_standing import Standing, beside_range, said, standing
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.clinical.queries.opening import look
from ehospital.people import access

POINTS_IN_SUMMARY = 8
POINTS_IN_SERIES = 2000

_COLUMNS = (
    "id, concept, code_system, code, display, category, status, effective_at, effective_precision, issued_at, value, "
    "comparator, unit, ucum, value_text, absent_reason, interpretation, reference_low, reference_high, reference_text, "
    "note, recorded_by_text, panel_id, position"
)
_TRUE = (
    "status NOT IN ('entered-in-error', 'cancelled', 'registered', 'superseded') "
    # Patients read a result of this hospital once it is final; of another source as that source shows it.
    "AND NOT (%(final_only)s AND report_id IS NOT NULL AND status = 'preliminary')"
)
_LATEST = f"""
    WITH RECURSIVE concepts AS (
        (SELECT concept FROM clinical_observation WHERE patient_id = %(patient)s ORDER BY concept LIMIT 1)
        UNION ALL
        SELECT (SELECT next.concept FROM clinical_observation next
                WHERE next.patient_id = %(patient)s AND next.concept > concepts.concept
                ORDER BY next.concept LIMIT 1)
        FROM concepts WHERE concepts.concept IS NOT NULL
    )
    SELECT newest.* FROM concepts CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM clinical_observation
        WHERE patient_id = %(patient)s AND concept = concepts.concept AND {_TRUE} AND id <> ALL(%(hidden)s::uuid[])
        ORDER BY effective_at DESC, id DESC LIMIT %(points)s
    ) newest
    WHERE concepts.concept IS NOT NULL
    ORDER BY newest.concept, newest.effective_at DESC, newest.id DESC
"""  # noqa: S608  (columns and condition are constants)
_PARTS = f"""
    SELECT {_COLUMNS} FROM clinical_observation
    WHERE patient_id = %(patient)s AND panel_id = ANY(%(panels)s) AND {_TRUE}
        AND id <> ALL(%(hidden)s::uuid[])
    ORDER BY panel_id, position, id
"""  # noqa: S608
_SERIES = f"""
    SELECT {_COLUMNS} FROM clinical_observation
    WHERE patient_id = %(patient)s AND concept = %(concept)s AND {_TRUE} AND id <> ALL(%(hidden)s::uuid[])
        AND (%(since)s::timestamptz IS NULL OR effective_at >= %(since)s)
    ORDER BY effective_at DESC, id DESC LIMIT %(points)s
"""  # noqa: S608


class Direction(StrEnum):
    """Where a number went since the value before."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Result:
    """One observation as it is shown; a panel brings its parts."""

    id: UUID
    concept: str
    code_system: str
    code: str
    display: str
    category: str
    status: str
    effective_at: datetime
    effective_precision: str
    issued_at: datetime | None
    value: Decimal | None
    comparator: str
    unit: str
    ucum: str
    value_text: str
    absent_reason: str
    interpretation: str
    reference_low: Decimal | None
    reference_high: Decimal | None
    reference_text: str
    note: str
    recorded_by_text: str
    panel_id: UUID | None
    position: int
    parts: tuple["Result", ...] = field(default=())

    @property
    def standing(self) -> Standing:
        """Where it stands beside its usual range."""
        beside = beside_range(self.value, comparator=self.comparator, low=self.reference_low, high=self.reference_high)
        return standing(said(self.interpretation), beside)


@dataclass(frozen=True, slots=True)
class Trend:
    """One concept: its latest result, the one before, and the newest few, oldest first.

    `direction` and `change` are told only for two exact numbers in the same unit; otherwise they are None, and the
    reader sees both values.
    """

    latest: Result
    previous: Result | None
    direction: Direction | None
    change: Decimal | None
    points: tuple[Result, ...]


def results(patient_id: UUID, *, viewer: access.Actor, at: datetime, category: str = "") -> list[Trend]:
    """Return the latest result of each concept with its trend, by category and words.

    Args:
        category: only of this one, such as `laboratory` or `vital-signs`.
    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="results")
    final_only, hidden = viewer.kind == "patient", hidden_from(viewer, patient_id)
    found = read(patient_id, final_only=final_only, hidden=hidden)
    return [trend for trend in found if category in ("", trend.latest.category)]


def series(
    patient_id: UUID, concept: str, *, viewer: access.Actor, at: datetime, since: datetime | None = None
) -> list[Result]:
    """Return the results of one concept, oldest first: the newest 2,000 at most.

    Args:
        concept: as in `Result.concept`; parts of panels have their own (the systolic pressure).
    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="results")
    wanted: dict[str, Any] = {"patient": patient_id, "concept": concept, "since": since, "points": POINTS_IN_SERIES}
    wanted |= {"final_only": viewer.kind == "patient", "hidden": list(hidden_from(viewer, patient_id))}
    return list(_rows(_SERIES, wanted))[::-1]


def read(patient_id: UUID, *, final_only: bool, hidden: Collection[UUID] = ()) -> list[Trend]:
    """Return the trends of a chart that is open already, without the results that its reader does not see.

    Args:
        final_only: as patients read them.
    """
    wanted = {"patient": patient_id, "final_only": final_only, "hidden": list(hidden)}
    rows = _rows(_LATEST, {**wanted, "points": POINTS_IN_SUMMARY})
    trends = [_trend(list(points)) for _, points in groupby(rows, key=lambda row: row.concept)]
    # What was last measured as part of a panel is shown there, not a second time by itself.
    shown = _with_parts(wanted, [trend for trend in trends if trend.latest.panel_id is None])
    return sorted(shown, key=lambda trend: (trend.latest.category, trend.latest.display, trend.latest.concept))


def _trend(newest_first: list[Result]) -> Trend:
    latest, previous = newest_first[0], newest_first[1] if len(newest_first) > 1 else None
    change = _change(latest, previous)
    direction = None
    if change is not None:
        direction = Direction.UP if change > 0 else Direction.DOWN if change < 0 else Direction.SAME
    return Trend(latest, previous, direction, change, tuple(newest_first[::-1]))


def _change(latest: Result, previous: Result | None) -> Decimal | None:
    if previous is None or latest.value is None or previous.value is None:
        return None
    same_unit = (latest.ucum or latest.unit) == (previous.ucum or previous.unit)
    exact = not (latest.comparator or previous.comparator)
    return latest.value - previous.value if same_unit and exact else None


def _with_parts(wanted: dict[str, Any], trends: list[Trend]) -> list[Trend]:
    empty = [one.id for trend in trends for one in (trend.latest, trend.previous) if one and _may_be_panel(one)]
    if not empty:
        return trends
    parts: dict[UUID | None, list[Result]] = {}
    for part in _rows(_PARTS, {**wanted, "panels": empty}):
        parts.setdefault(part.panel_id, []).append(part)

    def whole(one: Result | None) -> Any:
        return replace(one, parts=tuple(parts[one.id])) if one and one.id in parts else one

    return [replace(trend, latest=whole(trend.latest), previous=whole(trend.previous)) for trend in trends]


def _may_be_panel(one: Result) -> bool:
    return one.value is None and not one.value_text


def _rows(statement: str, wanted: dict[str, Any]) -> Iterator[Result]:
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        rows: Iterable[tuple[Any, ...]] = cursor.fetchall()
    return (Result(*row) for row in rows)
