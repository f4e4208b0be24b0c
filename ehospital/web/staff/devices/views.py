"""The list of devices, and revoking one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ehospital.monitoring import actions, queries
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page

HEARD = ("silent", "live", "idle", "never")


@page(Permission.DEVICE_READ)
def devices(request: PageRequest) -> HttpResponse:
    """Show the devices; the silent ones first, because silence is no reading."""
    at = request.actor.at
    found = sorted(queries.devices(viewer=request.actor, at=at), key=lambda one: (HEARD.index(one.heard), one.id))
    context = {
        "devices": found,
        "counts": [(state, sum(one.heard == state for one in found)) for state in HEARD],
        "may_manage": access.may(request.actor, Permission.DEVICE_MANAGE),
    }
    return render(request, "staff/devices/page.html", context)


@page(Permission.DEVICE_MANAGE)
def revoke(request: PageRequest, device_id: str) -> HttpResponse:
    """Ask, then take a device's right to send away; one that is in is put out."""
    if request.method != "POST":
        return render(request, "staff/devices/revoke.html", {"device_id": device_id})
    try:
        actions.revoke_device(device_id, by=request.actor, at=request.actor.at)
    except actions.DeviceUnusable as error:
        raise Http404 from error
    messages.success(request, _("%(device)s may not send any more.") % {"device": device_id})
    return redirect("devices")
