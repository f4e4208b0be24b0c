"""MedicationRequest and MedicationStatement: what the patient takes."""

from typing import Any, Final

from ehospital.clinical.models import MedicineTaken, Prescription
from ehospital.fhir.mapping.medicines import TAKEN
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept
from ehospital.kernel.codes import UCUM

SUPPLY: Final = "urn:ehospital:fhir:supply"
"""The extension for how much is handed out, in words; FHIR knows a number of units alone."""


def name(row: MedicineTaken) -> str:
    """Return the resource type of a line."""
    return "MedicationRequest" if row.kind == MedicineTaken.Kind.REQUEST else "MedicationStatement"


def write(row: MedicineTaken) -> Json:
    """Return a prescription of elsewhere, or what somebody says that the patient takes."""
    return _request(row) if row.kind == MedicineTaken.Kind.REQUEST else _statement(row)


def prescribed(row: MedicineTaken) -> Json:
    """Return a line with what was prescribed here: for how long, how much is handed out, and what it replaces."""
    paper: Prescription | None = getattr(row, "prescription", None)
    if paper is None:
        return write(row)
    replaced = paper.replaces
    days = {"value": paper.days, "unit": "days", "system": UCUM, "code": "d"} if paper.days else {}
    supply = [{"url": SUPPLY, "valueString": paper.supply}] if paper.supply else []
    prior = pieces.to("MedicationRequest", replaced.pk) if replaced and name(replaced) == "MedicationRequest" else {}
    return {
        **write(row),
        **kept(priorPrescription=prior, dispenseRequest=kept(extension=supply, expectedSupplyDuration=days)),
    }


def _request(row: MedicineTaken) -> Json:
    """A request knows only when it was written: since and until when it is taken stand in an extension of ours."""
    written_then = row.started_at == row.recorded_at or row.started_at is None
    precision = row.started_precision if written_then and row.started_at else "time"
    apart = row.ended_at is not None or not written_then or row.started_at is None
    return kept(
        extension=[{"url": TAKEN, "valuePeriod": _period(row)}] if apart else [],
        status=row.status,
        intent=row.intent or "order",
        **_shared(row),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        authoredOn=pieces.moment(row.recorded_at, precision),
        requester=pieces.person(row.recorded_by, row.recorded_by_text),
        dosageInstruction=dosage(row),
    )


def _statement(row: MedicineTaken) -> Json:
    return kept(
        status=row.status,
        **_shared(row),
        subject=pieces.to("Patient", row.patient_id),
        context=pieces.to("Encounter", row.encounter_id),
        effectivePeriod=_period(row),
        dateAsserted=pieces.moment(row.recorded_at),
        informationSource=pieces.person(row.recorded_by, row.recorded_by_text),
        dosage=dosage(row),
    )


def _period(row: MedicineTaken) -> Json:
    return kept(start=pieces.moment(row.started_at, row.started_precision), end=pieces.moment(row.ended_at))


def _shared(row: MedicineTaken) -> dict[str, Any]:
    stopped = pieces.said(row.stop_reason)
    return {
        "statusReason": stopped if row.kind == MedicineTaken.Kind.REQUEST or not stopped else [stopped],
        "medicationCodeableConcept": pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        "reasonCode": [pieces.said(row.reason)] if row.reason else [],
        "note": pieces.notes(row.note),
    }


def dosage(row: MedicineTaken) -> list[Any]:
    """Return the dosage as its source structured it; in words where there are only words."""
    if row.dosage:
        return list(row.dosage)
    said = kept(text=row.dosage_text)
    if row.as_needed is not None:
        said["asNeededBoolean"] = row.as_needed
    return [said] if said else []
