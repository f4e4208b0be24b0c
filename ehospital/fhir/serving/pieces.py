"""Pieces that many resources share: codes, dates with their precision, quantities, references."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from ehospital.fhir.serving.outcomes import Json
from ehospital.kernel.codes import UCUM
from ehospital.people.models import Organisation, StaffMember

TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
STAFF, ORGANISATIONS = "urn:ehospital:staff", "urn:ehospital:organisation"
"""Clinicians and organisations are no resources of this door; these are the systems of their identifiers."""

_LENGTH: Final = {"year": 4, "month": 7, "day": 10}


def kept(**elements: Any) -> Json:
    """Return the elements that hold something; `class_` becomes `class`."""
    return {name.rstrip("_"): value for name, value in elements.items() if value not in (None, "", [], {}, ())}


def concept(system: str, code: str, words: str, others: Iterable[Any] = ()) -> Json:
    """Return a CodeableConcept; `others` are [system, code, display]."""
    codes = [(system, code, words), *((one[0], one[1], one[2]) for one in others)]
    codings = [kept(system=s, code=c, display=d) for s, c, d in codes if c]
    return kept(coding=codings, text=words)


def word(system: str, code: str, words: str = "") -> Json:
    """Return a CodeableConcept of one code of a fixed list."""
    return {"coding": [kept(system=system, code=code, display=words)]}


def said(words: str) -> Json:
    """Return a CodeableConcept that is words alone; empty when there are none."""
    return kept(text=words)


def moment(at: datetime | None, precision: str = "time") -> str:
    """Return a dateTime with as much of it as is known, on the hospital's clock."""
    if at is None:
        return ""
    local = at.astimezone(timezone.get_default_timezone()).isoformat()
    return local[: _LENGTH.get(precision, len(local))]


def day(on: date | None, precision: str = "day") -> str:
    """Return a date with as much of it as is known."""
    return on.isoformat()[: _LENGTH.get(precision, 10)] if on else ""


def quantity(value: Any, unit: str, ucum: str, comparator: str = "") -> Json:
    """Return a Quantity."""
    return {"value": value, **kept(comparator=comparator, unit=unit, system=UCUM if ucum else "", code=ucum)}


def to(kind: str, key: UUID | None) -> Json:
    """Return a reference to a resource of this door, or nothing."""
    return {"reference": f"{kind}/{key}"} if key else {}


def person(member: StaffMember | None, words: str = "") -> Json:
    """Return a reference to a clinician, by identifier and name: clinicians are no resources here."""
    if member is None:
        return kept(display=words)
    number = {"system": STAFF, "value": str(member.pk)}
    return {"type": "Practitioner", "identifier": number, "display": member.name_text}


def organisation(one: Organisation | None) -> Json:
    """Return a reference to an organisation, by identifier and name."""
    if one is None:
        return {}
    number = {"system": ORGANISATIONS, "value": str(one.pk)}
    return {"type": "Organization", "identifier": number, "display": one.name}


def notes(text: str) -> list[Json]:
    """Return the annotation of a line."""
    return [{"text": text}] if text else []
