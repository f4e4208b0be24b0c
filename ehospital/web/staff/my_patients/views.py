"""Everybody whom I care for, by name or through a unit, who lies in the hospital now."""

from django.http import HttpResponse
from django.shortcuts import render

from ehospital.clinical import queries as clinical
from ehospital.clinical.queries import rectifications
from ehospital.monitoring import queries as monitoring
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.presenting import flag_of, news_chip, signal_words


@page(Permission.CHART_READ)
def mine(request: PageRequest) -> HttpResponse:
    """Show the patients in my care with their scores."""
    actor = request.actor
    found = monitoring.in_my_care(viewer=actor, at=actor.at)
    keys = [one.patient.id for one in found]
    flags = clinical.safety_flags_of(keys, viewer=actor, at=actor.at)
    reasons = clinical.reasons_for_stay(keys, viewer=actor)
    lines = [
        {
            "one": one,
            "news": news_chip(one.vitals.news, silent=one.vitals.signal == "silent"),
            "signal": signal_words(one.vitals, actor.at),
            "flags": [flag_of(flag) for flag in flags.get(one.patient.id, ())],
            "reason": reasons.get(one.patient.id, ""),
        }
        for one in found
    ]
    context = {
        "lines": lines,
        "visits": clinical.my_visits(viewer=actor, at=actor.at),
        "may_write": access.holds(actor, Permission.CHART_WRITE),
        "corrections": rectifications.waiting(viewer=actor),
    }
    return render(request, "staff/my_patients/page.html", context)
