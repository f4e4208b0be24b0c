"""The forms of a chart: which are due, open and done; begin one, read one, amend one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.algorithms.questionnaires import settle
from ehospital.clinical import actions, queries
from ehospital.clinical.models import FilledForm
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.forms.showing import Drawing, flat, worst
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404


@page(Permission.CHART_READ)
def forms(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show every form: what is due, what somebody is filling, and what was finished."""
    actor = request.actor
    head = opened_head(request, patient_id, "chart_forms")
    lines = queries.forms(patient_id, viewer=actor, at=actor.at)
    language = get_language() or "en"
    age = head.patient.age_at(actor.at)
    told = [
        (one, one.form.title.said(language), one.form.description.said(language), _tone(one.latest)) for one in lines
    ]
    fitting = [row for row in told if row[0].latest or row[0].draft or row[0].form.fits(age)]
    others = [row for row in told if row not in fitting]
    return render(request, "staff/chart/forms/page.html", {"head": head, "lines": fitting, "others": others})


def _tone(latest: FilledForm | None) -> str:
    if latest is None or not latest.result:
        return ""
    asked = queries.definition_of(latest)
    return worst(one.band.tone for one in settle(asked, latest.answers).totals.values() if one.band)


@page(Permission.CHART_READ)
def form(request: PageRequest, patient_id: UUID, form_id: UUID) -> HttpResponse:
    """Show one edition of a form, the newest unless an earlier one is asked for, ready for paper."""
    root = queries.form(patient_id, form_id, viewer=request.actor, at=request.actor.at)
    editions = [root, *root.amendments.all()]
    wanted = request.GET.get("edition", "")
    shown = next((one for one in editions if str(one.edition) == wanted), editions[-1])
    asked = queries.definition_of(shown)
    nodes = Drawing(asked, settle(asked, shown.answers)).nodes()
    context = {
        "head": opened_head(request, patient_id, "chart_forms"),
        "root": root,
        "shown": shown,
        "editions": editions,
        "title": asked.title.said(get_language() or "en"),
        "source": asked.copyright,
        "signs": [one.said(get_language() or "en") for one in asked.signs],
        "nodes": nodes,
        "tone": worst(one.tone for one in flat(nodes)),
    }
    return render(request, "staff/chart/forms/one.html", context)


@page(Permission.CHART_WRITE)
@require_POST
def begin(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Begin a form, or go on with the one that is open."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    url = request.POST.get("form", "")
    if not url:
        return HttpResponseBadRequest()
    try:
        key = actions.begin_form(patient_id, url, by=request.actor, at=request.actor.at)
    except actions.UnknownForm:
        messages.warning(request, _("This form is not in use. Choose one of these."))
        return redirect("chart_forms", patient_id)
    return redirect("chart_form_draft", patient_id, key)


@page(Permission.CHART_WRITE)
@require_POST
@missing_is_404()
def amend(request: PageRequest, patient_id: UUID, form_id: UUID) -> HttpResponse:
    """Begin to amend a finished form, or go on with it."""
    access.require(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    queries.form(patient_id, form_id, viewer=request.actor, at=request.actor.at)
    try:
        key = actions.begin_amendment(form_id, by=request.actor, at=request.actor.at)
    except actions.FormInError:
        messages.warning(request, _("That form was entered in error meanwhile."))
        return redirect("chart_forms", patient_id)
    return redirect("chart_form_draft", patient_id, key)
