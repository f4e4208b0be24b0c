"""What waits: orders for whoever performs them, referrals for the unit that was asked, results for whoever asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from ehospital.algorithms.result_readers import Away, Rung
from ehospital.clinical import orderables
from ehospital.clinical.models import Acknowledgement, Allergy, DiagnosticReport, Order
from ehospital.clinical.policies import performing
from ehospital.clinical.queries import duty, nobodys
from ehospital.clinical.queries.duty import Unread
from ehospital.clinical.queries.ordering import GONE, OrderLine, Version, versions_of
from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import Patient, StaffMember

Permission, Role = access.Permission, access.Role
MOST = 200
_URGENCY = {Order.Priority.STAT: 0, Order.Priority.ASAP: 1, Order.Priority.URGENT: 2, Order.Priority.ROUTINE: 3}
_WEIGHTS = {weight: place for place, weight in enumerate(("critical", "abnormal", "unjudged", "normal"))}
_CONTRAST = ("contrast", "iod", "gadolin", "iohexol", "iopamidol", "iodixanol")


@dataclass(frozen=True, slots=True)
class ToPerform:
    """The smallest view of an order: who it is, what is asked, what was answered; of allergies those to contrast."""

    order: Order
    patient: Patient
    item: orderables.Orderable | None
    versions: tuple[Version, ...]
    contrast: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A result that the viewer has to see: `again` when they read a version before this one, `of` whose it is.

    `away` says why it is not that person's alone, `since` from which day on, where that is known.
    """

    line: OrderLine
    again: bool
    of: StaffMember | None
    away: Away | None = None
    since: date | None = None


def orders_to_perform(*, viewer: access.Actor, at: datetime) -> list[Order]:
    """Return the open orders that the viewer performs, the most urgent first, then the oldest: 200 at most."""
    rows = _performed(viewer).filter(status__in=["active", "on-hold"])
    urgency = Case(
        *(When(priority=one, then=Value(place)) for one, place in _URGENCY.items()), output_field=IntegerField()
    )
    rows = rows.select_related("patient", "unit", "recorded_by").prefetch_related("patient__identifiers")
    found: list[Order] = list(rows.order_by(urgency, "recorded_at", "id")[:MOST])
    audit.record_listed("orders.listed", [one.patient_id for one in found], by=viewer, at=at)
    return found


def order_to_perform(order_id: UUID, *, viewer: access.Actor, at: datetime) -> ToPerform:
    """Return one order for whoever performs it; the look is on record.

    Raises:
        NotPermitted: there is no such order, or the viewer does not perform it.
    """
    order = _performed(viewer).filter(pk=order_id).select_related("unit", "recorded_by", "recipient").first()
    if order is None:
        raise access.NotPermitted(f"{viewer.name} may not {Permission.RESULT_ENTER.value}")
    with transaction.atomic():
        audit.record("order.read", by=viewer, at=at, patient_id=order.patient_id, subject=f"order:{order_id}")
    patient = Patient.objects.prefetch_related("identifiers").get(pk=order.patient_id)
    item = orderables.catalogue().get(order.item)
    contrast = _contrast_allergies(order.patient_id) if item and item.contrast else ()
    return ToPerform(order, patient, item, versions_of([order_id]).get(order_id, ()), contrast)


def referrals(*, viewer: access.Actor, at: datetime) -> list[Order]:
    """Return the open referrals to the viewer's units, those that nobody has taken on first: 200 at most."""
    if not access.holds(viewer, Permission.REFERRAL_TAKE) or viewer.staff_id is None:
        return []
    asked = Order.objects.filter(kind=Order.Kind.REFERRAL, status="active", performer_id__in=access.unit_ids(viewer))
    visible = access.visible_patients(viewer, Permission.REFERRAL_TAKE)
    rows = asked.filter(patient__in=visible.values("pk")).select_related("patient", "unit", "performer", "recorded_by")
    found = list(rows.order_by(F("accepted_at").asc(nulls_first=True), "recorded_at", "id")[:MOST])
    audit.record_listed("referrals.listed", [one.patient_id for one in found], by=viewer, at=at)
    return found


