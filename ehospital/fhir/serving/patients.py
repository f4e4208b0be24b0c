"""Patient."""

from typing import Any, Final

from django.db.models import Q, QuerySet

from ehospital.fhir.mapping.patients import INTERPRETER, NEEDS
from ehospital.fhir.serving import parameters, pieces
from ehospital.fhir.serving.kinds import Kind, Source
from ehospital.fhir.serving.outcomes import Json
from ehospital.fhir.serving.pieces import kept
from ehospital.people.models import Patient, PatientAddress, PatientContact, PatientName

_TYPES: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
_CONTACTS: Final = "http://terminology.hl7.org/CodeSystem/v2-0131"
_MARITAL: Final = {
    "annulled": "A", "divorced": "D", "interlocutory": "I", "legally separated": "L", "married": "M",
    "common law": "C", "polygamous": "P", "domestic partner": "T", "unmarried": "U", "never married": "S",
    "widowed": "W", "a": "A", "d": "D", "i": "I", "l": "L", "m": "M", "c": "C", "p": "P", "t": "T", "u": "U",
    "s": "S", "w": "W",
}  # fmt: skip
_MARITAL_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"


def write(patient: Patient) -> Json:
    """Return the demographics. The mother of a newborn is left away: she is another patient."""
    died = pieces.moment(patient.deceased_at)
    spoken = {"coding": [{"system": "urn:ietf:bcp:47", "code": patient.language}]}
    return kept(
        extension=_extensions(patient),
        identifier=[
            {
                **kept(type=pieces.word(_TYPES, one.kind) if one.kind else {}),
                "system": one.system,
                "value": one.value,
            }
            for one in _ordered(patient.identifiers)
        ],
        active=patient.active,
        name=[_name(one) for one in _ordered(patient.names)],
        telecom=[kept(system=one.kind, value=one.value, use=one.use) for one in _ordered(patient.telecoms)],
        gender=patient.sex,
        birthDate=pieces.day(patient.birth_on, patient.birth_precision),
        deceasedBoolean=None if died else patient.deceased or None,
        deceasedDateTime=died,
        address=[_address(one) for one in _ordered(patient.addresses)],
        maritalStatus=_marital(patient.marital_status),
        contact=[_contact(one) for one in _ordered(patient.contacts)],
        communication=[{"language": spoken, "preferred": True}] if patient.language else [],
    )


def _ordered(related: Any) -> list[Any]:
    return sorted(related.all(), key=lambda row: row.pk)


def _extensions(patient: Patient) -> list[Json]:
    found: list[Json] = []
    if patient.interpreter_needed:
        found.append({"url": INTERPRETER, "valueBoolean": True})
    if patient.communication_needs:
        found.append({"url": NEEDS, "valueString": patient.communication_needs})
    return found


def _marital(words: str) -> Json:
    code = _MARITAL.get(words.casefold(), "")
    return kept(coding=[{"system": _MARITAL_SYSTEM, "code": code}] if code else [], text=words)


def _name(name: PatientName) -> Json:
    return kept(
        use=name.use,
        family=name.family,
        given=name.given.split(),
        prefix=name.prefix.split(),
        suffix=name.suffix.split(),
        period=kept(start=pieces.day(name.from_on), end=pieces.day(name.until_on)),
    )


def _address(address: PatientAddress) -> Json:
    return kept(
        use=address.use,
        line=address.lines.split("\n") if address.lines else [],
        city=address.city,
        district=address.district,
        state=address.state,
        postalCode=address.postal_code,
        country=address.country,
    )


def _contact(contact: PatientContact) -> Json:
    kin = [{"system": _CONTACTS, "code": "N"}] if contact.next_of_kin else []
    return kept(
        relationship=[kept(coding=kin, text=contact.relationship)] if kin or contact.relationship else [],
        name=pieces.said(contact.name),
        telecom=[{"system": "phone", "value": contact.phone}] if contact.phone else [],
    )


def _rows() -> "QuerySet[Patient]":
    return Patient.objects.prefetch_related("names", "identifiers", "telecoms", "addresses", "contacts")


PATIENT = Kind(
    "Patient",
    (
        Source(
            rows=_rows,
            write=write,
            parameters={
                "_lastUpdated": parameters.Moments("changed_at"),
                "name": parameters.Names(("given", "family")),
                "family": parameters.Names(("family",)),
                "given": parameters.Names(("given",)),
                "birthdate": parameters.Days("birth_on", "birth_precision"),
                "identifier": parameters.Numbers(),
                "gender": parameters.Words("sex", "http://hl7.org/fhir/administrative-gender"),
                "active": parameters.Truth("active"),
                "deceased": parameters.Truth("deceased"),
            },
            sorts={"_lastUpdated": "changed_at", "birthdate": "birth_on"},
            in_error=Q(pk__in=[]),
        ),
    ),
    patient="pk",
    about="",
)
