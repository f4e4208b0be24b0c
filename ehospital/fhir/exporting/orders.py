"""ServiceRequest: what was asked for here."""

from typing import Final

from ehospital.clinical.models import Order
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept
from ehospital.kernel.codes import SNOMED

ENDED: Final = "urn:ehospital:fhir:ended"
"""The extension for when an order was done or cancelled; R4 has no element for it."""

_CATEGORIES: Final = {
    Order.Kind.LABORATORY: ("108252007", "Laboratory procedure"),
    Order.Kind.IMAGING: ("363679005", "Imaging"),
    Order.Kind.REFERRAL: ("3457005", "Patient referral"),
    Order.Kind.NURSING: ("9632001", "Nursing procedure"),
}


def order(row: Order) -> Json:
    """Return an order; why it was cancelled is a note beside what was said with it."""
    code, words = _CATEGORIES[Order.Kind(row.kind)]
    return kept(
        extension=[{"url": ENDED, "valueDateTime": pieces.moment(row.ended_at)}] if row.ended_at else [],
        status=row.status,
        intent=row.intent,
        category=[pieces.concept(SNOMED, code, words)],
        priority=row.priority,
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        occurrenceDateTime=pieces.moment(row.occurs_at),
        authoredOn=pieces.moment(row.recorded_at),
        requester=pieces.person(row.recorded_by, row.recorded_by_text),
        performer=[{"display": asked}]
        if (asked := row.performer.name if row.performer else row.performer_text)
        else [],
        reasonCode=[pieces.said(row.reason)] if row.reason else [],
        note=[*pieces.notes(row.note), *pieces.notes(row.end_reason)],
    )
