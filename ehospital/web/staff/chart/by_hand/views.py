"""Add and change a line of history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical import actions, queries
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.by_hand.forms import FamilyForm, ImmunisationForm, PregnancyForm, ProcedureForm
from ehospital.web.staff.chart.comparing import differences, seen_version
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of line: its key among those of the chart, its form, what its pages are called, its place in History."""

    key: str
    form: Any
    add: Promise
    change: Promise
    anchor: str


KINDS: Final[Mapping[str, Kind]] = {
    "family": Kind(
        "family_history", FamilyForm, gettext_lazy("Add to the family history"),
        gettext_lazy("Change the family history"), "family",
    ),
    "pregnancy": Kind(
        "pregnancies", PregnancyForm, gettext_lazy("Add a pregnancy"), gettext_lazy("Change a pregnancy"), "pregnancies"
    ),
    "procedure": Kind(
        "procedures", ProcedureForm, gettext_lazy("Add a past operation or procedure"),
        gettext_lazy("Change an operation or procedure"), "procedures",
    ),
    "vaccination": Kind(
        "immunisations", ImmunisationForm, gettext_lazy("Add a vaccination"), gettext_lazy("Change a vaccination"),
        "immunisations",
    ),
}  # fmt: skip


@page(Permission.CHART_WRITE)
def add(request: PageRequest, patient_id: UUID, line_kind: str) -> HttpResponse:
    """Write a line of history."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    kind = _kind(line_kind)
    form = kind.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_history(kind.key, patient_id, form.details(None), by=request.actor, at=request.actor.at)
        except (actions.InTheFuture, actions.PregnantAlready) as error:
            form.add_error(None, _explained(error))
        else:
            return _done(request, patient_id, kind)
    return _form(request, patient_id, kind, form)


@page(Permission.CHART_WRITE)
@missing_is_404()
def edit(request: PageRequest, patient_id: UUID, line_kind: str, line_id: UUID) -> HttpResponse:
    """Change a line of history; an edit of an outdated page is refused, and nothing typed is lost."""
    actor, kind = request.actor, _kind(line_kind)
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    line = queries.history_line(patient_id, kind.key, line_id, viewer=actor, at=actor.at)
    known = queries.history_details(line)
    shown = kind.form.shown(known)
    form = kind.form(request.POST if request.method == "POST" else None, initial=shown)
    more: dict[str, object] = {"line": line}
    if request.method == "POST" and form.is_valid():
        told, seen = form.details(known), seen_version(request)
        try:
            actions.revise_history(kind.key, line_id, told, seen_version=seen, by=actor, at=actor.at)
        except actions.EntryChanged:
            form.add_error(None, _("Somebody else has changed this line. Compare, then save again."))
            more["differences"] = differences(form, shown)
        except (actions.InTheFuture, actions.PregnantAlready) as error:
            form.add_error(None, _explained(error))
        else:
            return _done(request, patient_id, kind)
    return _form(request, patient_id, kind, form, **more)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _explained(error: Exception) -> str:
    if isinstance(error, actions.PregnantAlready):
        return _("A pregnancy that goes on is on record already. Change that line instead.")
    return _("What is written into a history lies in the past. Check the dates.")


def _form(request: PageRequest, patient_id: UUID, kind: Kind, form: Any, **more: object) -> HttpResponse:
    head = opened_head(request, patient_id, "chart_history")
    return render(
        request,
        "staff/chart/by_hand/page.html",
        {"head": head, "form": form, "kind": kind, **more},
        status=422 if form.is_bound else 200,
    )


def _done(request: PageRequest, patient_id: UUID, kind: Kind) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(reverse("chart_history", args=[patient_id]) + f"#{kind.anchor}")
