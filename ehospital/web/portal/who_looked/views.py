"""Who opened or changed my record, newest first, page by page."""

from django.http import HttpResponse

from ehospital.people import access, queries
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.portal.answering import mine, shown
from ehospital.web.portal.who_looked.visits import visits

EVENTS_A_PAGE = 200
CHOICES = ("people", "others", "all")


@page(Permission.OWN_RECORD_READ)
def looked(request: PageRequest) -> HttpResponse:
    """Show the people; on request only the others, or also what the computers and devices did by themselves."""
    who = request.GET.get("who", "")
    before = request.GET.get("before", "")
    who = who if who in CHOICES else CHOICES[0]
    found = queries.who_looked(
        mine(request),
        viewer=request.actor,
        at=request.actor.at,
        most=EVENTS_A_PAGE,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        machines=who == "all",
        myself=who != "others",
    )
    return shown(
        request,
        "portal/who_looked/page.html",
        visits=visits(found),
        who=who,
        later=bool(before),
        next=found[-1].number if len(found) == EVENTS_A_PAGE else None,
        may_act=access.may(request.actor, Permission.OWN_RECORD_ACT, patient_id=mine(request)),
        writes_to=queries.look_messages_to(mine(request), viewer=request.actor),
        suggested=getattr(request.user, "email", ""),
    )
