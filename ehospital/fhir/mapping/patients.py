"""Patient."""

from datetime import date, datetime
from typing import Any

from ehospital.fhir.elements import Element
from ehospital.people import births
from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)
from ehospital.people.models import Patient, PatientName, PatientTelecom

_PATIENT_SEX = tuple(Patient.Sex.values)
_PATIENT_NAME_USE = tuple(PatientName.Use.values)
_PATIENT_TELECOM_KIND = tuple(PatientTelecom.Kind.values)

INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
NEEDS = "urn:ehospital:fhir:communication-needs"
"""The extension for what a patient needs in order to understand and be understood; FHIR has no element for it."""

_NEXT_OF_KIN = ("N", "next-of-kin")
_EMERGENCY = ("C", "E", "N", "next-of-kin")


def read(resource: Element) -> PatientDetails:
    """Return the demographics; they need a name, and a birth date that has come."""
    names = tuple(name for one in resource.children("name") if (name := _name(one)))
    if not names:
        raise resource.refuse("name", "is missing")
    born, precision = _birth(resource)
    deceased, died_at = _death(resource, born)
    return PatientDetails(
        names=names,
        sex=resource.word("gender", _PATIENT_SEX, otherwise="unknown"),
        birth_on=born,
        birth_precision=precision,
        identifiers=_identifiers(resource),
        telecoms=tuple(telecom for one in resource.children("telecom") if (telecom := _telecom(one))),
        addresses=tuple(_address(one) for one in resource.children("address")),
        contacts=tuple(contact for one in resource.children("contact") if (contact := _contact(one))),
        deceased=deceased,
        deceased_at=died_at,
        language=_language(resource),
        interpreter_needed=_interpreter(resource),
        communication_needs=_needs(resource),
        marital_status=resource.words("maritalStatus", 60),
        active=resource.flag("active") is not False,
    )


def _name(element: Element) -> NameDetails | None:
    given, family = " ".join(element.texts("given", 200))[:200], element.text("family", 200)
    if not given and not family:
        family = element.text("text", 200)
    if not family and not given:
        element.reading.note(f"{element.path}: one without any name is not kept")
        return None
    period = element.period("period")
    return NameDetails(
        given=given,
        family=family,
        use=element.word("use", _PATIENT_NAME_USE, otherwise="official" if "use" not in element else "usual"),
        prefix=" ".join(element.texts("prefix", 60))[:60],
        suffix=" ".join(element.texts("suffix", 60))[:60],
        from_on=_local_day(period.start_at, element),
        until_on=_local_day(period.end_at, element),
    )


def _local_day(at: datetime | None, element: Element) -> date | None:
    return element.reading.day(at) if at else None


def _birth(resource: Element) -> tuple[date | None, str]:
    born = resource.past(resource.moment("birthDate"), "birthDate")
    if born is None:
        return None, "unknown"
    day = resource.reading.day(born.at)
    why = births.trouble(day, today=resource.reading.day(resource.reading.at))
    if why and day < resource.reading.day(resource.reading.at):
        resource.reading.note(f"{resource.path}.birthDate: {why}; the patient is kept without a birth date")
        return None, "unknown"
    return day, "day" if born.precision == "time" else born.precision


def _death(resource: Element, born: date | None) -> tuple[bool, datetime | None]:
    died = resource.past(resource.moment("deceasedDateTime"), "deceasedDateTime")
    if died is None:
        return resource.flag("deceasedBoolean") is True, None
    if born and resource.reading.day(died.at) < born and died.precision in ("time", "day"):
        raise resource.refuse("deceasedDateTime", "lies before the birth")
    if died.precision in ("month", "year"):
        resource.reading.note(f"{resource.path}.deceasedDateTime: the day is missing; only the death is kept")
        return True, None
    return True, died.at


def _identifiers(resource: Element) -> tuple[IdentifierDetails, ...]:
    found = []
    for one in resource.children("identifier"):
        system, value = one.text("system"), one.text("value")
        if not system or not value or len(system) > 200 or len(value) > 200:
            resource.reading.note(f"{resource.path}.identifier: one without issuer or number, or too long, is not kept")
            continue
        kinds = one.child("type")
        codings = kinds.children("coding") if kinds else []
        found.append(IdentifierDetails(system, value, codings[0].text("code", 20) if codings else ""))
    return tuple(dict.fromkeys(found))


def _telecom(element: Element) -> TelecomDetails | None:
    value = element.text("value", 320)
    if not value:
        return None
    kind = element.text("system", 20)
    return TelecomDetails(kind if kind in _PATIENT_TELECOM_KIND else "other", value, element.text("use", 12))


def _address(element: Element) -> AddressDetails:
    lines = "\n".join(element.texts("line", 500)) or element.text("text", 1000)
    return AddressDetails(
        lines=lines,
        city=element.text("city", 120),
        district=element.text("district", 120),
        state=element.text("state", 120),
        postal_code=element.text("postalCode", 20),
        country=element.text("country", 60),
        use=element.text("use", 12),
    )


def _contact(element: Element) -> ContactDetails | None:
    name = element.child("name")
    found = _name(name) if name else None
    words = " ".join(part for part in (found.prefix, found.given, found.family) if part) if found else ""
    relations = element.concepts("relationship")
    said = "; ".join(one.code.display for one in relations)
    phones = [one for one in element.children("telecom") if one.text("system", 20) in ("phone", "sms", "")]
    if not words and not said:
        element.reading.note(f"{element.path}: a contact without name is not kept")
        return None
    return ContactDetails(
        name=(words or said)[:250],
        relationship=said[:120],
        phone=phones[0].text("value", 60) if phones else "",
        next_of_kin=any(one.code.code in _NEXT_OF_KIN for one in relations),
    )


def _language(resource: Element) -> str:
    spoken = resource.children("communication")
    preferred = [one for one in spoken if one.flag("preferred")] or spoken
    if not preferred:
        return ""
    language = preferred[0].child("language")
    codings = language.children("coding") if language else []
    return codings[0].text("code", 35) if codings else ""


def _interpreter(resource: Element) -> bool:
    found: list[Any] = [one.flag("valueBoolean") for one in resource.children("extension") if _is_interpreter(one)]
    return any(found)


def _needs(resource: Element) -> str:
    told = [one.text("valueString", 5000) for one in resource.children("extension") if one.json.get("url") == NEEDS]
    return "\n".join(text for text in told if text)


def _is_interpreter(extension: Element) -> bool:
    return extension.json.get("url") == INTERPRETER