def results_to_see(*, viewer: access.Actor, at: datetime, others: Collection[Unread] | None = None) -> list[Waiting]:
    """Return the results that the viewer has to acknowledge, the critical ones first, then the oldest: 200 at most.

    Args:
        others: what `answers_for_others` returned for the same page; it is asked for anew without.
    """
    shared = _shared(viewer, others)
    weight = Case(
        *(When(weight=one, then=Value(place)) for one, place in _WEIGHTS.items()),
        default=Value(len(_WEIGHTS)),
        output_field=IntegerField(),
    )
    rows = _to_see(viewer, shared).order_by(weight, Coalesce("issued_at", "recorded_at"), "pk")
    found = list(rows[:MOST])  # cut by the database, so that what is critical is never among the rest
    keys = [one.order_id for one in found if one.order_id]
    orders = Order.objects.select_related("patient", "unit", "recorded_by", "recipient").in_bulk(keys)
    versions = versions_of(keys)
    gone = {one.report_id: one.shown.away for one in shared}
    left = nobodys.left_on([orders[key].recipient_id for key in keys if gone], at=at) if gone else {}
    audit.record_listed("results.listed", [one.patient_id for one in found], by=viewer, at=at)
    return [
        Waiting(
            OrderLine(orders[key], versions[key][0]),
            again=getattr(one, "again", False),
            of=orders[key].recipient,
            away=gone.get(one.pk),
            since=left.get(orders[key].recipient_id) if gone.get(one.pk) in nobodys.ENDED else None,
        )
        for one, key in ((one, one.order_id) for one in found)
        if key is not None
    ]


def results_waiting(*, viewer: access.Actor, others: Collection[Unread] | None = None) -> int:
    """Return how many results the viewer has to acknowledge, or to take over.

    Args:
        others: what `answers_for_others` returned a moment ago; it is asked for anew without.
    """
    if not access.holds(viewer, Permission.RESULT_ACKNOWLEDGE):
        return 0
    if Role.DOCTOR not in viewer.roles:
        others = []
    elif others is None:
        others = answers_for_others(at=viewer.at)
    theirs = [one for one in others if nobodys.is_for(one, viewer)]
    return _to_see(viewer, [one for one in others if _is_shared(one, viewer)]).count() + len(theirs)


def answers_for_others(*, at: datetime) -> list[Unread]:
    """Return the unread answers of the whole hospital that their recipients do not read, with those who do instead."""
    return [one for one in duty.unread_answers(at=at) if one.shown.rung is not Rung.RECIPIENT]


def _shared(viewer: access.Actor, others: Collection[Unread] | None) -> list[Unread]:
    """Return what the viewer reads for others, as one of those who care for the patient now."""
    if Role.DOCTOR not in viewer.roles:
        return []
    found = answers_for_others(at=viewer.at) if others is None else others
    return [one for one in found if _is_shared(one, viewer)]


def _is_shared(one: Unread, viewer: access.Actor) -> bool:
    return one.shown.rung is Rung.TEAM and viewer.staff_id in one.shown.readers


def _to_see(viewer: access.Actor, shared: Iterable[Unread]) -> "QuerySet[DiagnosticReport]":
    """Mine; those of patients in my care whose recipient cannot read them; those amended since I read them."""
    seen = access.visible_patients(viewer, Permission.RESULT_ACKNOWLEDGE)
    standing = DiagnosticReport.objects.filter(order__isnull=False, patient_id__in=seen.values("pk"))
    standing = standing.exclude(status__in=GONE)
    read = Acknowledgement.objects.filter(report=OuterRef("pk"))
    mine = Acknowledgement.objects.filter(staff_id=viewer.staff_id)
    again = mine.filter(report__order=OuterRef("order_id")).exclude(report=OuterRef("pk"))
    waiting = Q(order__recipient_id=viewer.staff_id) | Q(pk__in=[one.report_id for one in shared])
    return standing.annotate(again=Exists(again)).filter(
        (~Exists(read) & waiting) | (Q(again=True) & ~Exists(mine.filter(report=OuterRef("pk"))))
    )


def _performed(viewer: access.Actor) -> "QuerySet[Order]":
    """The orders that the viewer performs: those of their kinds, and at the bedside whatever is tested there."""
    kinds = Q(kind__in=performing.kinds_performed(viewer.roles))
    if viewer.roles & performing.BEDSIDE:
        kinds |= Q(item__in=[key for key, one in orderables.catalogue().items() if one.bedside])
    patients = access.visible_patients(viewer, Permission.RESULT_ENTER)
    rows = Order.objects.filter(kinds, patient__in=patients.values("pk"))
    return rows.exclude(status__in=[Order.Status.ENTERED_IN_ERROR, Order.Status.DRAFT])


def _contrast_allergies(patient_id: UUID) -> tuple[str, ...]:
    true = Allergy.objects.filter(patient_id=patient_id).exclude(verification__in=["entered-in-error", "refuted"])
    named = true.exclude(status="resolved").order_by("display", "id").values_list("display", flat=True)
    return tuple(words for words in named if any(part in words.casefold() for part in _CONTRAST))
