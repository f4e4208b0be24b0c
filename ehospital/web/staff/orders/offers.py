"""Where an order is performed, for whoever performs it."""

from django.urls import reverse

from ehospital.clinical import orderables
from ehospital.clinical.models import Order
from ehospital.clinical.policies import performing
from ehospital.people import access


def perform_url(order: Order, actor: access.Actor) -> str:
    """Return the address where the actor enters the result of an order; empty when they do not, or it has none."""
    item = orderables.catalogue().get(order.item)
    bedside = item is not None and item.bedside
    by_a_word = order.kind == Order.Kind.NURSING and not (item and item.measures)
    over = order.status not in (Order.Status.ACTIVE, Order.Status.COMPLETED)
    if over or by_a_word or not performing.may_perform(actor.roles, order.kind, bedside=bedside):
        return ""
    if not access.may(actor, access.Permission.RESULT_ENTER, patient_id=order.patient_id):
        return ""
    return reverse("order_perform", args=[order.pk])
