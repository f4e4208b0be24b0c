"""Plan or begin an encounter, and take it a step further."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.algorithms.encounter_course import State
from ehospital.clinical import actions, queries
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.encounters.form import EncounterForm
from ehospital.web.staff.chart.head import opened_head

STEPS = {
    State.PLANNED: gettext_lazy("Plan again"),
    State.ARRIVED: gettext_lazy("Arrived"),
    State.TRIAGED: gettext_lazy("Triaged"),
    State.IN_PROGRESS: gettext_lazy("Begin"),
    State.ON_LEAVE: gettext_lazy("On leave"),
    State.FINISHED: gettext_lazy("Finish"),
    State.CANCELLED: gettext_lazy("Cancel this encounter"),
}
BACK = {State.FINISHED: gettext_lazy("Open again"), State.ON_LEAVE: gettext_lazy("Back from leave")}
_RUNNING = gettext_lazy("The patient is in hospital already. Finish that stay first, or go on with it.")


@page(Permission.CHART_WRITE)
def add(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Plan an encounter, or begin it now."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    form = EncounterForm(request.POST if request.method == "POST" else None, at=actor.at)
    if request.method == "POST" and form.is_valid():
        write = actions.open_encounter if form.cleaned_data["when"] == "now" else actions.plan_encounter
        try:
            write(patient_id, form.details(actor), by=actor, at=actor.at)
        except actions.StayRunning:
            form.add_error("setting", _RUNNING)
        else:
            messages.success(request, _("Written down."))
            return redirect(_list(patient_id))
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form}
    return render(request, "staff/chart/encounters/page.html", context, status=422 if form.is_bound else 200)


@page(Permission.CHART_WRITE)
@require_POST
def move(request: PageRequest, patient_id: UUID, encounter_id: UUID) -> HttpResponse:
    """Take an encounter one step further, or one back."""
    actor, sent = request.actor, request.POST
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    if not queries.encounters(patient_id, viewer=actor, at=actor.at).filter(pk=encounter_id).exists():
        raise Http404
    to, seen, outcome = sent.get("to", ""), sent.get("seen", ""), sent.get("outcome", "").strip()
    try:
        actions.move_encounter(encounter_id, to, seen=seen, outcome=outcome, by=actor, at=actor.at)
    except actions.UnknownEntry as error:
        raise Http404 from error
    except actions.EncounterMoved:
        messages.warning(request, _("A colleague was faster: look at where the encounter is now."))
    except actions.NoSuchStep:
        messages.warning(request, _("An encounter does not go from there to here. Choose one of its steps."))
    except actions.StayRunning:
        messages.warning(request, _RUNNING)
    else:
        messages.success(request, _("Written down."))
    return redirect(_list(patient_id))


def _list(patient_id: UUID) -> str:
    return reverse("chart_history", args=[patient_id]) + "#encounters"
