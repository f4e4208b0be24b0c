"""Orders and results for tests."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ehospital.clinical import actions
from ehospital.clinical.models import Order
from ehospital.clinical.order_details import Measured, OrderDetails, ResultDetails
from ehospital.people import access
from tests.factories import people
from tests.factories.people import NOON


def placed(patient_id: UUID, *items: str, by: access.Actor, at: datetime = NOON, **more: object) -> list[UUID]:
    """Orders of these items."""
    wanted = [OrderDetails(item=item, **more) for item in items]  # type: ignore[arg-type]
    return actions.place_orders(patient_id, wanted, by=by, at=at)


def one(patient_id: UUID, item: str = "potassium", *, by: access.Actor, at: datetime = NOON, **more: object) -> Order:
    """One order."""
    return Order.objects.get(pk=placed(patient_id, item, by=by, at=at, **more)[0])


def technician(at: datetime = NOON) -> access.Actor:
    """Somebody of the laboratory."""
    return people.staff(access.Role.LAB_TECHNICIAN, at=at).actor


def numbers(**values: str) -> ResultDetails:
    """A final result of numbers."""
    return ResultDetails(measured=tuple(Measured(name, Decimal(value)) for name, value in values.items()))


def answered(
    order_id: UUID, *, by: access.Actor | None = None, seen: UUID | None = None, at: datetime = NOON, **values: str
) -> UUID:
    """The report on an order."""
    return actions.enter_result(order_id, numbers(**values), seen=seen, by=by or technician(at), at=at)
