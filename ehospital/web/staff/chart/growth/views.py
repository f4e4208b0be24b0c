"""The growth chart of a child: WHO's curves, the child's values between them, and the same as a table."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ehospital.algorithms.growth import Indicator
from ehospital.clinical import queries
from ehospital.people.access import Permission
from ehospital.people.models import Patient
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.growth import drawing, placing
from ehospital.web.staff.chart.head import opened_head

FORM = "urn:ehospital:form:growth"


@page(Permission.CHART_READ)
def growth(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show one indicator over one part of childhood; the table below has everything."""
    actor = request.actor
    head = opened_head(request, patient_id, "chart_growth")
    found = queries.measured_growth(patient_id, viewer=actor, at=actor.at)
    weeks = "" if found.gestation_days is None else "{}+{}".format(*divmod(found.gestation_days, 7))
    context = {"head": head, "form": FORM, "trouble": _trouble(head.patient), "gestation": weeks}
    if not context["trouble"] and head.patient.birth_on:
        context |= _shown(request, found, head.patient.birth_on, head.patient.sex)
    return render(request, "staff/chart/growth/page.html", context)


def _trouble(patient: Patient) -> str:
    """Return why there is no chart: the birth date is not known to the day, or WHO has no table for the sex."""
    if patient.birth_on is None or patient.birth_precision != Patient.BirthPrecision.DAY:
        return "birth"
    return "" if patient.sex in ("female", "male") else "sex"


def _shown(request: PageRequest, found: queries.Growth, born_on: date, sex: str) -> dict[str, object]:
    lines = placing.place(found, born_on, sex)
    asked = request.GET.get("show", "")
    indicator = Indicator(asked) if asked in set(map(str, Indicator)) else Indicator.WEIGHT
    age = (timezone.localdate(request.actor.at) - born_on).days
    span = drawing.span_of(drawing.newest_age(lines, age), indicator)
    span = next((one for one in drawing.SPANS if one.key == request.GET.get("ages")), span)
    centiles = request.GET.get("lines") == "centiles"
    return {
        "lines": lines[::-1],
        "grown": age > placing.LAST_DAY,
        "indicator": indicator,
        "title": placing.NAMES[indicator],
        "unit": placing.UNITS[indicator],
        "names": placing.NAMES.items(),
        "spans": [one.key for one in drawing.SPANS],
        "span": span.key,
        "centiles": centiles,
        "chart": drawing.draw(indicator, sex, span, lines, centiles=centiles),
    }
