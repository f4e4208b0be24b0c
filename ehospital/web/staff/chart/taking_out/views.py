"""Take a record out: the page that asks what for, and the paper."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override

from ehospital.clinical import queries
from ehospital.foundation.printing.typesetting import PressBusy, TooMuchToPrint
from ehospital.monitoring import queries as monitoring
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.paper import attached, file_stem, paper, pdf
from ehospital.web.kit.patient_summary import FHIR_JSON, patient_summary
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.taking_out.form import TakingOutForm
from ehospital.web.staff.chart.taking_out.summary import sections

MOST_LINES = 60


@page(Permission.CHART_TAKE_OUT)
def take_out(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Ask what for; then give out the summary on paper, or as a file for another system."""
    access.require(request.actor, Permission.CHART_TAKE_OUT, patient_id=patient_id)
    form = TakingOutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _taken_out(request, patient_id, form.cleaned_data["reason"], form.cleaned_data["language"])
        except TooMuchToPrint:
            messages.warning(request, _("This record is too long for paper. Take it out as a file instead."))
        except PressBusy:
            messages.warning(request, _("The paper was not ready in time. Try again in a minute."))
    context = {"head": opened_head(request, patient_id, "chart", part="take out"), "form": form}
    status = 422 if form.errors else 200
    return render(request, "staff/chart/taking_out/page.html", context, status=status)


def _taken_out(request: PageRequest, patient_id: UUID, reason: str, language: str) -> HttpResponse:
    actor, at = request.actor, request.actor.at
    if request.POST.get("form") == "ips":
        with override(language):
            content = patient_summary(patient_id, viewer=actor, at=at, reason=reason)
        return attached(content, FHIR_JSON, f"patient-summary-{at:%Y-%m-%d}.json")
    return _paper(actor, patient_id, reason, language)


def _paper(actor: access.Actor, patient_id: UUID, reason: str, language: str) -> HttpResponse:
    at = actor.at
    taken = queries.taken_out(patient_id, viewer=actor, at=at, form="pdf", reason=reason, most=MOST_LINES)
    vitals = monitoring.current_vitals(patient_id, viewer=actor, at=at)
    with override(language):
        made = paper(
            _("Summary of the record"),
            taken.patient,
            sections(taken, vitals),
            by=actor.name,
            at=at,
            preface=(_("Confidential: health data. What was entered in error is not on it."),),
            end=_("End of the summary"),
        )
    return pdf(made, at=at, name=file_stem(taken.patient, "summary", at), inline=True)
