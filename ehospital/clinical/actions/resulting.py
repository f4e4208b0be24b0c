"""The answer to an order: entered, made final, amended; never changed in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import critical_values, result_standing
from ehospital.algorithms.critical_values import Verdict
from ehospital.algorithms.plausibility import Plausibility, plausibility
from ehospital.algorithms.result_standing import Standing
from ehospital.clinical import orderables
from ehospital.clinical.actions import escalating, ordering, writing
from ehospital.clinical.details import Moment, concept
from ehospital.clinical.models import CriticalCall, DiagnosticReport, Observation, Order
from ehospital.clinical.order_details import Measured, ResultDetails
from ehospital.clinical.orderables import Measure
from ehospital.clinical.policies import performing
from ehospital.foundation import audit, reasons
from ehospital.foundation.days import hospital_day
from ehospital.people import access
from ehospital.people.models import Patient

Status, Weight = DiagnosticReport.Status, DiagnosticReport.Weight
FINAL = (Status.FINAL, Status.AMENDED)
GONE = (Status.SUPERSEDED, Status.ENTERED_IN_ERROR)
_CHILD_YEARS = 20
_MARKS = {Standing.LOW: "L", Standing.HIGH: "H", Standing.WITHIN: "N"}
_CRITICAL_MARKS = {Verdict.CRITICAL_LOW: "LL", Verdict.CRITICAL_HIGH: "HH"}


class OrderNotOpen(RuntimeError):
    """The order was cancelled, is on hold, or is done without a result; nothing was written."""


class ResultChanged(RuntimeError):
    """Another version of the result stands than the one that was read; nothing was written."""


class NothingEntered(ValueError):
    """Neither a number nor a word; nothing was written."""


class NotPreliminary(ValueError):
    """A final result does not become preliminary again; nothing was written."""


@dataclass(eq=False)
class Implausible(ValueError):
    """Numbers that cannot be measurements (`impossible`), or that must be read again; nothing was written."""

    impossible: tuple[str, ...]
    improbable: tuple[str, ...]


class NotCritical(ValueError):
    """The result is not critical, or nobody was named; nothing was written."""


@transaction.atomic
def enter_result(order_id: UUID, details: ResultDetails, *, seen: UUID | None, by: access.Actor, at: datetime) -> UUID:
    """Answer an order and return the id of the report: the first version, the final after the preliminary one, or an
    amendment of the final one. The version before stays and says that it was replaced.

    A critical result is told at once, and everybody who acknowledged the version before is asked again.

    Args:
        seen: the version that `by` read; None when there was none.
    Raises:
        UnknownEntry: no such order that `by` performs.
        OrderNotOpen, ResultChanged, NothingEntered, Implausible, ReasonMissing, NotPreliminary, InTheFuture: nothing is
            written.
    """
    order = to_perform(order_id, by=by)
    standing = order.reports.exclude(status__in=GONE).first()
    _may_answer(order, standing, details, seen=seen, at=at)
    measures = _measured(order, details)
    report = _report(order, details, standing, by=by, at=at)
    results = [_result(report, place, *one) for place, one in enumerate(measures)]
    report.weight = _weight(results) if results else Weight(details.weight)
    report.result_ids = [one.pk for one in results]
    if standing is not None:
        supersede(standing)
    report.save(force_insert=True)
    Observation.objects.bulk_create(results)
    if report.status in FINAL and order.status != Order.Status.COMPLETED:
        ordering.over(order, by=by, at=at)
    what = "result.amended" if report.status == Status.AMENDED else "result.entered"
    writing.noted(report, what, by=by, at=at, details={"order": str(order.pk), "status": report.status})
    if standing is not None:
        escalating.settle(standing, by=by, at=at)
    if report.weight == Weight.CRITICAL:
        escalating.tell(report, order, by=by, at=at)
    return report.pk


@transaction.atomic
def note_call(report_id: UUID, *, called: str, read_back: bool, note: str = "", by: access.Actor, at: datetime) -> UUID:
    """Write down that somebody was called about a critical result, and whether they read the value back.

    Raises:
        UnknownEntry: no such result of an order that `by` performs.
        NotCritical: nothing is written.
    """
    found = DiagnosticReport.objects.filter(pk=report_id, order__isnull=False).exclude(status__in=GONE).first()
    if found is None or found.order_id is None or by.staff_id is None:
        raise writing.UnknownEntry(f"no result {report_id}")
    to_perform(found.order_id, by=by)
    if found.weight != Weight.CRITICAL or not called.strip():
        raise NotCritical("only a critical result is called, and to somebody")
    made = CriticalCall(
        patient_id=found.patient_id,
        report=found,
        caller_id=by.staff_id,
        caller_name=by.name[:200],
        called=called.strip()[:250],
        read_back=read_back,
        note=note.strip()[:1000],
        at=at,
    )
    made.save()
    audit.record("result.called", by=by, at=at, patient_id=found.patient_id, subject=f"diagnosticreport:{report_id}")
    return made.pk


def to_perform(order_id: UUID, *, by: access.Actor) -> Order:
    """Lock the order and its chart and return it, when it is one that the actor performs.

    Raises:
        UnknownEntry: it is not, or there is no such order: both answer alike.
    """
    order = writing.locked(Order, order_id, by=by, permission=access.Permission.RESULT_ENTER, also_hidden=True)
    item = orderables.catalogue().get(order.item)
    bedside = item is not None and item.bedside
    if order.status == Order.Status.ENTERED_IN_ERROR or not performing.may_perform(
        by.roles, order.kind, bedside=bedside
    ):
        raise writing.UnknownEntry(f"no order {order_id}")
    return order


def supersede(report: DiagnosticReport) -> None:
    """Say of a version that another one took its place, in the caller's transaction."""
    DiagnosticReport.objects.filter(pk=report.pk).update(status=Status.SUPERSEDED)
    Observation.objects.filter(report_id=report.pk).update(status=Observation.Status.SUPERSEDED)


