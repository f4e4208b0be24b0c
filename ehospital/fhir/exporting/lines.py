"""Procedure, Immunization and Flag, as `mapping` reads them."""

from ehospital.clinical.models import Immunisation, Procedure, SafetyFlag
from ehospital.fhir.mapping.flags import FLAGS
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept


def procedure(row: Procedure) -> Json:
    """Return what was done."""
    start = pieces.moment(row.performed_at, row.performed_precision)
    period = {"start": start, "end": pieces.moment(row.ended_at)} if row.ended_at else None
    doer = pieces.person(row.recorded_by, row.recorded_by_text)
    return kept(
        status=row.status,
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        performedDateTime=None if period else start,
        performedPeriod=kept(**period) if period else None,
        performer=[{"actor": doer}] if doer else [],
        reasonCode=[pieces.said(row.reason)] if row.reason else [],
        bodySite=[pieces.said(row.body_site)] if row.body_site else [],
        outcome=pieces.said(row.outcome),
        note=pieces.notes(row.note),
    )


def immunisation(row: Immunisation) -> Json:
    """Return a vaccination; a dose that is no number with a unit is told in a note."""
    number, _, unit = row.dose_text.partition(" ")
    counted = number.replace(".", "", 1).isdigit()
    giver = pieces.person(row.recorded_by, row.recorded_by_text)
    dose = {"value": _number(number), **kept(unit=unit)} if row.dose_text and counted else {}
    return kept(
        status=row.status,
        statusReason=pieces.said(row.status_reason),
        vaccineCode=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        patient=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        occurrenceDateTime=pieces.moment(row.given_at, row.given_precision),
        occurrenceString="" if row.given_at else row.given_text,
        recorded=pieces.moment(row.recorded_at),
        primarySource=row.first_hand,
        lotNumber=row.lot,
        site=pieces.said(row.site),
        route=pieces.said(row.route),
        doseQuantity=dose,
        performer=[{"actor": giver}] if giver else [],
        note=pieces.notes("\n\n".join(filter(None, (row.note, "" if counted else row.dose_text)))),
    )


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def flag(row: SafetyFlag) -> Json:
    """Return a safety flag: its kind is a code of ours, its words are for everybody."""
    label = str(SafetyFlag.Kind(row.kind).label)
    words = row.words if row.kind == SafetyFlag.Kind.OTHER else ": ".join(filter(None, (label, row.words)))
    status = "entered-in-error" if row.entered_in_error else "inactive" if row.ended_at else "active"
    return kept(
        status=status,
        code=pieces.concept(FLAGS, "" if row.kind == SafetyFlag.Kind.OTHER else row.kind, words),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        period=kept(start=pieces.moment(row.started_at), end=pieces.moment(row.ended_at)),
        author=pieces.person(row.recorded_by, row.recorded_by_text),
    )
