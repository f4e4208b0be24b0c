"""Charting a set that a person observed at the bedside."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.kernel.codes import OBSERVATIONS
from ehospital.monitoring import actions
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head

_LEVELS = [
    ("", gettext_lazy("Not assessed")),
    ("A", gettext_lazy("Alert")),
    ("C", gettext_lazy("New confusion")),
    ("V", gettext_lazy("Responds to voice")),
    ("P", gettext_lazy("Responds to pain")),
    ("U", gettext_lazy("Unresponsive")),
]


def _number(metric: str, label: Any, unit: str, *, step: str = "1") -> forms.FloatField:
    """Return a field with the bounds of what a body can have: a slip of the finger is caught where it happens."""
    row = OBSERVATIONS[metric]
    return forms.FloatField(
        label=label,
        required=False,
        min_value=float(row.lowest),
        max_value=float(row.highest),
        help_text=unit,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": step, "autocomplete": "off"}),
    )


class MeasuredForm(forms.Form):
    """What somebody may have measured; every field may stay empty."""

    rr = _number("rr", gettext_lazy("Respiratory rate"), "/min")
    spo2 = _number("spo2", gettext_lazy("Oxygen saturation"), "%")
    oxygen = _number("oxygen", gettext_lazy("Oxygen, 0 on air"), "L/min", step="0.5")
    sbp = _number("sbp", gettext_lazy("Systolic pressure"), "mmHg")
    dbp = _number("dbp", gettext_lazy("Diastolic pressure"), "mmHg")
    hr = _number("hr", gettext_lazy("Heart rate"), "/min")
    consciousness = forms.ChoiceField(label=gettext_lazy("Consciousness"), choices=_LEVELS, required=False)
    temp = _number("temp", gettext_lazy("Temperature"), "°C", step="0.1")
    weight = _number("weight", gettext_lazy("Weight"), "kg", step="0.1")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        high, low = told.get("sbp"), told.get("dbp")
        if high is not None and low is not None and low >= high:
            self.add_error("dbp", _("The diastolic pressure must be below the systolic one. Check both."))
        return told

    def observed(self) -> Mapping[str, float | str]:
        """Return what was observed, by alias."""
        told = {name: self.cleaned_data.get(name) for name in MeasuredForm.base_fields}
        return {name: value for name, value in told.items() if value not in (None, "")}


class ObservationForm(MeasuredForm):
    """One NEWS2 set. What was not observed stays empty, and the score then says what is missing."""

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if not self.errors and not self.observed():
            raise forms.ValidationError(_("Nothing was typed. Fill in what you observed; the rest may stay empty."))
        return told


@page(Permission.OBSERVATION_RECORD)
def record(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the form, and chart what was typed."""
    access.require(request.actor, Permission.OBSERVATION_RECORD, patient_id=patient_id)
    form = ObservationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_observations(patient_id, form.observed(), by=request.actor, at=request.actor.at)
        except actions.UnusableObservation as error:
            form.add_error(error.metric if error.metric in form.fields else None, error.why)
        else:
            messages.success(request, _("Observations charted."))
            return redirect("chart", patient_id)
    return _form(request, patient_id, form)


def _form(request: PageRequest, patient_id: UUID, form: ObservationForm) -> HttpResponse:
    may_write = access.may(request.actor, Permission.CHART_WRITE, patient_id=patient_id)
    context = {
        "head": opened_head(request, patient_id, "chart_observations"),
        "form": form,
        "scoring_url": reverse("chart_scoring", args=[patient_id]) if may_write else "",
    }
    return render(request, "staff/chart/record.html", context, status=422 if form.is_bound else 200)
