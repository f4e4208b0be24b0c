"""Begin a visit, type it on one page that keeps itself, finish it, and hand it out on paper."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ehospital.clinical import actions, queries
from ehospital.journeys import visits
from ehospital.kernel.identifiers import uuid7
from ehospital.monitoring.actions import UnusableObservation
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.dates import clock, moment
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404
from ehospital.web.staff.chart.visit import typed, wording

_CONFLICTS = {
    actions.DraftChanged: gettext_lazy("You changed this visit in another window. Load this page again to see it."),
    actions.NoteSigned: gettext_lazy("The note of this visit was signed or thrown away in another window."),
    actions.TooLong: gettext_lazy("This is more than a visit can hold. Shorten the note, then it is kept."),
}
_NOT_KEPT: tuple[type[Exception], ...] = (actions.VisitOver, *_CONFLICTS)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def begin(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Begin a visit in one press, or go on with the one that is open."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    try:
        named = UUID(request.POST["encounter"]) if request.POST.get("encounter") else None
    except ValueError as error:
        raise Http404 from error
    try:
        key = actions.begin_visit(
            patient_id, words=_("Outpatient visit"), encounter_id=named, by=request.actor, at=request.actor.at
        )
    except actions.VisitOver as over:
        messages.warning(request, wording.over(over))
        return redirect("chart", patient_id)
    return redirect("chart_visit", patient_id, key)


@page(Permission.CHART_WRITE)
@missing_is_404()
def visit(request: PageRequest, patient_id: UUID, encounter_id: UUID) -> HttpResponse:
    """Show the visit as far as it was typed; sent with the last button, finish it."""
    actor = request.actor
    found = queries.open_visit(patient_id, encounter_id, viewer=actor, at=actor.at)
    if not wording.is_open(found.encounter):
        return _ended(request, patient_id, encounter_id)
    may_prescribe = access.may(actor, Permission.PRESCRIBE, patient_id=patient_id)
    sent = request.POST if request.method == "POST" else None
    filled = typed.page(found, sent, may_prescribe=may_prescribe, at=actor.at)
    if sent is None:
        return _shown(request, found, filled)
    if sent.get("do") != "finish":
        return _kept(request, found, filled)
    if filled.is_valid() and (answer := _finished(request, found, filled)):
        return answer
    _keep_quietly(request, encounter_id)
    again = queries.open_visit(patient_id, encounter_id, viewer=actor, at=actor.at)
    return _shown(request, again, filled, status=422)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def keep(request: PageRequest, patient_id: UUID, encounter_id: UUID) -> HttpResponse:
    """Keep what was typed, for the page's script, and say so; with it what speaks against new medicines."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    if not queries.has_visit(patient_id, encounter_id):
        raise access.NotPermitted("keep a visit that is not of this chart")
    try:
        version, note_version = actions.keep_visit(encounter_id, typed.typed(request), by=actor, at=actor.at)
    except actions.VisitOver as over:
        return JsonResponse({"said": wording.over(over)}, status=409)
    except tuple(_CONFLICTS) as error:
        return JsonResponse({"said": _CONFLICTS[type(error)]}, status=409)
    against = queries.allergies_against(patient_id, typed.named(request), viewer=actor)
    said = _("Kept {time}").format(time=clock(actor.at))
    told = {"version": version, "note_version": note_version, "said": said, "warnings": wording.warnings(against)}
    return JsonResponse(told)


@page(Permission.CHART_READ)
def paper(request: PageRequest, patient_id: UUID, encounter_id: UUID) -> HttpResponse:
    """Show a finished visit for paper: the summary for the patient, and the prescription."""
    actor = request.actor
    found = queries.visit_paper(patient_id, encounter_id, viewer=actor, at=actor.at)
    head = opened_head(request, patient_id, "chart_history", part="visit on paper")
    context = {"head": head, "paper": found, "follow_up": wording.follow_up(found.visit) if found else ""}
    return render(request, "staff/chart/visit/paper.html", context)


