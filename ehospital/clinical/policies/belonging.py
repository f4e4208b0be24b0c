"""What a line of a chart belongs to: what hides one line hides what belongs to it too (ADR 0024).

A result belongs to its panel, its report, its order and its form; a report to its order and to the results that it
tells of; an addendum to its note; an edition to the first one of its form; a plan to its problems, and its goals and
activities to the plan.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from ehospital.clinical.models import (
    CareActivity,
    CarePlan,
    DiagnosticReport,
    FilledForm,
    Goal,
    Note,
    Observation,
    Order,
    PlanProblem,
)

_TIES: Final[Mapping[type[Any], Mapping[str, tuple[type[Any], ...]]]] = {
    Observation: {
        "pk__in": (DiagnosticReport, FilledForm),
        "panel_id__in": (Observation,),
        "report_id__in": (DiagnosticReport,),
        "report__order_id__in": (Order,),
    },
    DiagnosticReport: {"pk__in": (), "order_id__in": (Order,), "result_ids__overlap": (Observation,)},
    Note: {"amends_id__in": (Note,)},
    Goal: {"care_plan_id__in": (CarePlan,)},
    CareActivity: {"care_plan_id__in": (CarePlan,)},
}
"""By which columns a line belongs to others, and of which kinds those are; `pk` is named by them (`widened`)."""
TIED: Final = tuple(_TIES)
"""The kinds of lines that belong to others by a column."""
OWNERS: Final[Mapping[type[Any], tuple[type[Any], ...]]] = {
    model: tuple(dict.fromkeys(owner for owners in ties.values() for owner in owners if owner is not model))
    for model, ties in _TIES.items()
}
"""Lines of other kinds that hide lines of a kind, and may be hidden themselves."""


def widened(hidden: Collection[UUID]) -> list[UUID]:
    """Return hidden lines with those that they name: editions of forms, what follows from forms, results, plans."""
    if not hidden:
        return []
    keys = list(hidden)
    forms = FilledForm.objects.filter(Q(pk__in=keys) | Q(amends_id__in=keys))
    named = [key for one in forms.order_by("pk") for key in (one.pk, *one.observation_ids)]
    reports = DiagnosticReport.objects.filter(Q(pk__in=keys) | Q(order_id__in=keys))
    named += [key for told in reports.order_by("pk").values_list("result_ids", flat=True) for key in told]
    keys += named
    return [*keys, *PlanProblem.objects.filter(problem_id__in=keys).values_list("care_plan_id", flat=True)]


def belonging(model: type[Any], hidden: Collection[UUID]) -> Q:
    """Return the condition that a row belongs to one of these lines, which `widened` returned."""
    found = Q(pk__in=[])
    for tie in _TIES.get(model, ()):
        found |= Q(**{tie: list(hidden)}) if hidden else Q(pk__in=[])
    return found
