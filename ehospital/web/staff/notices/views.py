"""The notices of whoever is signed in: what waits, what was settled lately, and the bell's number."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from ehospital.messaging import actions, queries
from ehospital.messaging.models import Channel, Delivery
from ehospital.messaging.policies.urgency import Urgency
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit import live
from ehospital.web.kit.page import PageRequest, page

_KINDS = {Urgency.CRITICAL: "bad", Urgency.URGENT: "warn", Urgency.ROUTINE: ""}
_MARKS = {Delivery.State.SENT: "ok", Delivery.State.FAILED: "bad"}


@dataclass(frozen=True)
class Message:
    """One message in words: over which channel, how it stands, and why."""

    one: Delivery
    channel: str
    state: str
    why: str
    mark: str


@dataclass(frozen=True)
class Line:
    """One notice with what a page needs to show it."""

    one: queries.NoticeView
    tag: str
    critical: bool
    leads: bool
    messages: list[Message]


@page(Permission.NOTICES_READ)
def notices(request: PageRequest) -> HttpResponse:
    """Show what waits, the most urgent first, then what was settled in the last day."""
    lines = [_line(one, request.actor) for one in queries.notices(viewer=request.actor, at=request.actor.at)]
    context = {
        "waiting": [line for line in lines if line.one.settled_at is None],
        "settled": [line for line in lines if line.one.settled_at is not None],
        "live": live.stream(request, renew="notices_ticket"),
    }
    return render(request, "staff/notices/page.html", context)


@page(Permission.NOTICES_READ)
def bell(request: PageRequest) -> HttpResponse:
    """Give the bell its number."""
    return render(request, "staff/notices/bell.html")


@page(Permission.NOTICES_READ)
def ticket(request: PageRequest) -> HttpResponse:
    """Give a browser that is still signed in a new ticket for its live events."""
    return JsonResponse({"url": live.stream(request, renew="notices_ticket")["url"]})


@page(Permission.NOTICES_READ)
@require_POST
def seen(request: PageRequest, notice_id: UUID) -> HttpResponse:
    """Note that it was seen; with `open`, go on to where it is acted on."""
    notice = actions.see_notice(notice_id, by=request.actor, at=request.asked_at)
    return redirect(notice.url if request.POST.get("open") else "notices")


def _line(one: queries.NoticeView, actor: access.Actor) -> Line:
    return Line(
        one=one,
        tag=_KINDS[one.urgency],
        critical=one.urgency is Urgency.CRITICAL,
        leads=_leads(one.url, actor),
        messages=[_message(each) for each in one.messages],
    )


def _message(one: Delivery) -> Message:
    known = one.why in Delivery.Why.values
    why = str(Delivery.Why(one.why).label) if known else one.why
    state = str(Delivery.State(one.state).label)
    return Message(one, str(Channel(one.channel).label), state, why, _MARKS.get(Delivery.State(one.state), ""))


def _leads(url: str, actor: access.Actor) -> bool:
    """Return whether the page behind a notice is for this person at all: who is only to know of it has no button."""
    try:
        permission = getattr(resolve(url.partition("?")[0]).func, "permission", None)
    except Resolver404:
        return False
    return permission is None or access.holds(actor, permission)
