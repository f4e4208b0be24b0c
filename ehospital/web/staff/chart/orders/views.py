"""The orders of a chart, one of them, and what is done with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ehospital.algorithms import order_course
from ehospital.clinical import actions, orderables, queries
from ehospital.clinical.models import Order
from ehospital.clinical.policies import performing
from ehospital.clinical.queries.ordering import GONE
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page
from ehospital.web.staff.chart.comparing import seen_version
from ehospital.web.staff.chart.head import opened_head
from ehospital.web.staff.chart.missing import missing_is_404
from ehospital.web.staff.chart.orders.form import CancelForm, SeenForm
from ehospital.web.staff.orders.offers import perform_url
from ehospital.web.staff.results.reading import answer_late, report_id


@page(Permission.CHART_READ)
def orders(request: PageRequest, patient_id: UUID) -> HttpResponse:
    """Show open, answered and cancelled orders."""
    actor = request.actor
    head = opened_head(request, patient_id, "chart_orders")
    found = queries.orders(patient_id, viewer=actor, at=actor.at)
    context = {
        "head": head,
        "open": [one for one in found if one.order.status in order_course.OPEN],
        "done": [one for one in found if one.order.status == Order.Status.COMPLETED],
        "cancelled": [one for one in found if one.order.status == Order.Status.REVOKED],
        "may_order": access.may(actor, Permission.ORDER_PLACE, patient_id=patient_id),
    }
    return render(request, "staff/chart/orders/page.html", context)


@page(Permission.CHART_READ)
def order(request: PageRequest, patient_id: UUID, order_id: UUID) -> HttpResponse:
    """Show one order with every version of its result, and what the reader may do with it."""
    return _order(request, patient_id, order_id)


@page(Permission.ORDER_PLACE)
@require_POST
@missing_is_404()
def cancel(request: PageRequest, patient_id: UUID, order_id: UUID) -> HttpResponse:
    """Take an order back, with a reason."""
    actor = request.actor
    access.require(actor, Permission.ORDER_PLACE, patient_id=patient_id)
    queries.order(patient_id, order_id, viewer=actor, at=actor.at)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _order(request, patient_id, order_id, cancel_form=form)
    reason, seen = form.cleaned_data["reason"], seen_version(request)
    try:
        actions.cancel_order(order_id, reason=reason, seen_version=seen, by=actor, at=actor.at)
    except (actions.EntryChanged, actions.NoSuchOrderStep):
        form.add_error(None, _("Somebody else has changed this order. Look at it, then send again."))
        return _order(request, patient_id, order_id, cancel_form=form)
    except actions.NotYoursToOrder:
        form.add_error(None, _("Whoever may order this may also hold or cancel it: ask a doctor."))
        return _order(request, patient_id, order_id, cancel_form=form)
    messages.success(request, _("Cancelled. Whoever was to perform it reads why."))
    return redirect("chart_order", patient_id, order_id)


@page(Permission.ORDER_PLACE)
@require_POST
@missing_is_404()
def move(request: PageRequest, patient_id: UUID, order_id: UUID) -> HttpResponse:
    """Hold an order, go on with it, or say that it was done."""
    actor, to = request.actor, request.POST.get("to", "")
    access.require(actor, Permission.ORDER_PLACE, patient_id=patient_id)
    queries.order(patient_id, order_id, viewer=actor, at=actor.at)
    try:
        actions.move_order(order_id, to, seen_version=seen_version(request), by=actor, at=actor.at)
    except (actions.EntryChanged, actions.NoSuchOrderStep):
        messages.warning(request, _("Somebody else has changed this order. Look at it, then send again."))
    except actions.NotYoursToOrder:
        messages.warning(request, _("Whoever may order this may also hold or cancel it: ask a doctor."))
    else:
        messages.success(request, _("Saved."))
    return redirect("chart_order", patient_id, order_id)


@page(Permission.RESULT_ACKNOWLEDGE)
@require_POST
@missing_is_404()
def acknowledge(request: PageRequest, patient_id: UUID, order_id: UUID) -> HttpResponse:
    """Say that the version on the screen was read."""
    actor = request.actor
    access.require(actor, Permission.RESULT_ACKNOWLEDGE, patient_id=patient_id)
    _line, versions = queries.order(patient_id, order_id, viewer=actor, at=actor.at)
    seen = report_id(request.POST.get("seen", ""), [one.report.pk for one in versions])
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _order(request, patient_id, order_id, seen_form=form)
    try:
        if seen is None:
            raise actions.ResultAmended(None)
        actions.acknowledge_result(seen, **form.cleaned_data, by=actor, at=actor.at)
    except (actions.ResultAmended, actions.AcknowledgedBefore) as error:
        answer_late(request, error)
        return redirect("chart_order", patient_id, order_id)
    messages.success(request, _("Acknowledged."))
    return redirect("results") if request.POST.get("next") == "results" else redirect("chart_orders", patient_id)


@page(Permission.CHART_READ)
def printed(request: PageRequest, patient_id: UUID, order_id: UUID) -> HttpResponse:
    """Show the request form of one order, for paper."""
    head = opened_head(request, patient_id, "chart_orders")
    found, _versions = queries.order(patient_id, order_id, viewer=request.actor, at=request.actor.at)
    item = orderables.catalogue().get(found.item)
    return render(request, "staff/chart/orders/print.html", {"head": head, "order": found, "item": item})


def _order(
    request: PageRequest,
    patient_id: UUID,
    order_id: UUID,
    *,
    cancel_form: CancelForm | None = None,
    seen_form: SeenForm | None = None,
) -> HttpResponse:
    actor = request.actor
    context: dict[str, object] = {"head": opened_head(request, patient_id, "chart_orders")}
    found, versions = queries.order(patient_id, order_id, viewer=actor, at=actor.at)
    context |= _shown(actor, found, versions)
    context |= {"cancel_form": cancel_form} if cancel_form else {}
    context |= {"seen_form": seen_form} if seen_form else {}
    status = 422 if cancel_form or seen_form else 200
    return render(request, "staff/chart/orders/order.html", context, status=status)


def _shown(actor: access.Actor, found: Order, versions: tuple[queries.Version, ...]) -> dict[str, object]:
    """Return an order as its page shows it, with what the reader may do."""
    may_order = access.may(actor, Permission.ORDER_PLACE, patient_id=found.patient_id)
    mine = may_order and performing.may_order(actor.roles, found.kind)
    standing = versions[0] if versions and versions[0].report.status not in GONE else None
    return {
        "order": found,
        "standing": standing,
        "older": [one for one in versions if one is not standing],
        "moves": _moves(found, bool(versions)) if mine else [],
        "cancel_form": CancelForm() if mine and found.status in order_course.OPEN else None,
        "seen_form": SeenForm() if standing and _may_see(actor, found, standing, versions) else None,
        "perform_url": perform_url(found, actor),
    }


def _may_see(
    actor: access.Actor, found: Order, standing: queries.Version, versions: tuple[queries.Version, ...]
) -> bool:
    """Tell whether the reader is offered to acknowledge: nobody has, or they had read a version before this one."""
    allowed = access.may(actor, Permission.RESULT_ACKNOWLEDGE, patient_id=found.patient_id)
    own = performing.may_acknowledge(actor.roles, own=found.recipient_id == actor.staff_id)
    readers = {one.staff_id for one in standing.read_by}
    before = {one.staff_id for version in versions if version is not standing for one in version.read_by}
    return allowed and own and actor.staff_id not in readers and (not readers or actor.staff_id in before)


def _moves(found: Order, answered: bool) -> list[tuple[str, str]]:
    """Return the steps that an order may take by a word, and what their buttons say."""
    by_a_word = found.kind == Order.Kind.NURSING and not answered
    words = {
        ("active", "completed"): _("Done") if by_a_word else "",
        ("active", "on-hold"): _("Put on hold"),
        ("on-hold", "active"): _("Go on with it"),
        ("completed", "active"): _("Not done after all") if by_a_word else "",
    }
    steps = ((to, words.get((found.status, to), "")) for to in order_course.steps(found.status))
    return [(str(to), label) for to, label in steps if label]
