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
from ehospital.people.row_security.granting import patient_of


@dataclass(eq=False)
class TakenBefore(RuntimeError):
    """Somebody (`name`) answers for it by now; nothing was written."""

    name: str


class RecordKept(RuntimeError):
    """The record is restricted, or a colleague's: it is opened with a reason first; nothing was written."""


class ReadBefore(RuntimeError):
    """The answer was acknowledged, or is a mistake, by now; nothing was written."""


@transaction.atomic
def take_over_result(order_id: UUID, *, by: access.Actor, at: datetime) -> UUID:
    """Get the unread answer to an order from now on, and return whose it is.

    Whoever takes it cares for the patient by name until they have read it; the notice of a critical one goes on with
    them. Not so where they had to break the glass of a record that is kept from lists: that ends when it ends, and what
    is unread then is shown to others again.

    Raises:
        UnknownEntry: there is no such order, or its answer is not shown to `by` (`algorithms.result_readers`).
        RecordKept: it is, but `by` has not opened the record with a reason; nothing is written.
        ReadBefore, TakenBefore: nothing is written.
    """
    order = _locked(order_id, by=by, at=at)
    patient_id, whom = order.patient_id, order.recipient_id
    if whom == by.staff_id and order.recipient is not None:
        raise TakenBefore(order.recipient.name_text)  # their own: taking it over again must not open a chart anew
    waits = duty.unread_of(order_id, at=at)
    if waits is None or waits.shown.rung is Rung.RECIPIENT or by.staff_id not in waits.shown.readers:
        raise _late(order, waits, by=by, at=at)
    assert by.staff_id is not None
    order.recipient_id = by.staff_id
    order.save(update_fields=["recipient"])
    if access.glass_of(by, patient_id) is None or not duty.is_kept(patient_id, at=at):
        awaiting.take_up(order, by=by, at=at)
    if whom != by.staff_id:
        awaiting.end(patient_id, whom, by=by, at=at)
    away = waits.shown.away.name.lower() if waits.shown.away else ""
    writing.noted(order, "order.taken_over", by=by, at=at, details={"from": str(whom or ""), "because": away})
    escalating.hand_on(order, whom=whom, to=by.staff_id, by=by, at=at)
    return patient_id


def _locked(order_id: UUID, *, by: access.Actor, at: datetime) -> Order:
    """Lock an order and its chart, and ask for the permission; whether its answer is shown to `by` is asked next."""
    patient_id, permission = patient_of(Order, order_id), access.Permission.RESULT_TAKE
    if patient_id is None or by.staff_id is None or not access.holds(by, permission):
        raise writing.UnknownEntry(f"no answer to {order_id}")
    writing.lock_chart(patient_id)
    if not access.may(access.later(by, at), permission, patient_id=patient_id):
        waits = duty.unread_of(order_id, at=at)
        if waits is not None and by.staff_id in waits.shown.readers and duty.is_kept(patient_id, at=at):
            raise RecordKept("the record is opened with a reason first")
        raise writing.UnknownEntry(f"no answer to {order_id}")
    (order,) = locks.rows(Order.objects.all(), [order_id])
    return order


def _late(order: Order, waits: duty.Unread | None, *, by: access.Actor, at: datetime) -> Exception:
    """Return why it is not theirs to take: somebody was faster, as far as they would be shown it at all."""
    if by.staff_id not in duty.shown_without(order, at=at).readers:
        return writing.UnknownEntry(f"no answer to {order.pk} for {by.name}")
    if waits is None:
        return ReadBefore("somebody has read it")
    return TakenBefore(order.recipient.name_text if order.recipient else "")
