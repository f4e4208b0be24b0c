"""Open alerts by patient, and acknowledging one: from here, from the board and from the chart."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.monitoring import actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.kit.presenting import alert_card


@page(Permission.ALERT_ACKNOWLEDGE)
def inbox(request: PageRequest) -> HttpResponse:
    """Show the open alerts of everybody in my care, the most urgent first."""
    at = request.actor.at
    found = queries.open_alerts(viewer=request.actor, at=at)
    cards = [alert_card(one, at=at, may_acknowledge=True) for one in found]
    waiting = sum(one.state == "open" for one in found)
    return render(request, "staff/alerts/page.html", {"alerts": cards, "waiting": waiting})


@page(Permission.ALERT_ACKNOWLEDGE)
@require_POST
def acknowledge(request: PageRequest, alert_id: UUID) -> HttpResponse:
    """Take an alert on: from now on it has my name."""
    at = request.actor.at
    try:
        actions.acknowledge(alert_id, by=request.actor, at=at, note=request.POST.get("note", ""))
    except actions.AlertOver:
        messages.info(request, _("That alert had already ended."))
    except actions.AlertTaken:
        messages.info(request, _("A colleague was faster: see the owner."))
    shown = queries.alert(alert_id, viewer=request.actor, at=at)
    if request.headers.get("HX-Request"):
        card = alert_card(shown, at=at, may_acknowledge=True)
        return render(request, "staff/alerts/card.html", {"alert": card})
    return redirect(_back(request))


def _back(request: PageRequest) -> str:
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if ours else "alerts"
