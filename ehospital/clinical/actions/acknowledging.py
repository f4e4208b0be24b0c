"""Whoever asked says that they have read the answer: once for each version, and what is abnormal one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from ehospital.clinical.actions import awaiting, escalating, writing
from ehospital.clinical.models import Acknowledgement, DiagnosticReport, Order
from ehospital.clinical.policies import performing
from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import StaffMember
from ehospital.people.row_security.granting import patient_of

Status, Weight = DiagnosticReport.Status, DiagnosticReport.Weight


@dataclass(eq=False)
class ResultAmended(RuntimeError):
    """Another version (`standing`, None when it was a mistake) took the place of the one that was read; nothing was
    written."""

    standing: UUID | None


@dataclass(eq=False)
class AcknowledgedBefore(RuntimeError):
    """A colleague (`name`) acknowledged it at `at`; nothing was written."""

    name: str
    at: datetime


class NotNormal(ValueError):
    """One of them is not normal: that one is read by itself; nothing was written."""


class NobodyThere(ValueError):
    """There is no such colleague who works here, or it is oneself; nothing was written."""


@transaction.atomic
def acknowledge_result(
    report_id: UUID, *, comment: str = "", follow_up: str = "", by: access.Actor, at: datetime
) -> UUID:
    """Say that one version of a result was read, and return the id of the acknowledgement; a critical one is settled.

    Args:
        report_id: the version that was on the screen.
        follow_up: what is to be done next, in words.
    Raises:
        UnknownEntry: no such result of an order in a chart whose results `by` acknowledges.
        ResultAmended: another version stands now.
        AcknowledgedBefore: nothing is written.
    """
    report = _read(report_id, by=by)
    return _acknowledge(report, comment=comment, follow_up=follow_up, by=by, at=at)


@transaction.atomic
def acknowledge_normal(report_ids: Sequence[UUID], *, by: access.Actor, at: datetime) -> int:
    """Say that normal results were read, all or none, and return how many were acknowledged now.

    What a colleague has acknowledged meanwhile is left as it is.

    Raises:
        UnknownEntry, ResultAmended: as for one.
        NotNormal: nothing is written.
    """
    reports = [_read(key, by=by) for key in sorted(set(report_ids))]
    if any(one.weight != Weight.NORMAL for one in reports):
        raise NotNormal("one of them is not normal")
    waiting = [one for one in reports if _before(one, by=by) is None]
    for one in waiting:
        _acknowledge(one, comment="", follow_up="", by=by, at=at)
    return len(waiting)


@transaction.atomic
def hand_over_results(to: UUID, *, by: access.Actor, at: datetime) -> tuple[int, int]:
    """Hand everything that waits for oneself over to a colleague: results to see, and orders that are still open.

    Only what concerns patients whose charts the colleague may open goes over: it gives nobody access, and what they
    opened with a reason closes when it would.

    Returns:
        how many orders went over, and how many stayed.
    Raises:
        NobodyThere: nothing is written.
    """
    colleague = StaffMember.objects.filter(pk=to, active=True, external=False).first()
    if by.staff_id is None or colleague is None or colleague.pk == by.staff_id:
        raise NobodyThere("no such colleague")
    other = access.of_staff(colleague.pk, name=colleague.name_text, at=by.at)
    access.visible_patients(by, access.Permission.RESULT_ACKNOWLEDGE)
    waiting = Order.objects.filter(recipient_id=by.staff_id).exclude(status=Order.Status.ENTERED_IN_ERROR)
    unread = waiting.filter(pk__in=unseen().values("order_id")) | waiting.filter(status__in=["active", "on-hold"])
    keys = list(unread.order_by("pk").values_list("pk", "patient_id"))
    for patient_id in sorted({patient for _, patient in keys}):
        writing.lock_chart(patient_id)
    seen = access.visible_patients(other, access.Permission.RESULT_ACKNOWLEDGE, with_charts=False)
    allowed = set(seen.filter(pk__in=[patient for _, patient in keys]).values_list("pk", flat=True))
    given = 0
    for order in Order.objects.filter(pk__in=[key for key, _ in keys], recipient_id=by.staff_id).order_by("pk"):
        if order.patient_id in allowed:
            order.recipient = colleague
            order.save(update_fields=["recipient"])
            if access.glass_of(other, order.patient_id) is None:
                awaiting.begin(order, by=by, at=at)
            awaiting.end(order.patient_id, by.staff_id, by=by, at=at)
            escalating.hand_on(order, whom=by.staff_id, to=colleague.pk, by=by, at=at)
            audit.record(
                "order.handed_over", by=by, at=at, patient_id=order.patient_id, subject=f"order:{order.pk}",
                details={"to": str(colleague.pk)},
            )  # fmt: skip
            given += 1
    return given, len(keys) - given


def unseen() -> "models.QuerySet[DiagnosticReport]":
    """Return the standing results on orders that nobody has acknowledged."""
    standing = DiagnosticReport.objects.filter(order__isnull=False).exclude(
        status__in=[Status.SUPERSEDED, Status.ENTERED_IN_ERROR]
    )
    return standing.filter(acknowledgements=None)


def _read(report_id: UUID, *, by: access.Actor) -> DiagnosticReport:
    """Lock the chart of a result and return it, when it is the version that stands and theirs to acknowledge."""
    patient_id = patient_of(DiagnosticReport, report_id)
    permission = access.Permission.RESULT_ACKNOWLEDGE
    if patient_id is None or by.staff_id is None or not access.may(by, permission, patient_id=patient_id):
        raise writing.UnknownEntry(f"no result {report_id}")
    writing.lock_chart(patient_id)
    report = DiagnosticReport.objects.select_related("order").get(pk=report_id)
    if report.order is None:
        raise writing.UnknownEntry(f"no result {report_id} on an order")
    if not performing.may_acknowledge(by.roles, own=report.order.recipient_id == by.staff_id):
        raise writing.UnknownEntry(f"no result {report_id} for {by.name}")
    if report.status in (Status.SUPERSEDED, Status.ENTERED_IN_ERROR):
        others = DiagnosticReport.objects.filter(order=report.order)
        standing = others.exclude(status__in=[Status.SUPERSEDED, Status.ENTERED_IN_ERROR]).first()
        raise ResultAmended(standing.pk if standing else None)
    return report


def _before(report: DiagnosticReport, *, by: access.Actor) -> Acknowledgement | None:
    """Return the acknowledgement that makes another one needless: one's own; anybody's, unless one read a version
    before this one and has to be told that it changed."""
    made = report.acknowledgements.order_by("at", "pk")
    own = made.filter(staff_id=by.staff_id).first()
    if own is not None:
        return own
    told_before = Acknowledgement.objects.filter(report__order=report.order, staff_id=by.staff_id).exists()
    return None if told_before else made.first()


def _acknowledge(report: DiagnosticReport, *, comment: str, follow_up: str, by: access.Actor, at: datetime) -> UUID:
    assert by.staff_id is not None
    before = _before(report, by=by)
    if before is not None:
        raise AcknowledgedBefore(before.staff_name, before.at)
    made = Acknowledgement(
        patient_id=report.patient_id,
        report=report,
        staff_id=by.staff_id,
        staff_name=by.name[:200],
        comment=comment.strip(),
        follow_up=follow_up.strip()[:1000],
        at=at,
    )
    made.save()
    writing.noted(report, "result.acknowledged", by=by, at=at)
    escalating.settle(report, by=by, at=at)
    assert report.order is not None
    awaiting.end(report.patient_id, report.order.recipient_id, by=by, at=at)
    return made.pk
