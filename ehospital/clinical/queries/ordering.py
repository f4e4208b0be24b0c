"""Orders of a chart with what became of them, and what was asked or answered so lately that once may be enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from ehospital.algorithms import repeats
from ehospital.algorithms.repeats import Earlier, Seen
from ehospital.clinical import orderables
from ehospital.clinical.details import concept
from ehospital.clinical.models import Acknowledgement, CriticalCall, DiagnosticReport, Observation, Order
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.queries.confidential import hidden_from, shown
from ehospital.clinical.queries.opening import look
from ehospital.people import access

GONE = (DiagnosticReport.Status.SUPERSEDED, DiagnosticReport.Status.ENTERED_IN_ERROR)
FINAL = (DiagnosticReport.Status.FINAL, DiagnosticReport.Status.AMENDED)
MOST = 200


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a result: its numbers, who read it, who was called."""

    report: DiagnosticReport
    results: tuple[Observation, ...]
    read_by: tuple[Acknowledgement, ...]
    calls: tuple[CriticalCall, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order, and the version of its result that stands."""

    order: Order
    result: Version | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """That something was asked or answered lately: `seen` is asked or answered, `at` when."""

    item: str
    seen: str
    at: datetime


def orders(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> tuple[OrderLine, ...]:
    """Return the orders of a chart, the newest first: 200 at most. Patients are shown results once they are final.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="orders")
    found = shown(_rows().filter(patient_id=patient_id), viewer=viewer, patient_id=patient_id)
    rows = list(found.order_by("-recorded_at", "-id")[:MOST])
    final_only, hidden = viewer.kind == "patient", hidden_from(viewer, patient_id)
    standing = {
        key: seen for key, all_ in versions_of([row.pk for row in rows]).items() if (seen := _seen(all_, hidden))
    }
    results = {
        key: found[0]
        for key, found in standing.items()
        if found[0].report.status not in GONE and (found[0].report.status in FINAL or not final_only)
    }
    return tuple(OrderLine(row, results.get(row.pk)) for row in rows)


def asked(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[Order]":
    """Return the orders of a chart alone, the newest first: what patients read of them.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="orders")
    return shown(asked_of(patient_id), viewer=viewer, patient_id=patient_id)


def asked_of(patient_id: UUID) -> "QuerySet[Order]":
    """Return the signed orders of a chart that is open already."""
    signed = _rows().filter(patient_id=patient_id).exclude(status=Order.Status.DRAFT)
    return signed.order_by("-recorded_at", "-id")


def order(patient_id: UUID, order_id: UUID, *, viewer: access.Actor, at: datetime) -> tuple[Order, tuple[Version, ...]]:
    """Return one order with every version of its result, the newest first.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such order.
    """
    look(patient_id, viewer=viewer, at=at, part="orders")
    found, hidden = _rows().filter(pk=order_id, patient_id=patient_id).first(), hidden_from(viewer, patient_id)
    versions = versions_of([order_id]).get(order_id, ())
    # A critical value that nobody has read is shown to whoever may open the chart: it must not wait for the one.
    critical = bool(versions) and versions[0].report.weight == "critical" and not versions[0].read_by
    if found is None or (order_id in hidden and not critical):
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")
    return found, versions if critical else _seen(versions, hidden)


def _seen(versions: tuple[Version, ...], hidden: frozenset[UUID]) -> tuple[Version, ...]:
    """Return the versions without those of which something is not shown to the viewer."""
    return tuple(
        one for one in versions if one.report.pk not in hidden and not any(row.pk in hidden for row in one.results)
    )


def open_criticals(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> tuple[OrderLine, ...]:
    """Return the critical results of a chart that nobody has acknowledged, the newest first.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    waiting = DiagnosticReport.objects.filter(patient_id=patient_id, order__isnull=False, weight="critical")
    keys = waiting.exclude(status__in=GONE).filter(acknowledgements=None).values_list("order_id", flat=True)
    rows = list(_rows().filter(pk__in=list(keys)).order_by("-recorded_at", "-id")) if keys else []
    versions = versions_of([row.pk for row in rows])
    return tuple(OrderLine(row, versions[row.pk][0]) for row in rows)


def lately(patient_id: UUID, items: Iterable[str], *, viewer: access.Actor, at: datetime) -> dict[str, Repeat]:
    """Return which of these items were asked or answered lately, by item: a warning before they are ordered again.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    wanted = {key: orderables.catalogue()[key] for key in items if key in orderables.catalogue()}
    rows = Order.objects.filter(patient_id=patient_id, item__in=wanted, status__in=["active", "on-hold"])
    asked = shown(rows, viewer=viewer, patient_id=patient_id)
    earlier: dict[str, list[Earlier]] = {key: [] for key in wanted}
    for item, since in asked.values_list("item", "recorded_at"):
        earlier[item].append(Earlier(Seen.ASKED, since))
    measured = _measured(patient_id, [concept(one.code) for row in wanted.values() for one in row.measures], at=at)
    for key, row in wanted.items():
        instants = [measured.get(concept(one.code)) for one in row.measures]
        if instants and all(instants):  # all of a panel was measured
            earlier[key].append(Earlier(Seen.ANSWERED, min(one for one in instants if one)))
    found = {key: repeats.repeat(wanted[key].kind, tuple(seen), at=at) for key, seen in earlier.items()}
    return {key: Repeat(key, one.seen.value, one.at) for key, one in found.items() if one}


def _measured(patient_id: UUID, concepts: list[str], *, at: datetime) -> dict[str, datetime]:
    true = Observation.objects.exclude(status__in=[ENTERED_IN_ERROR, "cancelled", "registered", "superseded"])
    recent = true.filter(patient_id=patient_id, concept__in=concepts, effective_at__gt=at - timedelta(days=7))
    return dict(recent.order_by("effective_at", "id").values_list("concept", "effective_at"))


def versions_of(order_ids: list[UUID]) -> dict[UUID, tuple[Version, ...]]:
    """Return every version of the results on these orders, the one that stands first, then the newest."""
    reports = DiagnosticReport.objects.filter(order_id__in=order_ids).select_related("recorded_by", "amends")
    reports = reports.prefetch_related(
        Prefetch("results", Observation.objects.order_by("position", "id")),
        Prefetch("acknowledgements", Acknowledgement.objects.order_by("at", "id")),
        Prefetch("calls", CriticalCall.objects.order_by("at", "id")),
    )
    found: dict[UUID, list[Version]] = {}
    for one in reports.order_by("-id") if order_ids else ():
        assert one.order_id is not None
        version = Version(one, tuple(one.results.all()), tuple(one.acknowledgements.all()), tuple(one.calls.all()))
        found.setdefault(one.order_id, []).append(version)
    return {key: tuple(sorted(each, key=lambda one: one.report.status in GONE)) for key, each in found.items()}


def _rows() -> "QuerySet[Order]":
    rows = Order.objects.exclude(status=ENTERED_IN_ERROR)
    return rows.select_related("recorded_by", "recipient", "unit", "performer", "accepted_by")
