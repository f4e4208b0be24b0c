"""MedicationRequest and MedicationStatement: what the patient takes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from ehospital.clinical.details import MedicineDetails
from ehospital.clinical.models import MedicineTaken
from ehospital.fhir.elements import Concept, Element, LeftOut, Period
from ehospital.fhir.mapping import notes
from ehospital.fhir.mapping.links import Links
from ehospital.fhir.mapping.procedures import reason
from ehospital.kernel.codes import ATC, RXNORM

_MEDICINE_TAKEN_STATUS = tuple(MedicineTaken.Status.values)

TAKEN = "urn:ehospital:fhir:taken-period"
"""The extension of a request for since and until when the medicine is taken; FHIR knows only when it was written."""

_DEEPEST, _MOST_DOSAGES = 12, 50


def read_request(resource: Element, key: UUID, links: Links) -> MedicineDetails:
    """Return a prescription of elsewhere; it needs a medicine and a status."""
    authored = resource.past(resource.moment("authoredOn"), "authoredOn")
    supply = resource.child("dispenseRequest")
    validity = supply.period("validityPeriod") if supply else Period(None, None)
    prescriber, named = links.staff(resource.child("requester"), resource.child("recorder"))
    taken = next((one for one in resource.children("extension") if one.json.get("url") == TAKEN), None)
    period = taken.period("valuePeriod") if taken else Period(authored or validity.start, None)
    if "priorPrescription" in resource:
        resource.reading.note(f"{resource.path}.priorPrescription: which prescription it replaces is not kept")
    if resource.flag("doNotPerform"):
        raise LeftOut("an order not to give a medicine; the record keeps what is taken")
    return MedicineDetails(
        id=key,
        encounter_id=links.entry("Encounter", resource.child("encounter")),
        recorded_at=authored.at if authored else None,
        recorded_by_id=prescriber,
        recorded_by_text=named,
        kind="request",
        status=resource.word("status", _MEDICINE_TAKEN_STATUS),
        intent=resource.text("intent", 16),
        started=period.start,
        ended_at=period.end_at,
        stop_reason=resource.words("statusReason", 500),
        **_shared(resource, links, "dosageInstruction"),
    )


def read_statement(resource: Element, key: UUID, links: Links) -> MedicineDetails:
    """Return what somebody says that the patient takes; it needs a medicine and a status."""
    at = resource.moment("effectiveDateTime")
    period = Period(at, None) if at else resource.period("effectivePeriod")
    asserted = resource.past(resource.moment("dateAsserted"), "dateAsserted")
    source, named = links.staff(resource.child("informationSource"))
    encounter = resource.child("context")
    return MedicineDetails(
        id=key,
        encounter_id=links.entry("Encounter", encounter),
        recorded_at=asserted.at if asserted else period.start_at,
        recorded_by_id=source,
        recorded_by_text=named,
        kind="statement",
        status=resource.word("status", _MEDICINE_TAKEN_STATUS),
        started=period.start,
        ended_at=period.end_at,
        stop_reason=resource.words("statusReason", 500),
        **_shared(resource, links, "dosage"),
    )


def _shared(resource: Element, links: Links, dosage_name: str) -> dict[str, Any]:
    found = _medicine(resource, links)
    dosages = resource.children(dosage_name)
    needed = {one.flag("asNeededBoolean") for one in dosages if "asNeededBoolean" in one}
    return {
        "code": found.code,
        "other_codes": found.others,
        "dosage_text": "; ".join(text for one in dosages if (text := _dosage_words(one))),
        "dosage": tuple(_plain(one.json, 0) for one in dosages[:_MOST_DOSAGES]),
        "as_needed": needed.pop() if len(needed) == 1 else None,
        "reason": reason(resource, links),
        "note": notes.annotations(resource),
    }


def _medicine(resource: Element, links: Links) -> Concept:
    found = resource.concept("medicationCodeableConcept", (RXNORM, ATC))
    if found is None:
        found = links.medicine(resource.child("medicationReference"))
    if found is None:
        raise LeftOut(f"{resource.path} names no medicine")
    return found


def _dosage_words(dosage: Element) -> str:
    """The words of the prescriber; only when there are none, those that the structure says beyond doubt."""
    if text := dosage.text("text", 2000) or dosage.text("patientInstruction", 2000):
        return text
    parts = [_dose(dosage), _timing(dosage)]
    if dosage.flag("asNeededBoolean"):
        parts.append("as needed")
    parts += [one.code.display for one in dosage.concepts("additionalInstruction")]
    return ", ".join(part for part in parts if part)


def _dose(dosage: Element) -> str:
    for one in dosage.children("doseAndRate"):
        quantity = one.child("doseQuantity")
        number = quantity.number("value") if quantity else None
        if quantity and number is not None:
            return f"{_digits(number)} {quantity.text('unit', 60) or 'dose'}"
    return ""


def _timing(dosage: Element) -> str:
    timing = dosage.child("timing")
    repeat = timing.child("repeat") if timing else None
    if timing and (words := timing.words("code", 250)):
        return words
    frequency, period = (repeat.number("frequency"), repeat.number("period")) if repeat else (None, None)
    if repeat is None or frequency is None or period is None or "frequencyMax" in repeat or "periodMax" in repeat:
        return ""
    return f"{_digits(frequency)} × per {_digits(period)} {repeat.text('periodUnit', 5)}"


def _digits(number: Decimal) -> str:
    """The number as people write it: 1, not 1.0; never with an exponent."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: Any, depth: int) -> Any:
    """The JSON of a dosage without NUL characters, which no database text holds, and not deeper than a dosage is."""
    if depth > _DEEPEST:
        raise LeftOut("the dosage is nested deeper than any dosage")
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {name.replace("\0", ""): _plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 40):
        raise LeftOut("a number of the dosage is beyond any measurement")
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 128:
        raise LeftOut("a number of the dosage is beyond any measurement")
    return value
