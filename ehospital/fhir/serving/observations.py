"""Observation: a result or vital sign; the parts of a panel are its components, not resources of their own."""

from typing import Final

from django.db.models import Q, QuerySet

from ehospital.clinical.models import Observation
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.fhir.serving import changes, parameters, pieces
from ehospital.fhir.serving.kinds import Kind, Source
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept

CATEGORIES: Final = f"{TERMINOLOGY}observation-category"
ABSENT: Final = f"{TERMINOLOGY}data-absent-reason"
INTERPRETATIONS: Final = f"{TERMINOLOGY}v3-ObservationInterpretation"

_ABSENT_CODES: Final = {
    "unknown", "asked-unknown", "temp-unknown", "not-asked", "asked-declined", "masked", "not-applicable",
    "unsupported", "as-text", "error", "not-a-number", "negative-infinity", "positive-infinity", "not-performed",
    "not-permitted",
}  # fmt: skip
_INTERPRETATION_CODES: Final = {
    "CAR", "B", "D", "U", "W", "<", ">", "IND", "E", "IE", "EX", "HX", "LX", "A", "AA", "H", "HH", "HU", "L", "LL",
    "LU", "N", "I", "MS", "NCL", "NS", "R", "S", "SDD", "SYN-R", "SYN-S", "VS", "NEG", "POS", "DET", "ND", "EXP",
    "UNE", "NR", "RR", "WR",
}  # fmt: skip


def write(row: Observation) -> Json:
    """Return a result with its parts."""
    until = row.effective_until
    start = pieces.moment(row.effective_at, row.effective_precision)
    return kept(
        status=row.status,
        category=[_category(row)],
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        effectiveDateTime=None if until else start,
        effectivePeriod={"start": start, "end": pieces.moment(until)} if until else None,
        issued=pieces.moment(row.issued_at),
        performer=[one] if (one := pieces.person(row.recorded_by, row.recorded_by_text)) else [],
        **_found(row),
        bodySite=pieces.said(row.body_site),
        method=pieces.said(row.method),
        note=pieces.notes(row.note),
        component=[_part(one) for one in sorted(row.parts.all(), key=lambda part: (part.position, part.pk))],
    )


def _part(row: Observation) -> Json:
    return kept(code=pieces.concept(row.code_system, row.code, row.display, row.other_codes), **_found(row))


def _category(row: Observation) -> Json:
    if row.category == Observation.Category.OTHER:
        return pieces.said("Other")
    return pieces.word(CATEGORIES, row.category)


def _found(row: Observation) -> Json:
    """Return the value, or why there is none, and how it is judged."""
    low, high = (
        pieces.quantity(limit, row.unit, row.ucum) if limit is not None else None
        for limit in (row.reference_low, row.reference_high)
    )
    normal = kept(low=low, high=high, text=row.reference_text)
    judged = row.interpretation
    known = judged in _INTERPRETATION_CODES
    return {
        **_value(row),
        **kept(
            dataAbsentReason=_absent(row.absent_reason),
            interpretation=[pieces.word(INTERPRETATIONS, judged) if known else pieces.said(judged)] if judged else [],
            referenceRange=[normal] if normal else [],
        ),
    }


def _value(row: Observation) -> Json:
    if row.value is not None:
        return {"valueQuantity": pieces.quantity(row.value, row.unit, row.ucum, row.comparator)}
    if not row.value_system and row.value_code in ("true", "false"):
        return {"valueBoolean": row.value_code == "true"}
    if row.value_code:
        return {"valueCodeableConcept": pieces.concept(row.value_system, row.value_code, row.value_text)}
    return {"valueString": row.value_text} if row.value_text else {}


def _absent(reason: str) -> Json:
    return pieces.word(ABSENT, reason) if reason in _ABSENT_CODES else pieces.said(reason)


def _rows() -> "QuerySet[Observation]":
    whole = Observation.objects.filter(panel=None).exclude(status=Observation.Status.SUPERSEDED)
    return whole.select_related("recorded_by")


OBSERVATION = Kind(
    "Observation",
    (
        Source(
            rows=_rows,
            write=write,
            parameters={
                "_lastUpdated": changes.Changed(),
                "patient": parameters.Links("patient_id", "Patient"),
                "subject": parameters.Links("patient_id", "Patient"),
                "encounter": parameters.Links("encounter_id", "Encounter"),
                "code": parameters.Codes(),
                "category": parameters.Words("category", CATEGORIES),
                "status": parameters.Words("status", "http://hl7.org/fhir/observation-status"),
                "date": parameters.Moments("effective_at", "effective_precision", "effective_until"),
            },
            sorts={"date": "effective_at"},
            in_error=Q(status=ENTERED_IN_ERROR),
            parts={"parts": Observation.objects.all},
        ),
    ),
)
