"""The audit trail, narrowed and paged."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ehospital.people import queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page

LINES = 50


# Days near the ends of the calendar have no day before or after them, nor a moment in every zone.
_SOME_DAY = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class TrailForm(forms.Form):
    """What the trail is narrowed to; nothing typed means everything."""

    patient = forms.UUIDField(label=_("Patient's id"), required=False)
    actor = forms.CharField(label=_("Actor's id"), max_length=64, required=False)
    action = forms.CharField(label=_("Action begins with"), max_length=64, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=_day(), validators=_SOME_DAY)
    until = forms.DateField(label=_("Up to and with"), required=False, widget=_day(), validators=_SOME_DAY)

    def patient_id(self) -> UUID | None:
        """Return the patient asked for."""
        asked: UUID | None = self.cleaned_data["patient"]
        return asked

    def begins(self) -> datetime | None:
        """Return the start of the first day, in the hospital's zone."""
        day = self.cleaned_data["since"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None

    def ends(self) -> datetime | None:
        """Return the end of the last day, in the hospital's zone."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


@page(Permission.AUDIT_READ)
def trail(request: PageRequest) -> HttpResponse:
    """Show the trail, newest first."""
    form = TrailForm(request.GET or None)
    if form.is_bound and form.is_valid():
        events = queries.audit_trail(
            viewer=request.actor,
            patient_id=form.patient_id(),
            actor_id=form.cleaned_data["actor"],
            action=form.cleaned_data["action"],
            since=form.begins(),
            until=form.ends(),
        )
    else:
        events = queries.audit_trail(viewer=request.actor)
    lines = Paginator(events, LINES).get_page(request.GET.get("page"))
    named = queries.lines_of((line.patient_id for line in lines if line.patient_id), viewer=request.actor)
    pairs = [(line, named.get(line.patient_id) if line.patient_id else None) for line in lines]
    return render(request, "staff/audit/page.html", {"form": form, "lines": lines, "pairs": pairs})
