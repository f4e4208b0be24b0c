"""Registering patients and correcting what is known of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from ehospital.foundation import audit, locks, outbox
from ehospital.foundation.days import hospital_day
from ehospital.kernel.identifiers import luhn_digit, uuid7
from ehospital.people import access, births, comparing, events, known, naming, numbers
from ehospital.people.details import IdentifierDetails, PatientDetails
from ehospital.people.models import (
    IdentifierIssuer,
    NameWord,
    Patient,
    PatientAddress,
    PatientContact,
    PatientIdentifier,
    PatientName,
    PatientTelecom,
    PatientTraits,
)

_PARTS: Mapping[str, type[models.Model]] = {
    "names": PatientName,
    "identifiers": PatientIdentifier,
    "telecoms": PatientTelecom,
    "addresses": PatientAddress,
    "contacts": PatientContact,
}


class UnusableDetails(ValueError):
    """What was told cannot be a patient; the message says which part and why."""


class MalformedNumber(UnusableDetails):
    """A number cannot be one that its issuer gives; `why` is of `people.numbers`."""

    def __init__(self, number: IdentifierDetails, why: str) -> None:
        wrong = "has another form than its issuer's numbers" if why == numbers.FORM else "has a wrong check digit"
        super().__init__(f"{number.value} {wrong}; look at it again")
        self.number, self.why = number, why


class IdentifierTaken(ValueError):
    """Another patient already has one of these numbers."""


class PatientChanged(RuntimeError):
    """Somebody else changed the patient since the form was opened; nothing was written."""


@transaction.atomic
def register_patient(details: PatientDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Register a patient under a new hospital number and return the patient's id.

    Raises:
        NotPermitted: `by` may not register patients.
        UnusableDetails: no name, or a birth date in the future or more than 150 years back.
        IdentifierTaken: a number belongs to somebody else already.
    """
    access.require(by, access.Permission.PATIENT_REGISTER)
    _check(details, at)
    _check_numbers(details.identifiers)
    if not any(number.system == naming.HOSPITAL_NUMBER for number in details.identifiers):
        own = IdentifierDetails(naming.HOSPITAL_NUMBER, _next_number(), "MR")
        details = _with_identifiers(details, (own, *details.identifiers))
    patient = _patient(uuid7(), details, at, version=1)
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
            write_parts([(patient.id, details)])
            write_traits([(patient.id, details)])
    except IntegrityError as error:
        raise _explained(error) from error
    audit.record("patient.registered", by=by, at=at, patient_id=patient.id)
    outbox.publish(events.PatientWasRegistered(patient_id=patient.id, at=at))
    return patient.id


@transaction.atomic
def revise_patient(
    patient_id: UUID, details: PatientDetails, *, seen_version: int, by: access.Actor, at: datetime
) -> int:
    """Replace what is known of a patient and return the new version.

    Args:
        seen_version: the version that the form showed.
    Raises:
        NotPermitted: `by` may not correct this patient.
        PatientChanged: the version is no longer the one seen; nothing is written.
        UnusableDetails, IdentifierTaken: as for registering.
    """
    access.require(by, access.Permission.PATIENT_EDIT, patient_id=patient_id)
    _check(details, at)
    (old,) = locks.rows(Patient.objects.all(), [patient_id])
    if old.version != seen_version:
        raise PatientChanged(f"version {seen_version} was edited, but the record is at {old.version} by now")
    stands = set(PatientIdentifier.objects.filter(patient_id=patient_id).values_list("system", "value"))
    _check_numbers(one for one in details.identifiers if (one.system, one.value) not in stands)
    kept = PatientIdentifier.objects.filter(patient_id=patient_id, system=naming.HOSPITAL_NUMBER).first()
    if kept and not any(number.system == naming.HOSPITAL_NUMBER for number in details.identifiers):
        own = IdentifierDetails(kept.system, kept.value, kept.kind)
        details = _with_identifiers(details, (own, *details.identifiers))
    changed = _patient(patient_id, details, at, version=old.version + 1, imported=old.imported_version)
    changed.merged_into_id, changed.archived_reason = old.merged_into_id, old.archived_reason
    try:
        with transaction.atomic():
            changed.save(force_update=True)
            remove_parts([patient_id])
            write_parts([(patient_id, details)])
            write_traits([(patient_id, details)])
    except IntegrityError as error:
        raise _explained(error) from error
    audit.record("patient.updated", by=by, at=at, patient_id=patient_id, details={"fields": _differences(old, changed)})
    outbox.publish(events.PatientWasRevised(patient_id=patient_id, at=at))
    return changed.version


