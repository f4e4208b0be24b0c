"""Reading what I allow and refuse, saying something new after reading what it means, and taking it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.people import access, actions, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.answering import mine, shown
from ehospital.web.portal.consents.saying import Saying, sayings


def _offered(request: PageRequest) -> list[Saying]:
    viewer = request.actor
    return sayings(queries.may_be_refused(mine(request), viewer=viewer, at=viewer.at))


@page(Permission.OWN_CONSENT)
def consents(request: PageRequest) -> HttpResponse:
    """Show what I said, and about whom I can say something."""
    viewer = request.actor
    _patient, words = queries.consents(mine(request), viewer=viewer, at=viewer.at)
    found = _offered(request)
    standing = [one for one in words if viewer.at in one.during]
    return shown(
        request,
        "portal/consents/page.html",
        words=standing,
        ended=[one for one in words if viewer.at not in one.during],
        general=found[:3],
        particular=found[3:],
    )


@page(Permission.OWN_CONSENT)
def say(request: PageRequest) -> HttpResponse:
    """Tell in plain words what it means, and write it down once that was read."""
    asked = (request.POST if request.method == "POST" else request.GET).get("about", "")
    one = next((one for one in _offered(request) if one.name == asked), None)
    if one is None:
        raise access.NotPermitted(f"{request.actor.name} may not {Permission.OWN_CONSENT.value}")
    if request.method == "POST":
        try:
            actions.record_consent(mine(request), one.word, by=request.actor, at=request.actor.at)
        except actions.UnusableConsent:
            messages.error(request, _("That cannot be done now. Talk to those who care for you."))
        else:
            messages.success(request, _("Written down. It holds from now on."))
        return redirect("portal_consents")
    return shown(request, "portal/consents/say.html", one=one)


@page(Permission.OWN_CONSENT)
@require_POST
def withdraw(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """Take back what I said."""
    queries.consent(mine(request), consent_id, viewer=request.actor, at=request.actor.at)
    actions.withdraw_consent(consent_id, by=request.actor, at=request.actor.at)
    messages.success(request, _("Taken back. What you said stays in the list."))
    return redirect("portal_consents")
