"""Encounter."""

from uuid import UUID

from ehospital.clinical.details import NOTHING, EncounterDetails
from ehospital.clinical.models import Encounter
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping.links import Links
from ehospital.kernel.codes import SNOMED, Code

_ENCOUNTER_STATUS = tuple(Encounter.Status.values)

# HL7 v3 ActEncounterCode → our settings; what is not here becomes OTHER with a note.
_SETTINGS = {
    "AMB": "AMB", "EMER": "EMER", "IMP": "IMP", "ACUTE": "IMP", "NONAC": "IMP", "OBSENC": "IMP", "PRENC": "IMP",
    "SS": "SS", "HH": "HH", "FLD": "FLD", "VR": "VR",
    "ambulatory": "AMB", "outpatient": "AMB", "inpatient": "IMP", "emergency": "EMER",
}  # fmt: skip
_NOT_YET = ("planned", "cancelled", "entered-in-error", "unknown")


def read(resource: Element, key: UUID, links: Links) -> EncounterDetails:
    """Return an encounter; one that took place needs a start, and lies in the past."""
    status = resource.word("status", _ENCOUNTER_STATUS)
    period = resource.period("period")
    if status not in _NOT_YET:
        if period.start is None:
            raise resource.refuse("period", "is missing, but the encounter took place")
        resource.past(period.start, "period.start")
    kinds = resource.concepts("type", (SNOMED,))
    reasons = resource.concepts("reasonCode", (SNOMED,))
    if kinds[1:] or reasons[1:]:
        resource.reading.note(f"{resource.path}: only the first type and the first reason are kept")
    people = resource.children("participant")
    clinician, named = links.staff(*[person.child("individual") for person in people])
    setting = _setting(resource)
    return EncounterDetails(
        id=key,
        code=kinds[0].code if kinds else Code("", "", str(Encounter.Setting(setting).label)),
        other_codes=kinds[0].others if kinds else (),
        setting=setting,
        status=status,
        started_at=period.start_at,
        ended_at=period.end_at,
        reason=reasons[0].code if reasons else NOTHING,
        outcome=_outcome(resource),
        place=_place(resource),
        organisation_id=links.organisation(resource.child("serviceProvider")),
        clinician_id=clinician,
        clinician_text=named,
        recorded_at=period.start_at,
    )


def _setting(resource: Element) -> str:
    coding = resource.child("class")
    code = coding.text("code", 60) if coding else ""
    if code and code not in _SETTINGS:
        resource.reading.note(f"{resource.path}.class: “{code}” is kept as another setting")
    return _SETTINGS.get(code, "OTHER")


def _outcome(resource: Element) -> str:
    stay = resource.child("hospitalization")
    return stay.words("dischargeDisposition", 250) if stay else ""


def _place(resource: Element) -> str:
    for one in resource.children("location"):
        place = one.child("location")
        if place and (words := place.text("display", 250)):
            return words
    return ""
