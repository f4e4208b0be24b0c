"""What of an open chart its reader does not see: the ids of confidential lines, known once for each page."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet, UUIDField
from django.db.models.functions import Cast

from ehospital.clinical.models import (
    CareActivity,
    DiagnosticReport,
    Document,
    FilledForm,
    Goal,
    Note,
    Observation,
    PlanProblem,
)
from ehospital.clinical.policies.confidential import KINDS, confidential
from ehospital.people import access, sight

M = TypeVar("M", bound=Model)
_AUTHORS = ("recorded_by_id", "author_id", "clinician_id", "recipient_id")
_WAITS_FOR = {DiagnosticReport: "order__recipient_id", Observation: "report__order__recipient_id"}
"""Whoever waits for a result sees it."""


def hidden_from(viewer: access.Actor, patient_id: UUID) -> frozenset[UUID]:
    """Return the ids of the lines that are not shown to the viewer: none for most; whoever wrote a line sees it.

    One question for those who see everything, three for others, and none when asked again in the same request.
    """
    if patient_id not in viewer.hidden:
        categories = sight.hidden_categories(viewer, patient_id)
        viewer.hidden[patient_id] = _ids(viewer, patient_id, categories) if categories else frozenset()
    return viewer.hidden[patient_id]


def shown(rows: "QuerySet[M]", *, viewer: access.Actor, patient_id: UUID) -> "QuerySet[M]":
    """Return the rows without those that the viewer does not see."""
    hidden = hidden_from(viewer, patient_id)
    return rows.exclude(pk__in=hidden) if hidden else rows


def _ids(viewer: access.Actor, patient_id: UUID, categories: Iterable[str]) -> frozenset[UUID]:
    asked = list(categories)
    rows = [_of_kind(model, viewer, patient_id, asked) for model in KINDS.values()]
    first, *others = [one.annotate(hidden_id=Cast(F("pk"), UUIDField())).values_list("hidden_id") for one in rows]
    found = {key for (key,) in first.union(*others, all=True)}
    return frozenset(found | _dependent(patient_id, found)) if found else frozenset()


def _of_kind(model: type[Any], viewer: access.Actor, patient_id: UUID, categories: list[str]) -> "QuerySet[Any]":
    rows = model._default_manager.order_by().filter(patient_id=patient_id).filter(confidential(model, categories))
    authors = [name for name in _AUTHORS if any(field.attname == name for field in model._meta.concrete_fields)]
    authors += [_WAITS_FOR[model]] if model in _WAITS_FOR else []
    for name in authors if viewer.staff_id is not None else ():
        rows = rows.exclude(**{name: viewer.staff_id})
    return rows


def _dependent(patient_id: UUID, found: set[UUID]) -> set[UUID]:
    """Return what belongs to those lines.

    Parts of panels, the reports and results of orders, reports of results and their documents, addenda, later editions
    of forms and what followed from them, plans for a hidden problem, plans' lines.
    """
    forms = FilledForm.objects.filter(Q(pk__in=found) | Q(amends_id__in=found), patient_id=patient_id)
    keys = [*found, *(key for one in forms for key in (one.pk, *one.observation_ids))]
    of_problems = PlanProblem.objects.filter(problem_id__in=keys, patient_id=patient_id)
    keys += of_problems.values_list("care_plan_id", flat=True)
    told = DiagnosticReport.objects.filter(Q(pk__in=keys) | Q(order_id__in=keys), patient_id=patient_id)
    keys += [key for ids in told.values_list("result_ids", flat=True) for key in ids]
    answers = Q(report_id__in=keys) | Q(report__order_id__in=keys)
    parts = Observation.objects.filter(Q(panel_id__in=keys) | Q(pk__in=keys) | answers, patient_id=patient_id)
    of_reports = Q(result_ids__overlap=keys) | Q(pk__in=keys) | Q(order_id__in=keys)
    reports = DiagnosticReport.objects.filter(of_reports, patient_id=patient_id)
    papers = Document.objects.filter(pk__in=reports.exclude(document=None).values("document_id"))
    addenda = Note.objects.filter(amends_id__in=keys, patient_id=patient_id)
    lines = [model.objects.filter(care_plan_id__in=keys, patient_id=patient_id) for model in (Goal, CareActivity)]
    rows = [one.order_by().values_list("pk") for one in (parts, reports, papers, addenda, *lines)]
    return {*keys, *(key for (key,) in rows[0].union(*rows[1:], all=True))}
