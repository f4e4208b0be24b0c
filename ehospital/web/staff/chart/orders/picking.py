"""Choosing what to order: searched, ticked, and signed once."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ehospital.clinical import actions, orderables, queries
from ehospital.clinical.policies import performing
from ehospital.kernel.identifiers import uuid7
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.orders.form import OrderForm, batch_of, chosen, groups

_REFUSED = (actions.InThePast, actions.NobodyAsked, actions.NotYoursToOrder, actions.NothingOrdered)


@dataclass
class Picking:
    """What stands on the page: the words searched for, the ticked rows, and the warnings that were read."""

    text: str
    items: list[str]
    warned: list[str]
    batch: UUID


@page(Permission.ORDER_PLACE)
def add(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Search, tick, sign: several orders in one step, with a warning before what was asked or answered lately."""
    actor = request.actor
    access.require(actor, Permission.ORDER_PLACE, patient_id=patient_id)
    picking, step = _picked(request), request.POST.get("step", "")
    form = OrderForm(request.POST) if step == "sign" else OrderForm(initial=_typed(request))
    repeats: dict[str, queries.Repeat] = {}
    if step == "sign" and form.is_valid():
        repeats = queries.lately(patient_id, picking.items, viewer=actor, at=actor.at)
        if not set(repeats) - set(picking.warned):
            details = form.details(picking.items, batch=picking.batch)
            try:
                made = actions.place_orders(patient_id, details, by=actor, at=actor.at)
            except _REFUSED as error:
                form.add_error(*_explained(error))
            else:
                return _done(request, patient_id, len(made))
    context = {"head": opened_head(request, patient_id, "chart_orders"), **_shown(request, picking, form, repeats)}
    status = 422 if form.errors or repeats else 200
    return render(request, "staff/chart/orders/pick.html", context, status=status)


def _picked(request: PageRequest) -> Picking:
    items = chosen(request.POST.getlist("item"))
    step = request.POST.get("step", "")
    for one in orderables.order_sets():
        if step == f"set-{one.key}":
            items = chosen([*items, *(row.key for row in one.orders)])
    batch = batch_of(request.POST.get("batch", ""), uuid7())
    return Picking(request.POST.get("q", "").strip()[:100], items, request.POST.getlist("warned"), batch)


def _typed(request: PageRequest) -> dict[str, Any]:
    return {name: request.POST[name] for name in OrderForm.base_fields if name in request.POST}


def _shown(
    request: PageRequest, picking: Picking, form: OrderForm, repeats: dict[str, queries.Repeat]
) -> dict[str, Any]:
    """Return the page: ticked rows first, then what the search finds."""
    rows = [one for one in orderables.catalogue().values() if performing.may_order(request.actor.roles, one.kind)]
    own = {one.key for one in rows}
    found = orderables.found(picking.text, [one for one in rows if one.key not in picking.items])
    return {
        "form": form,
        "picking": picking,
        "ticked": [orderables.orderable(key) for key in picking.items if key in own],
        "groups": groups(found),
        "sets": [one for one in orderables.order_sets() if all(row.key in own for row in one.orders)],
        "repeats": [(orderables.orderable(key).code.display, one) for key, one in repeats.items()],
        "warned": list(repeats),
    }


def _explained(error: Exception) -> tuple[str | None, str]:
    if isinstance(error, actions.InThePast):
        return "occurs_at", _("This time has passed. Choose a later one, or leave it empty for now.")
    if isinstance(error, actions.NobodyAsked):
        return "performer", _("Choose the unit that the patient is referred to.")
    if isinstance(error, actions.NothingOrdered):
        return None, _("Nothing is ticked yet. Tick what you want to order, then sign.")
    return None, _("Doctors order that. Ask the doctor in charge, or untick it.")


def _done(request: PageRequest, patient_id: UUID, count: int) -> HttpResponse:
    words = ngettext("{n} order is signed.", "{n} orders are signed.", count).format(n=count)
    messages.success(request, words)
    return redirect("chart_orders", patient_id)
