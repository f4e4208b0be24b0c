"""What the record knows of a patient, as the same plain values that registration is told."""

from collections.abc import Iterable
from typing import TypeVar

from django.db import models

from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)
from ehospital.people.models import Patient, PatientName

Part = TypeVar("Part", bound=models.Model)
PARTS = ("names", "identifiers", "telecoms", "addresses", "contacts")
"""What has to be loaded with a patient."""


def known_details(patient: Patient) -> PatientDetails:
    """Return what the record knows of a patient whose parts are loaded."""
    return PatientDetails(
        names=tuple(
            NameDetails(name.given, name.family, name.use, name.prefix, name.suffix, name.from_on, name.until_on)
            for name in _ordered(patient)
        ),
        sex=patient.sex,
        birth_on=patient.birth_on,
        birth_precision=patient.birth_precision,
        identifiers=tuple(
            IdentifierDetails(one.system, one.value, one.kind) for one in _told(patient.identifiers.all())
        ),
        telecoms=tuple(TelecomDetails(one.kind, one.value, one.use) for one in _told(patient.telecoms.all())),
        addresses=tuple(
            AddressDetails(one.lines, one.city, one.district, one.state, one.postal_code, one.country, one.use)
            for one in _told(patient.addresses.all())
        ),
        contacts=tuple(
            ContactDetails(one.name, one.relationship, one.phone, one.next_of_kin)
            for one in _told(patient.contacts.all())
        ),
        deceased=patient.deceased,
        deceased_at=patient.deceased_at,
        language=patient.language,
        interpreter_needed=patient.interpreter_needed,
        communication_needs=patient.communication_needs,
        marital_status=patient.marital_status,
        mother_id=patient.mother_id,
        active=patient.active,
    )


def _told(parts: Iterable[Part]) -> list[Part]:
    """Return parts in the order in which they were told: their ids rise with time."""
    return sorted(parts, key=lambda part: str(part.pk))


def _ordered(patient: Patient) -> list[PatientName]:
    return sorted(patient.names.all(), key=lambda name: (name.use != "official", str(name.id)))
