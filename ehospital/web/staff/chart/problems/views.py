"""Add, change and resolve a problem."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ehospital.clinical import actions, queries
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.coding import hidden_codes
from ehospital.web.staff.chart.comparing import differences, seen_version
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404
from ehospital.web.staff.chart.problems.form import NEW, OverForm, ProblemForm, initial

_REFUSED = (actions.InTheFuture, actions.ProblemOnList, actions.EndsBeforeStart)


@page(Permission.CHART_WRITE)
def add(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Put a problem on the list."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        details = form.details(replace(NEW, id=uuid7()))
        try:
            actions.record_problem(patient_id, details, by=request.actor, at=request.actor.at)
        except _REFUSED as error:
            _explain(form, error)
        else:
            return _done(request, patient_id, _("On the list."))
    return _form(request, patient_id, form)


@page(Permission.CHART_WRITE)
@missing_is_404()
def edit(request: PageRequest, patient_id: UUID, problem_id: UUID) -> HttpResponse:
    """Change a problem; an edit of an outdated page is refused, and nothing typed is lost."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    line = queries.problem(patient_id, problem_id, viewer=actor, at=actor.at)
    known = queries.problem_details(line)
    form = ProblemForm(request.POST if request.method == "POST" else None, initial=initial(known))
    more = {"line": line, "hidden": hidden_codes(known.code, known.other_codes)}
    if request.method == "POST" and form.is_valid():
        seen = seen_version(request)
        try:
            actions.revise_problem(problem_id, form.details(known), seen_version=seen, by=actor, at=actor.at)
        except actions.EntryChanged:
            form.add_error(None, _("Somebody else has changed this problem. Compare, then save again."))
            more["differences"] = differences(form, initial(known))
        except _REFUSED as error:
            _explain(form, error)
        else:
            return _done(request, patient_id, _("Saved."))
    return _form(request, patient_id, form, **more)


@page(Permission.CHART_WRITE)
@missing_is_404()
def resolve(request: PageRequest, patient_id: UUID, problem_id: UUID) -> HttpResponse:
    """State that a problem is over."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    line = queries.problem(patient_id, problem_id, viewer=actor, at=actor.at)
    form = OverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        over, seen = form.cleaned_data["abated"], seen_version(request)
        try:
            actions.resolve_problem(problem_id, abated=over, seen_version=seen, by=actor, at=actor.at)
        except actions.EntryChanged:
            form.add_error(None, _("Somebody else has changed this problem. Look at it, then send again."))
        except actions.ProblemNotActive:
            return _done(request, patient_id, _("It was over already."))
        except _REFUSED as error:
            form.add_error("abated", _explained(error))
        else:
            return _done(request, patient_id, _("Resolved. It stays in the history."))
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form, "line": line}
    return render(request, "staff/chart/problems/over.html", context, status=422 if form.is_bound else 200)


def _explain(form: ProblemForm, error: Exception) -> None:
    fields: dict[type[Exception], str] = {
        actions.ProblemOnList: "words",
        actions.InTheFuture: "onset",
        actions.EndsBeforeStart: "abated",
    }
    form.add_error(fields[type(error)], _explained(error))


def _explained(error: Exception) -> str:
    if isinstance(error, actions.ProblemOnList):
        return _("This problem is on the list already. Change that line, or say where in the body.")
    if isinstance(error, actions.EndsBeforeStart):
        return _("It would be over before it began. Check both dates.")
    return _("What is written into a history lies in the past. Check the date.")


def _form(request: PageRequest, patient_id: UUID, form: ProblemForm, **more: object) -> HttpResponse:
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form, **more}
    return render(request, "staff/chart/problems/page.html", context, status=422 if form.is_bound else 200)


def _done(request: PageRequest, patient_id: UUID, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(reverse("chart_history", args=[patient_id]) + "#problems")
