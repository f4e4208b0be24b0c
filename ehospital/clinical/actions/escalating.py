"""Telling of critical results until somebody acknowledges them."""

from datetime import datetime
from uuid import UUID

from ehospital.algorithms import critical_ladder
from ehospital.algorithms.critical_ladder import Rung, Told
from ehospital.algorithms.result_readers import Asked
from ehospital.clinical.models import DiagnosticReport, Order
from ehospital.clinical.queries import duty
from ehospital.estate import queries as estate
from ehospital.messaging import actions as messaging
from ehospital.messaging.actions import Step
from ehospital.messaging.models import Notice
from ehospital.people import access

KIND = Notice.Kind.CRITICAL_RESULT
_DOCTORS, _BOTH = (access.Role.DOCTOR,), (access.Role.DOCTOR, access.Role.NURSE)


def tell(report: DiagnosticReport, order: Order, *, by: access.Actor, at: datetime) -> None:
    """Tell of a critical result, step by step (`algorithms.critical_ladder`), in the caller's transaction.

    At the end every doctor is told, whoever was told before: it must not wait for people who are away.
    """
    asked = Asked(recipient=order.recipient_id, asker=order.recorded_by_id, unit=order.unit_id)
    shown = duty.shown_to({order.pk: (order.patient_id, asked)}, at=at)[order.pk]
    orderer = order.recipient_id in shown.readers
    place = estate.place_of(report.patient_id, at=at)
    ward = place.bed.room.ward.unit_id if place else None
    rungs = critical_ladder.steps(orderer=orderer, unit=order.unit_id is not None, ward=ward is not None)
    steps = [_step(one, order, ward) for one in rungs]
    last = steps[-1].after + critical_ladder.EVERYBODY_AFTER if steps else critical_ladder.LADDER[0][1]
    steps.append(Step(last, roles=_DOCTORS))
    messaging.announce(
        kind=KIND,
        subject=subject_of(report),
        patient_id=report.patient_id,
        url=f"/staff/patients/{report.patient_id}/orders/{order.pk}/",
        steps=steps,
        by=by,
        at=at,
    )


def hand_on(order: Order, *, whom: UUID | None, to: UUID, by: access.Actor, at: datetime) -> None:
    """Tell whoever gets the answer now in the place of whoever got it before, in the caller's transaction."""
    gone = (DiagnosticReport.Status.SUPERSEDED, DiagnosticReport.Status.ENTERED_IN_ERROR)
    unread = order.reports.filter(weight=DiagnosticReport.Weight.CRITICAL, acknowledgements=None).exclude(
        status__in=gone
    )
    for report in unread.order_by("pk"):
        messaging.relieve(kind=KIND, subject=subject_of(report), whom=whom, to=to, by=by, at=at)


def settle(report: DiagnosticReport, *, by: access.Actor, at: datetime) -> None:
    """Stop telling of a result, in the caller's transaction."""
    if report.weight == DiagnosticReport.Weight.CRITICAL:
        messaging.settle(kind=KIND, subject=subject_of(report), by=by, at=at)


def subject_of(report: DiagnosticReport) -> str:
    """Return what a notice of this result is about: one version of it."""
    return f"result:{report.pk}"


def _step(told: Told, order: Order, ward: UUID | None) -> Step:
    units = tuple(dict.fromkeys(one for one in (order.unit_id, ward) if one is not None))
    if told.rung is Rung.ORDERER:
        return Step(told.after, staff_ids=(order.recipient_id,) if order.recipient_id else ())
    if told.rung is Rung.UNIT:
        return Step(told.after, unit_ids=units[:1], roles=_DOCTORS)
    if told.rung is Rung.WARD:
        return Step(told.after, unit_ids=units[-1:], roles=_DOCTORS)
    return Step(told.after, unit_ids=units, roles=_BOTH)
