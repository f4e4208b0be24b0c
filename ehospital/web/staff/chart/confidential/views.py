"""Mark a line as confidential."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.clinical import actions, queries
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.models import Sensitivity
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404

OPEN = "open"


class ConfideForm(forms.Form):
    """In which category, and why."""

    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Sensitivity.choices)
    mark = forms.ChoiceField(
        label=gettext_lazy("This entry is"),
        choices=[("kept", gettext_lazy("Confidential")), (OPEN, gettext_lazy("Not confidential in this category"))],
        widget=forms.RadioSelect,
        initial="kept",
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=250, required=False)


@page(Permission.ENTRY_CONFIDE)
@missing_is_404()
def confide(request: PageRequest, patient_id: UUID, kind: str, entry_id: UUID) -> HttpResponse:
    """Ask in which category, and mark the line."""
    actor = request.actor
    access.require(actor, Permission.ENTRY_CONFIDE, patient_id=patient_id)
    line = queries.entry(patient_id, kind, entry_id, viewer=actor, at=actor.at)
    form = ConfideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        actions.confide(
            kind, entry_id, category=told["category"], open=told["mark"] == OPEN, note=told["note"], by=actor,
            at=actor.at,
        )  # fmt: skip
        messages.success(request, _("Kept. It holds in every list from now on."))
        return redirect("chart_history", patient_id)
    context = {"head": opened_head(request, patient_id, "chart_history"), "form": form, "line": line}
    return render(request, "staff/chart/confidential/page.html", context, status=422 if form.is_bound else 200)
