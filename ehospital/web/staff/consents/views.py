"""Reading, recording, printing and withdrawing what a patient allows and refuses."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.consents.form import ConsentForm


def _shown(request: PageRequest, patient_id: UUID, form: ConsentForm | None = None) -> HttpResponse:
    viewer = request.actor
    patient, words = queries.consents(patient_id, viewer=viewer, at=viewer.at)
    context = {
        "patient": patient,
        "number": queries.hospital_number(patient),
        "words": [(one, viewer.at in one.during) for one in words],
        "form": form or ConsentForm(),
        "may_open_chart": access.may(viewer, Permission.CHART_READ, patient_id=patient_id),
    }
    return render(request, "staff/consents/page.html", context, status=422 if form else 200)


@page(Permission.CONSENT_RECORD)
def consents(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show what stands, and what stood before."""
    return _shown(request, patient_id)


@page(Permission.CONSENT_RECORD)
@require_POST
def record(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Write a word of the patient down."""
    access.require(request.actor, Permission.CONSENT_RECORD, patient_id=patient_id)
    form = ConsentForm(request.POST)
    if form.is_valid():
        try:
            actions.record_consent(patient_id, form.word(), by=request.actor, at=request.actor.at)
        except (actions.UnusableConsent, actions.OneselfConcerned) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down. It holds from now on."))
            return redirect("consents", patient_id)
    return _shown(request, patient_id, form)


@page(Permission.CONSENT_RECORD)
@require_POST
def withdraw(request: PageRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Take a word back because the patient says so."""
    queries.consent(patient_id, consent_id, viewer=request.actor, at=request.actor.at)
    try:
        actions.withdraw_consent(consent_id, by=request.actor, at=request.actor.at)
    except actions.OneselfConcerned:
        messages.error(request, _("It is about you: ask a colleague to take it back."))
    else:
        messages.success(request, _("Taken back. What was said stays in the list."))
    return redirect("consents", patient_id)


@page(Permission.CONSENT_RECORD)
def paper(request: PageRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Show one word as a form to be signed."""
    viewer = request.actor
    patient, word = queries.consent(patient_id, consent_id, viewer=viewer, at=viewer.at)
    context = {"patient": patient, "number": queries.hospital_number(patient), "one": word}
    return render(request, "staff/consents/paper.html", context)
