"""Taking over an answer that nobody reads any more: from then on it waits for whoever took it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.result_readers import Rung
from ehospital.clinical.actions import awaiting, escalating, writing
from ehospital.clinical.models import Order
from ehospital.clinical.queries import duty
from ehospital.foundation import locks
from ehospital.people import access
from ehospital.people.models import StaffMember
from ehospital.people.row_security.granting import patient_of


@dataclass(eq=False)
class TakenBefore(RuntimeError):
    """Somebody (`name`) answers for it by now; nothing was written."""

    name: str


class ReadBefore(RuntimeError):
    """The answer was acknowledged, or is a mistake, by now; nothing was written."""


@transaction.atomic
def take_over_result(order_id: UUID, *, by: access.Actor, at: datetime) -> UUID:
    """Get the unread answer to an order from now on, and return whose it is.

    Whoever takes it cares for the patient by name until they have read it; the notice of a critical one goes on with
    them.

    Raises:
        UnknownEntry: there is no such order, or its answer is not shown to `by` (`algorithms.result_readers`).
        ReadBefore, TakenBefore: nothing is written.
    """
    patient_id = patient_of(Order, order_id)
    if patient_id is None or by.staff_id is None or not access.holds(by, access.Permission.RESULT_TAKE):
        raise writing.UnknownEntry(f"no answer to {order_id}")
    writing.lock_chart(patient_id)
    waits = duty.unread_of(order_id, at=at)
    if waits is None:
        raise ReadBefore("somebody has read it")
    if waits.shown.rung is Rung.RECIPIENT:
        held = StaffMember.objects.get(pk=waits.recipient_id)
        raise TakenBefore(held.name_text)
    if by.staff_id not in waits.shown.readers:
        raise writing.UnknownEntry(f"no answer to {order_id} for {by.name}")
    access.require(by, access.Permission.RESULT_TAKE, patient_id=patient_id)
    (order,) = locks.rows(Order.objects.all(), [order_id])
    whom = order.recipient_id
    order.recipient_id = by.staff_id
    order.save(update_fields=["recipient"])
    awaiting.take_up(order, by=by, at=at)
    if whom != by.staff_id:
        awaiting.end(patient_id, whom, by=by, at=at)
    away = waits.shown.away.name.lower() if waits.shown.away else ""
    writing.noted(order, "order.taken_over", by=by, at=at, details={"from": str(whom or ""), "because": away})
    escalating.hand_on(order, whom=whom, to=by.staff_id, by=by, at=at)
    return patient_id