def _finished(request: PageRequest, found: queries.OpenVisit, filled: typed.Page) -> HttpResponse | None:
    """Finish the visit and lead to its paper; None when something is missing, said in the forms."""
    actor, patient_id, key = request.actor, found.encounter.patient_id, found.encounter.pk
    sent, measured = typed.typed(request), filled.main.observed()
    try:
        visits.finish(patient_id, key, filled.details(), sent, measured=measured, by=actor, at=actor.at)
    except actions.VisitOver as over:
        messages.warning(request, wording.over(over))
        return redirect("chart_visit_paper", patient_id, key)
    except UnusableObservation as error:
        filled.main.add_error(error.metric if error.metric in filled.main.fields else None, error.why)
    except actions.AllergySpeaksAgainst as error:
        row = filled.row_of(error.medicine)
        (row or filled.main).add_error("despite" if row else None, wording.speaks_against(error))
    except tuple(wording.REFUSALS) as error:
        field, words = wording.REFUSALS[type(error)]
        filled.main.add_error(field, str(words))
    else:
        messages.success(request, _("The visit is finished and signed. Print it here."))
        return redirect("chart_visit_paper", patient_id, key)
    return None


def _kept(request: PageRequest, found: queries.OpenVisit, filled: typed.Page) -> HttpResponse:
    """Keep the page by its button, without a script."""
    actor, encounter = request.actor, found.encounter
    try:
        actions.keep_visit(encounter.pk, typed.typed(request), by=actor, at=actor.at)
    except actions.VisitOver:
        return _ended(request, encounter.patient_id, encounter.pk)
    except tuple(_CONFLICTS) as error:
        filled.is_valid()
        filled.main.add_error(None, _CONFLICTS[type(error)])
        return _shown(request, found, filled, status=422)
    messages.success(request, _("Kept. Only you see it, until the visit is finished."))
    return redirect("chart_visit", encounter.patient_id, encounter.pk)


def _keep_quietly(request: PageRequest, encounter_id: UUID) -> None:
    """Keep what could not be finished: nothing typed is lost."""
    try:
        actions.keep_visit(encounter_id, typed.typed(request), by=request.actor, at=request.actor.at)
    except _NOT_KEPT:
        return


def _ended(request: PageRequest, patient_id: UUID, encounter_id: UUID) -> HttpResponse:
    found = queries.visit_paper(patient_id, encounter_id, viewer=request.actor, at=request.actor.at)
    if found is None:
        messages.info(request, _("This visit is not open. Open it again from the list of encounters to write in it."))
        return redirect("chart_history", patient_id)
    said = _("{name} finished this visit on {when}. What you had typed yourself is among your drafts of notes.")
    words = said.format(name=found.visit.finished_by_name, when=moment(found.visit.finished_at))
    messages.info(request, words)
    return redirect("chart_visit_paper", patient_id, encounter_id)


def _elsewhere(found: queries.OpenVisit, filled: typed.Page) -> str:
    """Return the note as another window has kept it, for whoever was told that it differs."""
    kept = found.note_draft.text if found.note_draft else ""
    sent = filled.main["text"].value() or ""
    return kept if filled.main.is_bound and kept.split() != sent.split() else ""


def _shown(request: PageRequest, found: queries.OpenVisit, filled: typed.Page, *, status: int = 200) -> HttpResponse:
    patient_id = found.encounter.patient_id
    context = {
        "head": opened_head(request, patient_id, "chart_history", part="visit"),
        "visit": found,
        "page": filled,
        "editor": uuid7(),
        "measured": [filled.main[name] for name in wording.MEASURED_FIRST],
        "measured_more": [filled.main[name] for name in wording.MEASURED_MORE],
        "elsewhere": _elsewhere(found, filled),
        "may_prescribe": bool(filled.new),
        "version": found.draft.version if found.draft else 0,
        "note_version": found.note_draft.version if found.note_draft else 0,
    }
    return render(request, "staff/chart/visit/page.html", context, status=status)
