"""What a mistake does to an order: an answer taken away opens it again, and an answered order is no mistake."""

from datetime import datetime

from ehospital.clinical.actions import escalating, ordering, writing
from ehospital.clinical.models import DiagnosticReport, Order
from ehospital.people import access

_GONE = (DiagnosticReport.Status.SUPERSEDED, DiagnosticReport.Status.ENTERED_IN_ERROR)
_FINAL = (DiagnosticReport.Status.FINAL, DiagnosticReport.Status.AMENDED)


class OrderAnswered(RuntimeError):
    """A result stands on the order; nothing was written. Mark that first, if it is a mistake too."""


def refuse_answered(order: Order) -> None:
    """Return unless a result stands on the order.

    Raises:
        OrderAnswered: one does.
    """
    if order.reports.exclude(status__in=_GONE).exists():
        raise OrderAnswered("a result stands on it")


def refuse_second(report: DiagnosticReport) -> None:
    """Return unless another result took the place of this one meanwhile.

    Raises:
        OrderAnswered: one did.
    """
    if report.order_id is None:
        return
    others = DiagnosticReport.objects.filter(order_id=report.order_id).exclude(pk=report.pk)
    if others.exclude(status__in=_GONE).exists():
        raise OrderAnswered("another result stands on it")


def withdraw(report: DiagnosticReport, *, by: access.Actor, at: datetime) -> None:
    """Stop telling of a result that was a mistake, and open its order again."""
    order = _order_of(report, by=by)
    if order is None:
        return
    escalating.settle(report, by=by, at=at)
    if order.status == Order.Status.COMPLETED and report.status in _FINAL:
        ordering.open_again(order, by=by, at=at)


def restore(report: DiagnosticReport, *, by: access.Actor, at: datetime) -> None:
    """Close the order of a result that was no mistake; when nobody has acknowledged it, it is told of again."""
    order = _order_of(report, by=by)
    if order is None:
        return
    report.refresh_from_db()
    if report.status in _FINAL and order.status == Order.Status.ACTIVE:
        ordering.over(order, by=by, at=at)
    if report.weight == DiagnosticReport.Weight.CRITICAL and not report.acknowledgements.exists():
        escalating.tell(report, order, by=by, at=at)


def _order_of(report: DiagnosticReport, *, by: access.Actor) -> Order | None:
    return writing.locked(Order, report.order_id, by=by, also_hidden=True) if report.order_id else None