@transaction.atomic
def import_patients(
    new: Sequence[tuple[UUID, PatientDetails]],
    changed: Sequence[tuple[UUID, PatientDetails]],
    *,
    by: access.Actor,
    at: datetime,
    source: str = "",
) -> frozenset[UUID]:
    """Write many patients at once under ids that the importer derives from its source.

    Who was corrected in this hospital since the last import keeps that: only what is new or was empty is added.

    Args:
        source: what brought them, for the audit trail of each.

    Returns:
        Those patients, of whom not everything that was told was taken.

    Raises:
        NotPermitted: `by` may not import.
        IdentifierTaken: a number belongs to somebody else already; nothing of the batch is written.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    for _, details in [*new, *changed]:
        _check(details, at)
    try:
        with transaction.atomic():
            Patient.objects.bulk_create([_patient(key, told, at, version=1, imported=1) for key, told in new])
            given = dict(changed)
            corrected, replaced = set(), []
            for old in locks.rows(Patient.objects.all(), [key for key, _ in changed]):
                version = old.version + 1
                if old.version == old.imported_version and old.merged_into_id is None and not old.archived_reason:
                    replaced.append((old.id, given[old.id]))
                    _patient(old.id, given[old.id], at, version=version, imported=version).save(force_update=True)
                else:
                    corrected.add(old.id)
                    _add_to(old, given[old.id], at)
            remove_parts([key for key, _ in replaced])
            write_parts([*new, *replaced])
            write_traits([*new, *replaced])
    except IntegrityError as error:
        raise _explained(error) from error
    rows = [audit.event("patient.imported", by=by, at=at, patient_id=key, subject=source) for key, _ in new]
    kept = {"kept": "the hospital's own corrections"}
    rows += [
        audit.event("patient.updated", by=by, at=at, patient_id=key, details=kept if key in corrected else None)
        for key, _ in changed
    ]
    audit.record_many(rows)
    return frozenset(corrected)


def _add_to(old: Patient, told: PatientDetails, at: datetime) -> None:
    """Add what a source tells to a patient who was corrected here; nothing that stands is replaced or removed."""
    for name in ("deceased", "deceased_at", "language", "interpreter_needed", "communication_needs", "marital_status"):
        if not getattr(old, name):
            setattr(old, name, getattr(told, name))
    if old.sex == Patient.Sex.UNKNOWN:
        old.sex = told.sex
    if old.birth_on is None:
        old.birth_on, old.birth_precision = told.birth_on, told.birth_precision
    old.version, old.changed_at = old.version + 1, at
    old.save(force_update=True)
    new: dict[str, Any] = {"names": ()}
    for part in ("identifiers", "telecoms", "addresses", "contacts"):
        rows = getattr(told, part)
        columns = [column.name for column in fields(rows[0])] if rows else []
        stands = set(_PARTS[part]._default_manager.filter(patient_id=old.id).values_list(*columns)) if rows else set()
        new[part] = tuple(one for one in rows if astuple(one) not in stands)
    write_parts([(old.id, replace(told, **new))])
    rewrite_traits([old.id])


def _with_identifiers(details: PatientDetails, identifiers: tuple[IdentifierDetails, ...]) -> PatientDetails:
    return PatientDetails(**{**details.__dict__, "identifiers": identifiers})


def _check(details: PatientDetails, at: datetime) -> None:
    if not any(name.given or name.family for name in details.names):
        raise UnusableDetails("a patient needs at least one name; for an unknown person, use what identifies them here")
    if why := births.trouble(details.birth_on, today=hospital_day(at)):
        raise UnusableDetails(f"the birth date {details.birth_on} {why}")
    if details.mother_id and details.birth_on and details.birth_precision == "day":
        mothers = Patient.objects.filter(pk=details.mother_id, birth_on__gte=details.birth_on)
        if mothers.exists():
            raise UnusableDetails("the mother was born later than her child; look at both birth dates")


def _check_numbers(told: Iterable[IdentifierDetails]) -> None:
    """Refuse what a desk mistyped; an import keeps a number as its source has it, and a kept one stays."""
    by_system = {one.system: one for one in told}
    for issuer in IdentifierIssuer.objects.filter(system__in=by_system.keys()).order_by("id"):
        number = by_system[issuer.system]
        if why := numbers.trouble(number.value, pattern=issuer.pattern, check=issuer.check_digit):
            raise MalformedNumber(number, why)


def _next_number() -> str:
    return next_numbers(1)[0]


def next_numbers(count: int) -> list[str]:
    """Return so many hospital numbers that nobody has had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_patient_number') FROM generate_series(1, %s)", [count])
        return [f"{number}{luhn_digit(str(number))}" for (number,) in cursor.fetchall()]


