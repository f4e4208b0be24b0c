"""Encounter."""

from typing import Final

from django.db.models import Q, QuerySet

from ehospital.clinical.models import Encounter
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.fhir.serving import changes, parameters, pieces
from ehospital.fhir.serving.kinds import Kind, Source
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import TERMINOLOGY, kept

CLASSES: Final = f"{TERMINOLOGY}v3-ActCode"
OTHERS: Final = "urn:ehospital:encounter-setting"


def write(row: Encounter) -> Json:
    """Return a visit or a stay."""
    other = row.setting == Encounter.Setting.OTHER
    clinician = pieces.person(row.clinician, row.clinician_text)
    return kept(
        status=row.status,
        class_={"system": OTHERS if other else CLASSES, "code": row.setting},
        type=[pieces.concept(row.code_system, row.code, row.display, row.other_codes)],
        subject=pieces.to("Patient", row.patient_id),
        participant=[{"individual": clinician}] if clinician else [],
        period=kept(start=pieces.moment(row.started_at), end=pieces.moment(row.ended_at)),
        reasonCode=[pieces.concept(row.reason_system, row.reason_code, row.reason)] if row.reason else [],
        hospitalization=kept(dischargeDisposition=pieces.said(row.outcome)),
        location=[{"location": {"display": row.place}}] if row.place else [],
        serviceProvider=pieces.organisation(row.organisation),
    )


def _rows() -> "QuerySet[Encounter]":
    return Encounter.objects.select_related("organisation", "clinician")


ENCOUNTER = Kind(
    "Encounter",
    (
        Source(
            rows=_rows,
            write=write,
            parameters={
                "_lastUpdated": changes.Changed(),
                "patient": parameters.Links("patient_id", "Patient"),
                "subject": parameters.Links("patient_id", "Patient"),
                "class": parameters.Words("setting", CLASSES),
                "type": parameters.Codes(),
                "status": parameters.Words("status", "http://hl7.org/fhir/encounter-status"),
                "date": parameters.Moments("started_at", until="ended_at"),
            },
            sorts={"date": "started_at"},
            in_error=Q(status=ENTERED_IN_ERROR),
        ),
    ),
)
