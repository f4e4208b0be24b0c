"""Send everybody to where they start."""

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect

from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit import navigation
from ehospital.web.kit.page import PageRequest, page


@page(Permission.NONE_NEEDED)
def start(request: PageRequest) -> HttpResponseBase:
    """Send staff to the first page of their role, patients to the portal, everybody else to the door."""
    if not request.actor:
        return redirect("tour" if settings.DEMO else "account_login")
    if request.actor.patient_id is not None:
        return redirect("portal_home")
    if access.holds(request.actor, Permission.PROXY_HOLD):
        return redirect("portal_proxies")
    rail = navigation.links(navigation.staff_places(request.actor), actor=request.actor, path=request.path)
    return redirect(rail[0].url if rail else "mfa_index")