def _patient(key: UUID, details: PatientDetails, at: datetime, *, version: int, imported: int | None = None) -> Patient:
    return Patient(
        id=key,
        active=details.active,
        name_text=naming.shown(details.names),
        search_words=naming.words(details.names),
        sex=details.sex,
        birth_on=details.birth_on,
        birth_precision=details.birth_precision,
        deceased=details.deceased,
        deceased_at=details.deceased_at,
        language=details.language,
        interpreter_needed=details.interpreter_needed,
        communication_needs=details.communication_needs,
        marital_status=details.marital_status,
        mother_id=details.mother_id,
        version=version,
        imported_version=imported,
        changed_at=at,
    )


def write_parts(patients: Iterable[tuple[UUID, PatientDetails]]) -> None:
    """Write names, numbers, telephones, addresses and contacts beside what stands."""
    patients = list(patients)
    vocabulary = sorted({word for _, details in patients for word in naming.words(details.names)})
    NameWord.objects.bulk_create([NameWord(word=word) for word in vocabulary], ignore_conflicts=True)
    rows: dict[str, list[Any]] = {part: [] for part in _PARTS}
    for key, details in patients:
        for part, model in _PARTS.items():
            rows[part] += [model(patient_id=key, **asdict(one)) for one in getattr(details, part)]
    for part, model in _PARTS.items():
        model._default_manager.bulk_create(rows[part], batch_size=1000)


def write_traits(patients: Iterable[tuple[UUID, PatientDetails]]) -> None:
    """Keep what possible duplicates of these patients are found by; they are to be compared anew."""
    rows = [(key, comparing.person(details)) for key, details in patients]
    PatientTraits.objects.bulk_create(
        [PatientTraits(patient_id=key, keys=comparing.keys(one), told=comparing.as_json(one)) for key, one in rows],
        update_conflicts=True,
        unique_fields=["patient"],
        update_fields=["keys", "told", "compared"],
        batch_size=1000,
    )


def keep_words(patient_id: UUID) -> dict[str, Any]:
    """Return the columns of a patient that follow from the names that the record has now; the caller writes them."""
    names = list(PatientName.objects.filter(patient_id=patient_id).order_by("id"))
    words = naming.words(names)
    NameWord.objects.bulk_create([NameWord(word=word) for word in words], ignore_conflicts=True)
    return {"name_text": naming.shown(names), "search_words": words} if names else {}


def rewrite_traits(keys: Sequence[UUID]) -> None:
    """The same, from what the record knows now."""
    patients = Patient.objects.filter(pk__in=keys).prefetch_related(*known.PARTS).order_by("pk")
    write_traits([(one.pk, known.known_details(one)) for one in patients])


def remove_parts(keys: Sequence[UUID]) -> None:
    """Remove all of them."""
    for model in _PARTS.values():
        model._default_manager.filter(patient_id__in=keys).delete()


def _differences(old: Patient, new: Patient) -> list[str]:
    technical = {"id", "version", "imported_version", "changed_at", "search_words"}
    names = [field.attname for field in Patient._meta.concrete_fields if field.name not in technical]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _explained(error: IntegrityError) -> Exception:
    if "identifier_names_one_patient" in str(error):
        return IdentifierTaken("another patient has one of these numbers; look for a duplicate before you go on")
    return error
