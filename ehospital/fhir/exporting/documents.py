"""DocumentReference with its file, DiagnosticReport with its printed form, and signed notes as documents."""

import base64
from typing import Final

from ehospital.clinical.models import DiagnosticReport, Document, Note
from ehospital.fhir.exporting.absent import REASON
from ehospital.fhir.serving import pieces
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept
from ehospital.foundation import files
from ehospital.kernel.codes import LOINC

# HL7, CodeSystem data-absent-reason.
_ABSENT: Final = {
    "waits-for-the-virus-scanner": "temp-unknown", "infected": "error", "too-large-for-the-virus-scanner": "error",
    "missing-or-damaged": "error",
}  # fmt: skip
_NOTE_TYPES: Final = {
    Note.Kind.ADMISSION: ("34117-2", "History and physical note"),
    Note.Kind.WARD_ROUND: ("11506-3", "Progress note"),
    Note.Kind.OUTPATIENT: ("34108-1", "Outpatient note"),
    Note.Kind.DISCHARGE: ("18842-5", "Discharge summary"),
    Note.Kind.OTHER: ("34109-9", "Note"),
}


def document(row: Document) -> Json:
    """Return a letter with its content; where only the source has it, with the source's address."""
    author = pieces.person(row.recorded_by, row.recorded_by_text)
    return kept(
        status=row.status,
        type=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        category=[pieces.said(row.category)] if row.category else [],
        subject=pieces.to("Patient", row.patient_id),
        date=pieces.moment(row.written_at),
        author=[author] if author else [],
        description=row.title,
        content=[{"attachment": _attachment(row)}],
        context=kept(encounter=[pieces.to("Encounter", row.encounter_id)] if row.encounter_id else []),
    )


def _attachment(row: Document) -> Json:
    """Return a file with its content, or why it comes without: nothing is left out without a word."""
    try:
        content = base64.b64encode(files.load(row.file_key)).decode() if row.file_key else ""
        why = "" if content else "not-kept"
    except files.FileWaiting:
        content, why = "", "waits-for-the-virus-scanner"
    except files.InfectedFile:
        content, why = "", "infected"
    except files.TooLarge:
        content, why = "", "too-large-for-the-virus-scanner"
    except (files.UnknownFile, files.DamagedFile):
        content, why = "", "missing-or-damaged"
    url = row.location or (why and f"urn:ehospital:content-{why}")
    missing = {"extension": [{"url": REASON, "valueCode": _ABSENT[why]}]} if why in _ABSENT else {}
    return kept(contentType=row.content_type, data=content, _data=missing, url=url, title=row.file_name)


def report(row: DiagnosticReport) -> Json:
    """Return a report with the results that it groups; its printed form comes along inside it."""
    until = row.effective_until
    start = pieces.moment(row.effective_at, row.effective_precision)
    performer = pieces.person(row.recorded_by, row.recorded_by_text)
    return kept(
        status=row.status,
        basedOn=[pieces.to("ServiceRequest", row.order_id)] if row.order_id else [],
        category=[pieces.said(row.category)] if row.category else [],
        code=pieces.concept(row.code_system, row.code, row.display, row.other_codes),
        subject=pieces.to("Patient", row.patient_id),
        encounter=pieces.to("Encounter", row.encounter_id),
        effectiveDateTime=None if until else start,
        effectivePeriod={"start": start, "end": pieces.moment(until)} if until else None,
        issued=pieces.moment(row.issued_at),
        performer=[performer] if performer else [],
        result=[pieces.to("Observation", key) for key in row.result_ids],
        conclusion=row.conclusion,
        presentedForm=[_attachment(row.document)] if row.document else [],
    )


def note(row: Note) -> Json:
    """Return a signed note, or an addendum to one, as a document of plain text."""
    code, words = _NOTE_TYPES[Note.Kind(row.kind)]
    data = base64.b64encode(row.text.encode()).decode()
    return kept(
        status="current",
        docStatus="final",
        type=pieces.concept(LOINC, code, words),
        subject=pieces.to("Patient", row.patient_id),
        date=pieces.moment(row.signed_at),
        author=[pieces.person(row.author)],
        description=str(row.get_kind_display()),
        relatesTo=[{"code": "appends", "target": pieces.to("DocumentReference", row.amends_id)}]
        if row.amends_id
        else [],
        content=[{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
        context=kept(encounter=[pieces.to("Encounter", row.encounter_id)] if row.encounter_id else []),
    )
