"""Marking a set that was observed at the bedside as entered in error: the wrong patient, a wrong value."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.monitoring import actions
from ehospital.monitoring import queries as monitoring
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.recording import MeasuredForm


class MistakeForm(forms.Form):
    """Why it is wrong."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is wrong"),
        max_length=2000,
        help_text=gettext_lazy("For example: belongs to another patient; a slip in the pulse."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


@dataclass(frozen=True)
class Line:
    """One set, its values in words."""

    one: monitoring.RecordedSet
    words: str


def lines(sets: Iterable[monitoring.RecordedSet]) -> list[Line]:
    """Return the sets as a table shows them."""
    return [Line(one, _words(one)) for one in sets]


def _words(one: monitoring.RecordedSet) -> str:
    fields = MeasuredForm.base_fields
    said = []
    for metric, value in one.values.items():
        if metric not in fields:
            continue
        levels = dict(getattr(fields[metric], "choices", ()))
        shown = str(levels.get(value, value)) if levels else f"{float(value):g} {fields[metric].help_text}"
        said.append(f"{fields[metric].label} {shown}".strip())
    return ", ".join(said)


@page(Permission.OBSERVATION_RECORD)
def mark(request: PageRequest, patient_id: UUID, set_id: UUID) -> HttpResponse:
    """Show one set, and mark it with a reason."""
    actor = request.actor
    access.require(actor, Permission.OBSERVATION_RECORD, patient_id=patient_id)
    found = monitoring.recorded_set(patient_id, set_id, viewer=actor, at=actor.at)
    form = MistakeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_set_in_error(patient_id, set_id, reason=form.cleaned_data["reason"], by=actor, at=actor.at)
        except actions.UnknownSet as error:
            raise Http404 from error
        except actions.SetMarkedBefore:
            messages.info(request, _("A colleague has marked this set already."))
        else:
            messages.success(request, _("Marked as entered in error. Score and alerts were made anew without it."))
        return redirect("chart_observations", patient_id)
    head = opened_head(request, patient_id, "chart_observations", part="observations")
    context = {"head": head, "form": form, "line": Line(found, _words(found))}
    return render(request, "staff/chart/set_error.html", context, status=422 if form.is_bound else 200)
