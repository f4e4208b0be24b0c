"""The search page; its result list alone is the fragment that typing refreshes."""

from django.http import HttpResponse
from django.shortcuts import render

from ehospital.people import queries
from ehospital.people.access import Permission, holds, may
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.broken_glass.offers import offers


@page(Permission.PATIENT_SEARCH)
def search(request: PageRequest) -> HttpResponse:
    """Show who matches what was typed; a search without text shows how to search."""
    text = request.GET.get("q", "").strip()
    found = queries.find_patients(text, viewer=request.actor, at=request.actor.at) if text else []
    template = "results" if request.headers.get("HX-Request") else "page"
    return render(
        request,
        f"staff/patient_search/{template}.html",
        {
            "text": text,
            "found": offers(found, request.actor),
            "full": len(found) == queries.FOUND_AT_MOST,
            "may_register": holds(request.actor, Permission.PATIENT_REGISTER),
            "may_let_in": may(request.actor, Permission.PROXY_MANAGE),
            "may_edit_all": may(request.actor, Permission.PATIENT_EDIT),
        },
    )
