"""The board of a ward: the page, its parts that refresh alone, and the ticket of its live events."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from ehospital.clinical import queries as clinical
from ehospital.estate import queries as estate
from ehospital.foundation import audit
from ehospital.monitoring import queries
from ehospital.people import queries as people
from ehospital.people.access import Permission
from ehospital.web.kit import live
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.ward_board import layout
from ehospital.wire import subjects

PARTS = {"alerts": "staff/ward_board/alerts.html", "board": "staff/ward_board/board.html"}


@page(Permission.WARD_READ)
def wards(request: PageRequest) -> HttpResponse:
    """Show my wards; somebody with one ward is at its board at once."""
    mine = list(estate.wards(viewer=request.actor))
    if len(mine) == 1:
        return redirect("ward_board", mine[0].id)
    return render(request, "staff/ward_board/wards.html", {"wards": mine})


@page(Permission.WARD_READ)
def board(request: PageRequest, ward_id: UUID) -> HttpResponse:
    """Show one ward: the whole page, or the part that a refresh asks for."""
    at = request.actor.at
    order = layout.order(request.GET.get("order", ""))
    lying = [held.patient_id for held in estate.occupancies(ward_id, at=at)]
    ward = queries.ward_board(
        ward_id, viewer=request.actor, at=at, reasons=clinical.reasons_for_stay(lying, viewer=request.actor)
    )
    flags = clinical.safety_flags_of(lying, viewer=request.actor, at=at)
    photos, keep = people.standing_photos(lying, viewer=request.actor), request.GET.getlist("keep")
    shown = layout.lay_out(ward, order=order, keep=keep, actor=request.actor, flags=flags, photos=photos)
    context = {"board": shown, "live": _live(request, ward_id), "order": order, "orders": layout.ORDERS}
    template = PARTS.get(request.GET.get("part", ""), "staff/ward_board/page.html")
    return render(
        request,
        template,
        context,
    )


@page(Permission.WARD_READ)
def ticket(request: PageRequest, ward_id: UUID) -> HttpResponse:
    """Give a browser that still may see this ward a new ticket for its live events."""
    at = request.actor.at
    estate.ward(ward_id, viewer=request.actor)
    lying = [held.patient_id for held in estate.occupancies(ward_id, at=at)]
    audit.record_listed("vitals.read", lying, by=request.actor, at=at, subject=f"ward:{ward_id}")
    return JsonResponse({"url": _live(request, ward_id)["url"]})


def _live(request: PageRequest, ward_id: UUID) -> dict[str, str]:
    return live.stream(request, subjects.live_ward(ward_id), renew="ward_ticket", key=ward_id)
