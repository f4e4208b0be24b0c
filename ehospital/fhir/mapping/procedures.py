"""Procedure."""

from uuid import UUID

from ehospital.clinical.details import ProcedureDetails
from ehospital.clinical.models import Procedure
from ehospital.fhir.elements import Element, Period
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import SNOMED

_PROCEDURE_STATUS = tuple(Procedure.Status.values)


def read(resource: Element, key: UUID, links: Links) -> ProcedureDetails:
    """Return what was done; it needs words and a status, and what was done lies in the past."""
    found = resource.concept("code", (SNOMED,))
    if found is None:
        raise resource.refuse("code", "is missing")
    status = resource.word("status", _PROCEDURE_STATUS)
    at = resource.moment("performedDateTime")
    period = Period(at, None) if at else resource.period("performedPeriod")
    if status != "preparation":
        resource.past(period.start, "performedDateTime")
    for lost in ("performedString", "performedAge", "performedRange"):
        if lost in resource:
            resource.reading.note(f"{resource.path}.{lost}: not kept as a time")
    doers = [one.child("actor") for one in resource.children("performer")]
    performer, named = links.staff(*doers, resource.child("recorder"))
    return ProcedureDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=period.start_at,
        recorded_by_id=performer,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        status=status,
        performed=period.start,
        ended_at=period.end_at,
        reason=reason(resource, links),
        body_site=resource.words("bodySite", 250),
        outcome=resource.words("outcome", 500),
        note=notes.annotations(resource),
    )


def reason(resource: Element, links: Links) -> str:
    """Return why, in words: codes, or what the referenced problem is called."""
    said = [one.code.display for one in resource.concepts("reasonCode")]
    said += [links.words(one) for one in resource.children("reasonReference")]
    return "; ".join(dict.fromkeys(word for word in said if word))[:1000]
