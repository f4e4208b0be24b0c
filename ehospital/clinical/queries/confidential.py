"""What of an open chart its reader does not see: the ids of confidential lines, known once for each page."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet, UUIDField
from django.db.models.functions import Cast

from ehospital.clinical.models import DiagnosticReport, Document, Observation
from ehospital.clinical.policies.belonging import TIED, belonging, widened
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
    """Return what belongs to those lines, with the papers of reports."""
    keys = widened(found)
    rows = {model: model._default_manager.filter(belonging(model, keys), patient_id=patient_id) for model in TIED}
    papers = rows[DiagnosticReport].exclude(document=None).values("document_id")
    told = [Document.objects.filter(pk__in=papers), *rows.values()]
    first, *others = [one.order_by().values_list("pk") for one in told]
    return {*keys, *(key for (key,) in first.union(*others, all=True))}
