"""Whoever waits for a result cares for the patient until it was read: also when the patient has left the ward."""

from datetime import datetime
from uuid import UUID

from ehospital.clinical.models import DiagnosticReport, Order
from ehospital.people import access
from ehospital.people.actions import caring
from ehospital.people.models import CareRelationship

_SOURCE = "results:"
_ANSWERED_BY_RESULTS = (Order.Kind.LABORATORY, Order.Kind.IMAGING, Order.Kind.REFERRAL)
_GONE = (DiagnosticReport.Status.SUPERSEDED, DiagnosticReport.Status.ENTERED_IN_ERROR)


def begin(order: Order, *, by: access.Actor, at: datetime) -> None:
    """State that the recipient of an order cares for the patient, unless that stands, in the caller's transaction.

    Not for whoever reached the chart through broken glass: that ends when it ends.
    """
    if order.kind in _ANSWERED_BY_RESULTS and access.glass_of(by, order.patient_id) is None:
        take_up(order, by=by, at=at)


def take_up(order: Order, *, by: access.Actor, at: datetime) -> None:
    """State that the recipient of an answer nobody else reads cares for the patient, on whatever ground they saw it."""
    if order.recipient_id is not None and not _running(order.patient_id, order.recipient_id, at=at):
        caring.name_clinician(order.patient_id, order.recipient_id, source=f"{_SOURCE}{order.pk}", by=by, at=at)


def end(patient_id: UUID, staff_id: UUID | None, *, by: access.Actor, at: datetime) -> None:
    """End that care once nothing waits for this recipient any more, in the caller's transaction."""
    if staff_id is None:
        return
    sources = _running(patient_id, staff_id, at=at)
    if sources and not _waits(patient_id, staff_id):
        for source in sources:
            caring.end_named(source, staff_id=staff_id, by=by, at=at)


def _running(patient_id: UUID, staff_id: UUID, *, at: datetime) -> list[str]:
    care = CareRelationship.objects.filter(patient_id=patient_id, staff_id=staff_id, source__startswith=_SOURCE)
    return list(care.filter(during__contains=at).order_by("pk").values_list("source", flat=True))


def _waits(patient_id: UUID, staff_id: UUID) -> bool:
    theirs = Order.objects.filter(patient_id=patient_id, recipient_id=staff_id, kind__in=_ANSWERED_BY_RESULTS)
    unread = DiagnosticReport.objects.filter(order__in=theirs, acknowledgements=None).exclude(status__in=_GONE)
    return theirs.filter(status__in=["active", "on-hold"]).exists() or unread.exists()
