"""Two records of one person, how they are merged, and what is compared."""

from datetime import date, datetime
from uuid import UUID

import pytest
from django.apps import apps

from ehospital.clinical import actions as clinical_actions
from ehospital.clinical.details import Code, EncounterDetails, Record
from ehospital.clinical.models.entries import Revisable
from ehospital.journeys import merging
from ehospital.people import actions
from ehospital.people.actions import CannotMerge
from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)
from tests.factories import clinical, people, snapshots

LEDGER = (
    "foundation.AuditEvent", "foundation.OutboxMessage", "foundation.RowChange", "people.PatientMerge",
    "people.MergedRow", "people.PatientUnmerge", "people.DuplicatePair",
)  # fmt: skip
_REVISED = [one for one in apps.get_app_config("clinical").get_models() if issubclass(one, Revisable)]
RISING = {
    "people.Patient": ("version", "imported_version"), "people.PatientTraits": ("compared",),
    **{one._meta.label: ("version",) for one in _REVISED},
}  # fmt: skip
"""A version only rises, so that no form opened meanwhile can be saved, and with it the version that an import may
replace; a copy is to be compared anew."""

FULL = PatientDetails(
    names=(NameDetails("Amina", "Okafor"), NameDetails("Amina", "Eze", use="maiden")),
    sex="female",
    birth_on=date(1957, 3, 14),
    birth_precision="day",
    identifiers=(IdentifierDetails("urn:test:national", "77", "NI"),),
    telecoms=(TelecomDetails("phone", "555 0100"), TelecomDetails("email", "amina@example.org")),
    addresses=(AddressDetails("4 Harbour Lane", "Harrowmere", postal_code="1207"),),
    contacts=(ContactDetails("Chidi Okafor", "Brother", "555 0101", next_of_kin=True),),
    language="fr",
)
SHORT = PatientDetails(
    names=(NameDetails("Aminah", "Okafor"),),
    birth_on=date(1957, 1, 1),
    birth_precision="year",
    telecoms=(TelecomDetails("phone", "555 0100"), TelecomDetails("phone", "555 0999")),
    communication_needs="Hears badly on the left.",
)


def register(details: PatientDetails, at: datetime) -> UUID:
    return actions.register_patient(details, by=people.machinery(at), at=at)


def chart(patient_id: UUID, at: datetime, words: str) -> None:
    record = Record(
        problems=(clinical.problem(f"Asthma {words}"),),
        allergies=(clinical.allergy(f"Nuts {words}"),),
        observations=(clinical.potassium("4.1", at), clinical.pressure(120, 80, at)),
        encounters=(EncounterDetails(code=Code("", "", f"Visit {words}"), started_at=at),),
    )
    clinical_actions.import_record(patient_id, record, by=people.machinery(at), at=at)


def merge(both: tuple[UUID, UUID], desk: people.Staff, at: datetime, **choices: str) -> UUID:
    return merging.merge(survivor_id=both[0], absorbed_id=both[1], choices=choices, by=desk.actor, at=at)


def everything() -> snapshots.Snapshot:
    return snapshots.tables(besides=LEDGER, without=RISING)


def refused(why: str, both: tuple[UUID, UUID], desk: people.Staff, at: datetime, **more: object) -> None:
    before = snapshots.tables()
    with pytest.raises(CannotMerge) as told:
        merging.merge(survivor_id=both[0], absorbed_id=both[1], choices={}, by=desk.actor, at=at, **more)  # type: ignore[arg-type]
    assert told.value.why == why
    assert snapshots.differences(before, snapshots.tables()) == {}
