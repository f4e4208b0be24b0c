"""The tour's pages. Each answers on loopback and in a demo only; anywhere else there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.foundation import audit
from ehospital.foundation.models import DemoMail
from ehospital.people import queries, signing_in
from ehospital.people.access import Permission
from ehospital.web.display.tour import guide, hospital
from ehospital.web.kit.page import PageRequest, page

_BACKEND = "ehospital.people.signing_in.Backend"
_LOOPBACK = {"127.0.0.1", "::1"}


def _demo_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hide the page from production and from every other machine, a proxy's visitors included."""

    @wraps(view)
    def answer(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        near = request.META.get("REMOTE_ADDR") in _LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META
        if not (settings.DEMO and near):
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@page(Permission.NONE_NEEDED)
@_demo_only
def tour(request: PageRequest) -> HttpResponse:
    """Show the tour: a button per role, the stories that play, the plug."""
    sign_ins = hospital.seed().get("sign_ins", {})
    return render(
        request,
        "display/tour/page.html",
        {
            "stops": [stop for stop in guide.STOPS if stop.role in sign_ins],
            "stories": hospital.stories(),
            "processes": hospital.processes(),
        },
    )


@page(Permission.NONE_NEEDED)
@_demo_only
def processes(request: PageRequest) -> HttpResponse:
    """Show the processes alone, for the part of the tour that refreshes itself."""
    return render(request, "display/tour/processes.html", {"processes": hospital.processes()})


@page(Permission.NONE_NEEDED)
@_demo_only
@require_POST
def enter(request: PageRequest, role: str) -> HttpResponse:
    """Sign in as the demo's person of that role and go where the role starts; audited like every sign-in."""
    username = hospital.seed().get("sign_ins", {}).get(role, {}).get("username", "")
    account = queries.account(username).first()
    if account is None:
        raise Http404
    login(request, account, backend=_BACKEND)
    actor = signing_in.actor_of(account, at=request.asked_at)
    with transaction.atomic():
        audit.record("account.signed_in", by=actor, at=request.asked_at, subject=f"account:{account.pk}")
    return redirect("phone" if actor.patient_id else "start")


@page(Permission.OWN_RECORD_READ)
@_demo_only
def phone(request: PageRequest) -> HttpResponse:
    """Show the portal in the frame of a phone."""
    return render(request, "display/tour/phone.html")


@page(Permission.NONE_NEEDED)
@_demo_only
@require_POST
def plug(request: PageRequest, name: str) -> HttpResponse:
    """Kill a process the hard way, to see it come back and nothing lost."""
    if name not in hospital.PLUGGABLE:
        raise Http404
    try:
        hospital.pull(name)
    except hospital.NoSupervisor:
        messages.error(request, _("Nobody supervises this demo, so nobody would start it again."))
    else:
        messages.success(request, _("Killed: %(name)s. It is being started again.") % {"name": name})
    return redirect("tour")


@page(Permission.NONE_NEEDED)
@_demo_only
def inbox(request: PageRequest) -> HttpResponse:
    """Show the e-mail that this demo would have sent."""
    return render(request, "display/tour/inbox.html", {"mails": DemoMail.objects.order_by("-sent_at", "-id")[:50]})
