"""Filling a form: kept at every answer by a script, or by a button; finished; thrown away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.algorithms.questionnaires import Finding, Settled, findings, settle
from ehospital.clinical import actions, queries
from ehospital.clinical.actions import Filled
from ehospital.clinical.models import FormDraft
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.access import Permission
from ehospital.web.kit.dates import clock
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.comparing import Difference, seen_version, whole
from ehospital.web.staff.chart.forms.names import answers_of, name_of
from ehospital.web.staff.chart.forms.showing import Drawing, flat
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404

_CONFLICTS = {
    actions.DraftChanged: gettext_lazy("This form was answered elsewhere meanwhile. Press Keep to see both."),
    actions.FormTooLong: gettext_lazy("There is more in it than a form holds. Shorten it, then keep it."),
    actions.FormFinished: gettext_lazy("This form was finished elsewhere. What you answered since is not in it."),
}
_REFUSED = (
    actions.DraftChanged, actions.FormIncomplete, actions.FormInError, actions.FormTooLong, actions.NotADoctor,
    people.DeathRefused,
)  # fmt: skip


@page(Permission.CHART_WRITE)
@missing_is_404()
def draft(request: PageRequest, patient_id: UUID, form_draft_id: UUID) -> HttpResponse:
    """Show a draft, and do with it what its buttons say."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    if request.method == "POST" and (answer := _finished_before(request, patient_id, form_draft_id)):
        return answer
    found = queries.form_draft(patient_id, form_draft_id, viewer=actor, at=actor.at)
    form = queries.definition_of(found)
    if request.method != "POST":
        return _page(request, found, settle(form, found.answers))
    filled = _filled(request, found)
    try:
        return _done(request, found, filled)
    except _REFUSED as error:
        standing = queries.form_draft(patient_id, form_draft_id, viewer=actor, at=actor.at)
        return _page(request, standing, settle(form, filled.answers), error)


@page(Permission.CHART_WRITE)
@require_POST
def keep(request: PageRequest, patient_id: UUID, form_draft_id: UUID) -> HttpResponse:
    """Keep what was answered, for the page's script, and say which questions are open now."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    try:
        found = queries.form_draft(patient_id, form_draft_id, viewer=actor, at=actor.at)
        version, settled = actions.keep_form(form_draft_id, _filled(request, found), by=actor, at=actor.at)
    except actions.UnknownEntry as error:
        raise access.NotPermitted("keep a form that is gone") from error
    except tuple(_CONFLICTS) as error:
        return JsonResponse({"said": _CONFLICTS[type(error)]}, status=409)
    scores = [one for one in flat(Drawing(queries.definition_of(found), settled).nodes()) if one.kind == "score"]
    told = {
        "version": version,
        "said": _("Kept {time}").format(time=clock(actor.at)),
        "open": [name_of(path) for path in settled.open],
        "totals": {one.name: one.total for one in scores},
        "tones": {one.name: one.tone for one in scores},
    }
    return JsonResponse(told)


def _filled(request: PageRequest, found: FormDraft) -> Filled:
    return Filled(
        answers_of(queries.definition_of(found), request.POST),
        seen_version(request),
        editor=request.POST.get("editor", "")[:36],
        turn=whole(request.POST.get("turn", "")),
    )


def _done(request: PageRequest, found: FormDraft, filled: Filled) -> HttpResponse:
    """Finish, throw away or keep.

    Raises:
        DraftChanged, FormIncomplete, FormInError, FormTooLong: nothing was done.
    """
    by, at = request.actor, request.actor.at
    asked = request.POST.get("do", "keep")
    if asked == "finish":
        key = actions.finish_form(found.pk, filled, reason=request.POST.get("reason", ""), by=by, at=at)
        messages.success(request, _("Finished. It stays as it is; what changes goes into an amendment."))
        return redirect("chart_form", found.patient_id, found.amends_id or key)
    if asked == "discard":
        actions.discard_form(found.pk, seen_version=filled.seen_version, by=by, at=at)
        messages.info(request, _("The draft was thrown away."))
        return redirect("chart_forms", found.patient_id)
    actions.keep_form(found.pk, filled, by=by, at=at)
    if asked == "keep":
        messages.success(request, _("Kept. You find it under Forms until it is finished."))
    return redirect("chart_form_draft", found.patient_id, found.pk)


def _finished_before(request: PageRequest, patient_id: UUID, form_draft_id: UUID) -> HttpResponse | None:
    """Return the way to the form when the draft has become one: a button was pressed twice."""
    try:
        done = queries.form(patient_id, form_draft_id, viewer=request.actor, at=request.actor.at)
    except access.NotPermitted:
        return None
    messages.info(request, _("This form was finished before. What changes goes into an amendment."))
    return redirect("chart_form", patient_id, done.pk)


def _page(request: PageRequest, found: FormDraft, settled: Settled, error: Exception | None = None) -> HttpResponse:
    form = queries.definition_of(found)
    wrong: list[Finding] = error.findings if isinstance(error, actions.FormIncomplete) else []
    if isinstance(error, actions.DraftChanged) and request.POST.get("do") == "finish":
        wrong = findings(form, settled.answers)
    drawing = Drawing(form, settled, wrong)
    words: dict[type[Exception], Any] = {
        actions.DraftChanged: _("This form was answered elsewhere meanwhile. Compare, then keep or finish yours."),
        actions.FormInError: _("The form that this amends was entered in error. Begin a new one instead."),
        actions.FormTooLong: _CONFLICTS[actions.FormTooLong],
        actions.NotADoctor: _("A doctor finishes this certificate. Press Keep, and tell them."),
        people.DeathRefused: _("This time of death lies in the future, or before the birth. Check it."),
    }
    nodes = drawing.nodes()
    context = {
        "head": opened_head(request, found.patient_id, "chart_forms", part="form draft"),
        "draft": found,
        "title": form.title.said(get_language() or "en"),
        "source": form.copyright,
        "nodes": nodes,
        "wrong": [one for one in flat(nodes) if one.errors],
        "error": words.get(type(error)) if error else "",
        "elsewhere": _differences(found, drawing) if isinstance(error, actions.DraftChanged) else [],
        "editor": uuid7(),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "staff/chart/forms/draft.html", context, status=422 if error else 200)


def _differences(found: FormDraft, mine: Drawing) -> list[Difference]:
    """Return the questions that stand with another answer than the one that was sent."""
    stands = Drawing(mine.form, settle(mine.form, found.answers))
    theirs = {one.name: one for one in flat(stands.nodes()) if one.kind == "question"}
    own = {one.name: one for one in flat(mine.nodes()) if one.kind == "question"}
    told = []
    for name in {**theirs, **own}:
        other, this = theirs.get(name), own.get(name)
        label = next((one.label for one in (this, other) if one), "")
        before, after = (", ".join(one.said) if one else "" for one in (other, this))
        if before != after:
            told.append(Difference(label, before, after))
    return told
