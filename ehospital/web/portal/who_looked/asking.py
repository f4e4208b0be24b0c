"""Asking why somebody looked, and for messages when the record is opened."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.people import access, actions
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.answering import mine


@page(Permission.OWN_RECORD_ACT)
@require_POST
def ask_why(request: PageRequest) -> HttpResponse:
    """Ask the privacy officer about one look."""
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise access.NotPermitted(f"{request.actor.name} asked about nothing")
    actions.question_look(mine(request), int(number), by=request.actor, at=request.actor.at)
    messages.success(request, _("Asked. The privacy officer answers on this page."))
    return redirect("portal_access")


@page(Permission.OWN_RECORD_ACT)
@require_POST
def messages_wanted(request: PageRequest) -> HttpResponse:
    """Have messages sent when the record is opened, or none any more."""
    by, at = request.actor, request.actor.at
    if "end" in request.POST:
        actions.end_messages(mine(request), by=by, at=at)
        messages.success(request, _("We write no more when the record is opened."))
        return redirect("portal_access")
    try:
        actions.ask_for_messages(mine(request), request.POST.get("email", ""), by=by, at=at)
    except actions.NoAddress:
        messages.error(request, _("Type the e-mail address to write to, such as name@example.org."))
    else:
        messages.success(request, _("We write to you when somebody opens the record."))
    return redirect("portal_access")
