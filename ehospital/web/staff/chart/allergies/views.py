"""Add and change an allergy, and state that none is known."""

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
from ehospital.web.staff.chart.allergies.form import NEW, AllergyForm, NoneKnownForm, initial
from ehospital.web.staff.chart.coding import hidden_codes
from ehospital.web.staff.chart.comparing import differences, seen_version
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404


@page(Permission.CHART_WRITE)
def add(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Write an allergy down; what was stated to be none of its kind ends."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    form = AllergyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        details = form.details(replace(NEW, id=uuid7()))
        try:
            actions.record_allergy(patient_id, details, by=request.actor, at=request.actor.at)
        except (actions.AllergyOnRecord, actions.InTheFuture) as error:
            _explain(form, error)
        else:
            return _done(request, patient_id, _("Written down. It stands over every page of this chart."))
    return _form(request, patient_id, form)


@page(Permission.CHART_WRITE)
@missing_is_404()
def edit(request: PageRequest, patient_id: UUID, allergy_id: UUID) -> HttpResponse:
    """Change an allergy; an edit of an outdated page is refused, and nothing typed is lost."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    line = queries.allergy(patient_id, allergy_id, viewer=actor, at=actor.at)
    known = queries.allergy_details(line)
    form = AllergyForm(request.POST if request.method == "POST" else None, initial=initial(known))
    more = {"line": line, "hidden": hidden_codes(known.code, known.other_codes)}
    if request.method == "POST" and form.is_valid():
        seen = seen_version(request)
        try:
            actions.revise_allergy(allergy_id, form.details(known), seen_version=seen, by=actor, at=actor.at)
        except actions.EntryChanged:
            form.add_error(None, _("Somebody else has changed this allergy. Compare, then save again."))
            more["differences"] = differences(form, initial(known))
        except (actions.AllergyOnRecord, actions.InTheFuture) as error:
            _explain(form, error)
        else:
            return _done(request, patient_id, _("Saved."))
    return _form(request, patient_id, form, **more)


@page(Permission.CHART_WRITE)
def none_known(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """State that somebody asked and nothing is known; an allergy on record contradicts it."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    form = NoneKnownForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        scope = form.cleaned_data["scope"]
        try:
            actions.state_no_known_allergies(patient_id, scope=scope, by=actor, at=actor.at)
        except actions.AllergiesOnRecord:
            words = _("An allergy on record contradicts this. Change it, or mark it as entered in error.")
            form.add_error("scope", words)
        else:
            return _done(request, patient_id, _("Written down with your name and the time."))
    found = queries.allergies(patient_id, viewer=actor, at=actor.at)
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form, "allergies": found}
    return render(request, "staff/chart/allergies/none_known.html", context, status=422 if form.is_bound else 200)


def _explain(form: AllergyForm, error: Exception) -> None:
    if isinstance(error, actions.AllergyOnRecord):
        form.add_error("words", _("This allergy is on record already. Change that line instead."))
    else:
        form.add_error(None, _("What is written into a history lies in the past. Check the dates."))


def _form(request: PageRequest, patient_id: UUID, form: AllergyForm, **more: object) -> HttpResponse:
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form, **more}
    return render(request, "staff/chart/allergies/page.html", context, status=422 if form.is_bound else 200)


def _done(request: PageRequest, patient_id: UUID, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(reverse("chart_history", args=[patient_id]) + "#allergies")
