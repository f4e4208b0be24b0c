"""Ordering, and what becomes of an order until somebody answers it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import order_course
from ehospital.algorithms.order_course import State
from ehospital.clinical import orderables
from ehospital.clinical.actions import awaiting, writing
from ehospital.clinical.actions.revising import EntryChanged
from ehospital.clinical.models import Order
from ehospital.clinical.order_details import OrderDetails
from ehospital.clinical.policies import performing
from ehospital.clinical.queries import presence
from ehospital.foundation import reasons
from ehospital.people import access
from ehospital.people.actions import caring
from ehospital.people.models import CareRelationship, Unit
from ehospital.people.row_security.granting import patient_of


class NothingOrdered(ValueError):
    """No order was named; nothing was written."""


class NotYoursToOrder(PermissionError):
    """Another role orders things of that kind; nothing was written."""


class InThePast(ValueError):
    """It is to be done at a time that has passed; nothing was written."""


class NobodyAsked(ValueError):
    """A referral names no unit that exists; nothing was written."""


class NoSuchOrderStep(ValueError):
    """An order does not go from where it is to there; nothing was written."""


class TakenOn(RuntimeError):
    """The referral was taken on before, or waits for nobody any more; nothing was written."""


@transaction.atomic
def place_orders(patient_id: UUID, orders: Sequence[OrderDetails], *, by: access.Actor, at: datetime) -> list[UUID]:
    """Sign orders for one patient, all or none, and return their ids in order.

    Whoever signs gets the results. An order whose id this patient has already is left as it is: a form that was sent
    twice orders once.

    Raises:
        NotPermitted: `by` may not order for this patient.
        NotYoursToOrder, NothingOrdered, UnknownOrderable, InThePast, NobodyAsked, ForeignEncounter: nothing is written.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.ORDER_PLACE, patient_id=patient_id)
    if not orders:
        raise NothingOrdered("nothing was chosen")
    _check(orders, by=by, at=at)
    writing.check_encounters(patient_id, list(orders))
    known = set(
        Order.objects.filter(pk__in=[one.id for one in orders], patient_id=patient_id).values_list("pk", flat=True)
    )
    unit, running = _asking_unit(patient_id, by=by), presence.running_id(patient_id)
    fresh = [_row(patient_id, one, unit, running, by=by, at=at) for one in orders if one.id not in known]
    Order.objects.bulk_create(fresh)
    for one in fresh:
        writing.noted(one, "order.placed", by=by, at=at, details={"item": one.item})
        awaiting.begin(one, by=by, at=at)
    return [one.id for one in orders]


