"""DocumentReference and DiagnosticReport, and the files that they bring."""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID, uuid5

from ehospital.clinical.details import DocumentDetails, ReportDetails
from ehospital.clinical.models import DiagnosticReport, Document
from ehospital.fhir.elements import Element, Period
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import LOINC, SNOMED, Code

_DIAGNOSTIC_REPORT_STATUS = tuple(DiagnosticReport.Status.values)
_DOCUMENT_STATUS = tuple(Document.Status.values)


@dataclass(frozen=True, slots=True)
class File:
    """Content that has to be stored before the document that points at it."""

    content: bytes
    content_type: str
    name: str
    location: str


def read_document(resource: Element, key: UUID, links: Links) -> tuple[DocumentDetails, File | None]:
    """Return a document without its `file_key`, and the file to store; it needs a status and content or an address."""
    kind = resource.concept("type", (LOINC, SNOMED))
    contents = resource.children("content")
    if not contents:
        raise resource.refuse("content", "is missing")
    if len(contents) > 1:
        resource.reading.note(f"{resource.path}.content: only the first of several is kept")
    attachment = contents[0].child("attachment")
    if attachment is None:
        raise contents[0].refuse("attachment", "is missing")
    file = _file(attachment)
    context = resource.child("context")
    period = context.period("period") if context else Period(None, None)
    written = resource.past(resource.moment("date"), "date") or attachment.moment("creation") or period.start
    if written is None:
        raise resource.refuse("date", "is missing")
    author, named = links.staff(*resource.children("author"), resource.child("authenticator"))
    encounters = context.children("encounter") if context else []
    title = attachment.text("title", 500)
    return DocumentDetails(
        id=key,
        encounter_id=links.entry("Encounter", encounters[0] if encounters else None),
        recorded_at=written.at,
        recorded_by_id=author,
        recorded_by_text=named,
        code=kind.code if kind else Code("", "", title or "Document"),
        other_codes=kind.others if kind else (),
        status=resource.word("status", _DOCUMENT_STATUS),
        category=resource.words("category", 250),
        title=resource.text("description", 500) or title,
        written_at=written.at,
        file_name=file.name,
        content_type=file.content_type,
        size_bytes=len(file.content),
        location=file.location,
    ), file if file.content else None


def read_report(
    resource: Element, key: UUID, links: Links
) -> tuple[ReportDetails, tuple[DocumentDetails, File] | None]:
    """Return a report, and its printed form as a document; it needs words, a status and a time."""
    found = resource.concept("code", (LOINC, SNOMED))
    if found is None:
        raise resource.refuse("code", "is missing")
    at = resource.moment("effectiveDateTime")
    period = Period(at, None) if at else resource.period("effectivePeriod")
    issued = resource.past(resource.moment("issued"), "issued")
    effective = resource.past(period.start, "effectiveDateTime") or issued
    if effective is None:
        raise resource.refuse("effectiveDateTime", "is missing")
    performer, named = links.staff(*resource.children("resultsInterpreter"), *resource.children("performer"))
    encounter = links.entry("Encounter", resource.child("encounter"))
    if "basedOn" in resource:
        resource.reading.note(f"{resource.path}.basedOn: the order that it answers is not kept")
    printed = _printed_form(resource, key)
    conclusion = [resource.text("conclusion", notes.LONGEST_NOTE)]
    conclusion += [one.code.display for one in resource.concepts("conclusionCode", (SNOMED,))]
    report = ReportDetails(
        id=key,
        encounter_id=encounter,
        recorded_at=(issued or effective).at,
        recorded_by_id=performer,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        effective=effective,
        effective_until=period.end_at,
        status=resource.word("status", _DIAGNOSTIC_REPORT_STATUS),
        category=resource.words("category", 250),
        issued_at=issued.at if issued else None,
        conclusion="\n".join(text for text in dict.fromkeys(conclusion) if text),
        result_ids=links.entries("Observation", resource.children("result")),
        document_id=uuid5(key, "printed form") if printed else None,
    )
    if printed is None:
        return report, None
    document = DocumentDetails(
        id=uuid5(key, "printed form"),
        encounter_id=encounter,
        recorded_at=report.recorded_at,
        recorded_by_id=performer,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        written_at=(issued or effective).at,
        title=found.code.display[:500],
        file_name=printed.name,
        content_type=printed.content_type,
        size_bytes=len(printed.content),
    )
    return report, (document, printed)


def _printed_form(resource: Element, key: UUID) -> File | None:
    forms = resource.children("presentedForm")
    if len(forms) > 1:
        resource.reading.note(f"{resource.path}.presentedForm: only the first of several is kept")
    file = _file(forms[0]) if forms else None
    if file and not file.content:
        resource.reading.note(f"{resource.path}.presentedForm: without content, not kept")
    return file if file and file.content else None


def _file(attachment: Element) -> File:
    data, url = attachment.json.get("data"), attachment.text("url", 1000)
    content = b""
    if data is not None:
        if not isinstance(data, str):
            raise attachment.refuse("data", "is not text")
        try:
            content = base64.b64decode(data, validate=False)
        except (binascii.Error, ValueError):
            raise attachment.refuse("data", "is not base64") from None
    if not content and not url:
        raise attachment.refuse("data", "and url are both missing")
    kind, name = attachment.text("contentType", 120), attachment.text("title", 250)
    return File(content, kind, name, url)
