"""The pages of a chart's past."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.queries import past as queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart_past.telling import told

SETS, LINES = 20, 100


class MomentForm(forms.Form):
    """The moment to look back at, by the hospital's clock."""

    at = forms.DateTimeField(
        label=_("As known on"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def clean_at(self) -> datetime:
        """Refuse what has not come yet."""
        at: datetime = self.cleaned_data["at"]
        if at > timezone.now():
            raise forms.ValidationError(_("That moment has not come yet: choose an earlier one."))
        return at


@page(Permission.CHART_READ)
def changes(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show who changed what, transaction by transaction, the newest first."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    head = opened_head(request, patient_id, "chart_changes")
    found = queries.changes(patient_id, viewer=request.actor, at=request.actor.at, before=before, most=SETS + 1)
    more = found[SETS - 1].number if len(found) > SETS else None
    context = {"head": head, "sets": told(found[:SETS]), "more": more, "form": MomentForm(), "continued": before}
    return render(request, "staff/chart_past/changes.html", context)


@page(Permission.CHART_READ)
def past(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show the chart as it was known at a moment; without one, ask for it."""
    head = opened_head(request, patient_id, "chart_changes")
    form = MomentForm(request.GET or None)
    context = {"head": head, "form": form}
    if form.is_valid():
        moment, actor = form.cleaned_data["at"], request.actor
        record = queries.record_as_it_was(patient_id, moment, viewer=actor, at=actor.at, most=LINES)
        context |= {"moment": moment, "record": record}
    return render(request, "staff/chart_past/past.html", context, status=422 if form.errors else 200)
