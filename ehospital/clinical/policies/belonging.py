"""What a line of a chart belongs to: what hides those lines hides it too (ADR 0024).

A result belongs to its panel, its report, its order and its form; a report to its order and to what it tells of; a
paper to its report; an addendum to its note; an edition to the first one of its form; a plan to its problems, and its
lines to the plan. `queries.confidential` follows the same ties of one chart by ids; a test holds the two together.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from ehospital.clinical.models import (
    CareActivity,
    CarePlan,
    DiagnosticReport,
    Document,
    FilledForm,
    Goal,
    Note,
    Observation,
    Order,
    PlanProblem,
    Problem,
)

_Rows = Callable[[], "QuerySet[Any]"]


def owners(model: type[Any]) -> "tuple[QuerySet[Any], ...]":
    """Return the lines that a line of a model belongs to, as subqueries about that line; none for most models."""
    return tuple(rows() for rows in _OWNERS.get(model, ()))


def _by(model: type[Any], **ties: str) -> _Rows:
    """Return the rows of a model whose columns equal those of the line."""
    return lambda: model._default_manager.filter(**{own: OuterRef(column) for own, column in ties.items()})


def _telling(model: type[Any], ids: str, of: str = "pk") -> _Rows:
    """Return the rows of a model, of the same chart, that have the line's id, or its panel's, in an array."""
    return lambda: model._default_manager.filter(
        **{"patient_id": OuterRef("patient_id"), f"{ids}__contains": [OuterRef(of)]}
    )


def _told_by(**tie: str) -> _Rows:
    """Return the results that a report tells of; `tie` says which column of the line names the report."""

    def rows() -> "QuerySet[Observation]":
        named = {own: OuterRef(OuterRef(column)) for own, column in tie.items()}
        telling = DiagnosticReport.objects.filter(**named, result_ids__contains=[OuterRef("pk")])
        return Observation.objects.filter(Exists(telling), patient_id=OuterRef("patient_id"))

    return rows


def _planned_for(plan: str) -> _Rows:
    """Return the problems that a plan is for."""

    def rows() -> "QuerySet[Problem]":
        ties = PlanProblem.objects.filter(care_plan=OuterRef(OuterRef(plan)), problem=OuterRef("pk"))
        return Problem.objects.filter(Exists(ties), patient_id=OuterRef("patient_id"))

    return rows


_OF_PLANS: Final = (_by(CarePlan, pk="care_plan_id"), _planned_for("care_plan_id"))
_OWNERS: Final[Mapping[type[Any], tuple[_Rows, ...]]] = {
    Observation: (
        _by(Observation, pk="panel_id"),
        _by(DiagnosticReport, pk="report_id"),
        _by(Order, reports="report_id"),
        _telling(DiagnosticReport, "result_ids"),
        _telling(DiagnosticReport, "result_ids", "panel_id"),
        _telling(Order, "reports__result_ids"),
        _telling(Order, "reports__result_ids", "panel_id"),
        _telling(FilledForm, "observation_ids"),
        _telling(FilledForm, "amendments__observation_ids"),
    ),
    DiagnosticReport: (_by(Order, pk="order_id"), _told_by(pk="pk")),
    Document: (_by(DiagnosticReport, document="pk"), _by(Order, reports__document="pk"), _told_by(document="pk")),
    Note: (_by(Note, pk="amends_id"),),
    FilledForm: (_by(FilledForm, pk="amends_id"),),
    CarePlan: (_planned_for("pk"),),
    Goal: _OF_PLANS,
    CareActivity: _OF_PLANS,
}