@transaction.atomic
def cancel_order(order_id: UUID, *, reason: str, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Take an open order back, with the reason that whoever was to perform it reads.

    Raises:
        UnknownEntry: no such order that `by` may write to.
        EntryChanged: somebody has changed it since; nothing is written.
        ReasonMissing, NoSuchOrderStep: nothing is written.
    """
    order = _opened(order_id, seen_version=seen_version, by=by)
    why = reasons.given(reason)
    _step(order, State.REVOKED)
    order.end_reason = why
    _ended(order, by=by, at=at)
    _saved(order, "order.cancelled", by=by, at=at)
    awaiting.end(order.patient_id, order.recipient_id, by=by, at=at)


@transaction.atomic
def move_order(order_id: UUID, to: str, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Hold an order, go on with it, say that it was done, or that it was not done after all.

    Only what is answered by no result is done by a word: care at the bedside.

    Raises:
        UnknownEntry: no such order that `by` may write to.
        NotYoursToOrder: whoever may not order this kind does not move it either; nothing is written.
        EntryChanged: somebody has changed it since; nothing is written.
        NoSuchOrderStep: nothing is written.
    """
    order = _opened(order_id, seen_version=seen_version, by=by)
    before = order.status
    by_a_word = order.kind == Order.Kind.NURSING and not order.reports.exists()
    if to == State.REVOKED or (State.COMPLETED in (to, before) and not by_a_word):
        raise NoSuchOrderStep(f"from {before} to {to}")
    _step(order, to)
    if to == State.COMPLETED:
        _ended(order, by=by, at=at)
    else:
        order.ended_at, order.ended_by = None, ""
    _saved(order, "order.moved", by=by, at=at, details={"from": before, "to": to})


@transaction.atomic
def take_on_referral(order_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take a referral on for the unit that was asked: until it is answered, that unit cares for the patient.

    Raises:
        UnknownEntry: no such referral to a unit of `by`.
        TakenOn: nothing is written.
    """
    access.require(by, access.Permission.REFERRAL_TAKE)
    whose = patient_of(Order, order_id)
    if whose is None or not access.may(by, access.Permission.REFERRAL_TAKE, patient_id=whose):
        raise writing.UnknownEntry(f"no referral {order_id}")
    mine = Order.objects.filter(pk=order_id, kind=Order.Kind.REFERRAL, patient__merged_into=None)
    asked = mine.filter(performer_id__in=access.unit_ids(by)).values_list("patient_id", "performer_id").first()
    if asked is None or asked[1] is None:
        raise writing.UnknownEntry(f"no referral {order_id}")
    patient_id, unit_id = asked
    writing.lock_chart(patient_id)
    order = mine.get()
    if order.status != State.ACTIVE or order.accepted_at is not None:
        raise TakenOn(f"the referral is {order.get_status_display()}")
    order.accepted_at, order.accepted_by_id = at, by.staff_id
    order.save(update_fields=["accepted_at", "accepted_by"])
    kind = CareRelationship.Kind.REFERRAL
    caring.let_unit_in(patient_id, unit_id, kind, source=source_of(order), by=by, at=at)
    writing.noted(order, "referral.accepted", by=by, at=at)


def source_of(order: Order) -> str:
    """Return what the care that a referral began is called."""
    return f"order:{order.pk}"


def over(order: Order, *, by: access.Actor, at: datetime) -> None:
    """Put an answered order among those that are done, in the caller's transaction; what it let in, it lets out."""
    order.status = State.COMPLETED
    _ended(order, by=by, at=at)
    order.save(update_fields=["status", "ended_at", "ended_by"])


def open_again(order: Order, *, by: access.Actor, at: datetime) -> None:
    """Put an order whose only answer was a mistake back among the open ones, in the caller's transaction."""
    order.status, order.ended_at, order.ended_by = State.ACTIVE, None, ""
    order.save(update_fields=["status", "ended_at", "ended_by"])
    if order.kind == Order.Kind.REFERRAL and order.accepted_at and order.performer_id:
        kind = CareRelationship.Kind.REFERRAL
        caring.let_unit_in(order.patient_id, order.performer_id, kind, source=source_of(order), by=by, at=at)


def _check(orders: Sequence[OrderDetails], *, by: access.Actor, at: datetime) -> None:
    for one in orders:
        row = orderables.orderable(one.item)
        if not performing.may_order(by.roles, row.kind):
            raise NotYoursToOrder(f"{by.name} orders nothing of kind {row.kind}")
        if one.occurs_at is not None and one.occurs_at < at - writing.CLOCKS_MAY_DIFFER_BY:
            raise InThePast(f"{row.code.display}: the time has passed")
        unit = one.performer_id is not None and Unit.objects.filter(pk=one.performer_id).exists()
        if row.kind == Order.Kind.REFERRAL and not unit:
            raise NobodyAsked(f"{row.code.display}: to which unit")


def _asking_unit(patient_id: UUID, *, by: access.Actor) -> UUID | None:
    """Return the actor's unit that cares for the patient: the ward before a clinic; a unit of theirs when none does."""
    care = CareRelationship.objects.filter(
        patient_id=patient_id, during__contains=by.at, unit_id__in=access.unit_ids(by)
    )
    found = list(care.order_by("-during", "pk").values_list("kind", "unit_id"))
    found.sort(key=lambda one: one[0] != CareRelationship.Kind.WARD)
    return found[0][1] if found else access.unit_ids(by).order_by("unit_id").first()


def _row(
    patient_id: UUID, told: OrderDetails, unit: UUID | None, running: UUID | None, *, by: access.Actor, at: datetime
) -> Order:
    item = orderables.orderable(told.item)
    referral = item.kind == Order.Kind.REFERRAL
    return Order(
        id=told.id,
        patient_id=patient_id,
        encounter_id=told.encounter_id or running,
        recorded_at=at,
        recorded_by_id=by.staff_id,
        recorded_by_text="" if by.staff_id else by.name[:250],
        recipient_id=by.staff_id,
        unit_id=unit,
        item=item.key,
        kind=item.kind,
        code_system=item.code.system,
        code=item.code.code,
        display=item.code.display,
        status=Order.Status.ACTIVE,
        intent=Order.Intent.ORDER,
        priority=Order.Priority(told.priority),
        reason=told.reason.strip()[:1000],
        note=told.note.strip(),
        occurs_at=told.occurs_at,
        performer_id=told.performer_id if referral else None,
        performer_text=told.performer_text[:250],
    )


def _opened(order_id: UUID, *, seen_version: int, by: access.Actor) -> Order:
    order = writing.locked(Order, order_id, by=by, permission=access.Permission.ORDER_PLACE)
    if order.status == Order.Status.ENTERED_IN_ERROR:
        raise writing.UnknownEntry(f"no order {order_id}")
    if not performing.may_order(by.roles, order.kind):
        raise NotYoursToOrder(f"{by.name} orders nothing of kind {order.kind}")
    if order.version != seen_version:
        raise EntryChanged(f"version {order.version} stands, {seen_version} was seen")
    return order


def _step(order: Order, to: str) -> None:
    if not order_course.may_become(order.status, to):
        raise NoSuchOrderStep(f"from {order.status} to {to}")
    order.status = to


def _ended(order: Order, *, by: access.Actor, at: datetime) -> None:
    order.ended_at, order.ended_by = at, by.name[:200]
    if order.kind == Order.Kind.REFERRAL:
        caring.end_named(source_of(order), by=by, at=at)


def _saved(order: Order, what: str, *, by: access.Actor, at: datetime, details: dict[str, str] | None = None) -> None:
    order.revised_at, order.revised_by = at, by.name[:200]
    order.save(update_fields=["status", "ended_at", "ended_by", "end_reason", "revised_at", "revised_by"])
    writing.noted(order, what, by=by, at=at, details=details)
