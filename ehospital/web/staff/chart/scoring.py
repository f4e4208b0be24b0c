"""How a patient is scored: the saturation scale, and pregnancy, in which NEWS2 is not valid."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.monitoring import actions
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head

_SCALES = [
    ("1", gettext_lazy("Scale 1: everybody else")),
    ("2", gettext_lazy("Scale 2: target 88–92 %, hypercapnic respiratory failure confirmed by blood gas")),
]


class ScoringForm(forms.Form):
    """What decides how the score is made."""

    spo2_scale = forms.TypedChoiceField(label=gettext_lazy("SpO₂ scale"), choices=_SCALES, coerce=int)
    pregnant = forms.BooleanField(
        label=gettext_lazy("Pregnant"),
        required=False,
        help_text=gettext_lazy("NEWS2 is neither shown nor alarmed on then: use a maternity score."),
    )


@page(Permission.CHART_WRITE)
def scoring(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show how the patient is scored, and change it."""
    actor = request.actor
    access.require(actor, Permission.CHART_WRITE, patient_id=patient_id)
    head = opened_head(request, patient_id, "chart_observations", part="scoring")
    now_is = {"spo2_scale": head.vitals.spo2_scale, "pregnant": head.vitals.pregnant}
    form = ScoringForm(request.POST if request.method == "POST" else None, initial=now_is)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            actions.set_spo2_scale(patient_id, form.cleaned_data["spo2_scale"], by=actor, at=actor.at)
            actions.set_pregnant(patient_id, form.cleaned_data["pregnant"], by=actor, at=actor.at)
        messages.success(request, _("Saved. The score is made anew."))
        return redirect("chart", patient_id)
    status = 422 if form.is_bound else 200
    return render(request, "staff/chart/scoring.html", {"head": head, "form": form}, status=status)
