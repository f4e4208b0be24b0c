"""Immunization."""

from uuid import UUID

from ehospital.clinical.details import ImmunisationDetails
from ehospital.clinical.models import Immunisation
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import CVX, SNOMED

_IMMUNISATION_STATUS = tuple(Immunisation.Status.values)


def read(resource: Element, key: UUID, links: Links) -> ImmunisationDetails:
    """Return a vaccination; it needs the vaccine, a status, and a time or words for it."""
    found = resource.concept("vaccineCode", (CVX, SNOMED))
    if found is None:
        raise resource.refuse("vaccineCode", "is missing")
    given = resource.past(resource.moment("occurrenceDateTime"), "occurrenceDateTime")
    words = resource.text("occurrenceString", 250)
    if given is None and not words:
        raise resource.refuse("occurrenceDateTime", "is missing")
    recorded = resource.moment("recorded")
    performer, named = links.staff(*[one.child("actor") for one in resource.children("performer")])
    dose = resource.child("doseQuantity")
    number = dose.number("value") if dose else None
    return ImmunisationDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=recorded.at if recorded else (given.at if given else None),
        recorded_by_id=performer,
        recorded_by_text=named,
        code=found.code,
        other_codes=found.others,
        status=resource.word("status", _IMMUNISATION_STATUS),
        status_reason=resource.words("statusReason", 500),
        given=given,
        given_text=words,
        first_hand=resource.flag("primarySource") is not False,
        lot=resource.text("lotNumber", 100),
        dose_text=f"{number} {dose.text('unit', 60)}".strip() if dose and number is not None else "",
        site=resource.words("site", 250),
        route=resource.words("route", 250),
        note=notes.annotations(resource),
    )