def _may_answer(
    order: Order, standing: DiagnosticReport | None, details: ResultDetails, *, seen: UUID | None, at: datetime
) -> None:
    if seen != (standing.pk if standing else None):
        raise ResultChanged("another version stands")
    answered = standing is not None and order.status == Order.Status.COMPLETED
    if order.status != Order.Status.ACTIVE and not answered:
        raise OrderNotOpen(f"the order is {order.get_status_display()}")
    if not details.measured and not details.conclusion.strip():
        raise NothingEntered("nothing was typed")
    if standing is not None and standing.status in FINAL:
        if details.preliminary:
            raise NotPreliminary("a final result stands")
        reasons.given(details.amend_reason)
    writing.not_after(details.taken.at if details.taken else None, at, "the time of the result")


def _measured(order: Order, details: ResultDetails) -> list[tuple[Measure, Measured]]:
    """Return the measures of the order that have a number, in the order of the catalogue."""
    item = orderables.catalogue().get(order.item)
    numbers = {one.measure: one for one in details.measured}
    pairs = [(one, numbers.pop(one.key)) for one in (item.measures if item else ()) if one.key in numbers]
    if numbers:
        raise NothingEntered(f"the order asks for no {', '.join(numbers)}")
    judged = {one.key: plausibility(told.number, possible=one.possible, usual=one.usual) for one, told in pairs}
    impossible = tuple(key for key, found in judged.items() if found is Plausibility.REFUSED)
    again = (key for key, found in judged.items() if found is Plausibility.ASKED_AGAIN)
    improbable = tuple(key for key in again if key not in details.confirmed)
    if impossible or improbable:
        raise Implausible(impossible, improbable)
    return pairs


def _report(
    order: Order, details: ResultDetails, standing: DiagnosticReport | None, *, by: access.Actor, at: datetime
) -> DiagnosticReport:
    amended = standing is not None and standing.status in FINAL
    taken = details.taken or Moment(at)
    return DiagnosticReport(
        patient_id=order.patient_id,
        encounter_id=order.encounter_id,
        order=order,
        amends=standing,
        amend_reason=details.amend_reason.strip()[:1000] if amended else "",
        status=Status.AMENDED if amended else Status.PRELIMINARY if details.preliminary else Status.FINAL,
        category=str(order.kind),
        code_system=order.code_system,
        code=order.code,
        display=order.display,
        effective_at=taken.at,
        effective_precision=taken.precision,
        issued_at=at,
        conclusion=details.conclusion.strip(),
        recorded_at=at,
        recorded_by_id=by.staff_id,
        recorded_by_text="" if by.staff_id else by.name[:250],
    )


def _result(report: DiagnosticReport, place: int, measure: Measure, told: Measured) -> Observation:
    patient = report.patient
    age = age_days(patient, report.effective_at)
    usual = measure.range_for(age_days=age, sex=patient.sex)
    return Observation(
        patient_id=report.patient_id,
        encounter_id=report.encounter_id,
        report=report,
        position=place,
        status=report.status,
        category="laboratory" if report.category == Order.Kind.LABORATORY else "procedure",
        code_system=measure.code.system,
        code=measure.code.code,
        display=measure.code.display,
        concept=concept(measure.code),
        effective_at=report.effective_at,
        effective_precision=report.effective_precision,
        issued_at=report.issued_at,
        value=told.number,
        comparator=told.comparator,
        unit=measure.ucum,
        ucum=measure.ucum,
        interpretation=mark_of(measure, told, age=age, sex=patient.sex),
        reference_low=usual.low if usual else None,
        reference_high=usual.high if usual else None,
        recorded_at=report.recorded_at,
        recorded_by_id=report.recorded_by_id,
        recorded_by_text=report.recorded_by_text,
    )


def mark_of(measure: Measure, told: Measured, *, age: int | None, sex: str) -> str:
    """Return the HL7 mark of a number: LL or HH when it is critical, L, H or N beside its range, "" when unknown."""
    verdict = critical_values.judge(
        measure.code.code, told.number, measure.ucum, comparator=told.comparator, age_days=age, sex=sex
    )
    if verdict in _CRITICAL_MARKS:
        return _CRITICAL_MARKS[verdict]
    usual = measure.range_for(age_days=age, sex=sex)
    beside = result_standing.beside_range(
        told.number,
        comparator=told.comparator,
        low=usual.low if usual else None,
        high=usual.high if usual else None,
    )
    return _MARKS.get(beside, "")


def _weight(results: Sequence[Observation]) -> str:
    marks = {one.interpretation for one in results}
    if marks & {"LL", "HH"}:
        return Weight.CRITICAL
    if marks & {"L", "H"}:
        return Weight.ABNORMAL
    return Weight.NORMAL if marks == {"N"} else Weight.UNJUDGED


def age_days(patient: Patient, at: datetime) -> int | None:
    """Return the age in days; None when the birth date is not known well enough for a child."""
    born: date | None = patient.birth_on
    if born is None:
        return None
    days = (hospital_day(at) - born).days
    exact = patient.birth_precision == "day" or days >= _CHILD_YEARS * 365
    return max(0, days) if exact else None
