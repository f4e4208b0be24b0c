"""What charts say, without the ids under which one database keeps them: to be compared with another database."""

from collections import Counter
from typing import Any
from uuid import UUID

from ehospital.clinical import models
from ehospital.clinical.actions.columns import TABLES
from ehospital.people.models import (
    Organisation,
    Patient,
    PatientAddress,
    PatientContact,
    PatientIdentifier,
    PatientName,
    PatientTelecom,
    StaffMember,
)

# What is of the machinery, or has no element in FHIR.
_OWN = {"id", "version", "revised_at", "revised_by", "changed_at", "imported_version", "concept"}
_NOT_TOLD = {"Goal": {"recorded_at"}}
_OF_PATIENTS = (PatientName, PatientIdentifier, PatientTelecom, PatientAddress, PatientContact)
_OF_LINES = (models.AllergyReaction, models.CareActivity)


def charts() -> dict[str, Counter[str]]:
    """Every line of every chart in words, with how often it stands there."""
    called = _called()
    found: dict[str, Counter[str]] = {}
    tables: list[Any] = [Patient, *_OF_PATIENTS, *(model for model, _ in TABLES.values()), *_OF_LINES]
    for model in tables:
        name = model.__name__
        skipped = _OWN | _NOT_TOLD.get(name, set())
        rows = model._default_manager.values()
        found[name] = Counter(str(_told(row, skipped, called)) for row in rows)
    return found


def _told(row: dict[str, Any], skipped: set[str], called: dict[UUID, str]) -> dict[str, Any]:
    return {column: _words(value, called) for column, value in sorted(row.items()) if column not in skipped}


def _words(value: Any, called: dict[UUID, str]) -> Any:
    if isinstance(value, UUID):
        return called[value]
    if isinstance(value, list):
        return [_words(one, called) for one in value]
    return value


def _called() -> dict[UUID, str]:
    """What everything that rows point at is called."""
    found: dict[UUID, str] = {}
    for patient in Patient.objects.all():
        found[patient.pk] = f"{patient.name_text} {patient.birth_on}"
    for model in (StaffMember, Organisation):
        found |= {one.pk: str(one) for one in model._default_manager.all()}  # type: ignore[attr-defined]
    for at, tables in {
        "started_at": (models.Encounter, models.CarePlan),
        "written_at": (models.Document,),
        "effective_at": (models.Observation,),
        "recorded_at": (models.Allergy,),
    }.items():
        for table in tables:
            found |= {one.pk: f"{one.display} {getattr(one, at)}" for one in table.objects.all()}
    return found
