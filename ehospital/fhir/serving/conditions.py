"""Condition: a problem of the list, or a diagnosis of an encounter."""

from typing import Final

from django.db.models import Q, QuerySet

from ehospital.clinical.models import Problem
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.fhir.mapping.problems import SEVERITIES
from ehospital.fhir.serving import changes, parameters, pieces
from ehospital.fhir.serving.kinds import Kind, Source
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept
from ehospital.kernel.codes import SNOMED

STATUSES: Final = f"{TERMINOLOGY}condition-clinical"
VERIFICATIONS: Final = f"{TERMINOLOGY}condition-ver-status"
CATEGORIES: Final = f"{TERMINOLOGY}condition-category"
CONCERNS: Final = "http://hl7.org/fhir/us/core/CodeSystem/condition-category"
_SEVERITY_CODES: Final = {words: code for code, words in SEVERITIES.items()}


def write(row: Problem) -> Json:
    """Return a problem. One that was entered in error has no clinical status (con-5), nor one whose is not known."""
    stands = row.verification != ENTERED_IN_ERROR and row.status != Problem.Status.UNKNOWN
    categories = CONCERNS if row.category == Problem.Category.CONCERN else CATEGORIES
    severity = pieces.concept(SNOMED, _SEVERITY_CODES[row.severity], row.severity.title()) if row.severity else {}
    return kept(
        clinicalStatus=pieces.word(STATUSES, row.status) if stands else {},
        verificationStatus=pieces.word(VERIFICATIONS, row.verification),
        category=[pieces.word(categories, row.category)],
        severity=severity,
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        bodySite=[pieces.said(row.body_site)] if row.body_site else [],
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        onsetDateTime=pieces.moment(row.onset_at, row.onset_precision),
        onsetString="" if row.onset_at else row.onset_text,
        abatementDateTime=pieces.moment(row.abated_at, row.abated_precision),
        recordedDate=pieces.moment(row.recorded_at),
        recorder=pieces.person(row.recorded_by, row.recorded_by_text),
        note=pieces.notes(row.note),
    )


def _rows() -> "QuerySet[Problem]":
    return Problem.objects.select_related("recorded_by")


CONDITION = Kind(
    "Condition",
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
                "clinical-status": parameters.Words("status", STATUSES),
                "verification-status": parameters.Words("verification", VERIFICATIONS),
                "onset-date": parameters.Moments("onset_at", "onset_precision"),
                "recorded-date": parameters.Moments("recorded_at"),
            },
            sorts={"recorded-date": "recorded_at", "onset-date": "onset_at"},
            in_error=Q(verification=ENTERED_IN_ERROR),
            told_by="verification-status",
        ),
    ),
)
