"""Writing a whole record that was made elsewhere: by another system, or by the hospital simulator."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ehospital.clinical.actions import columns, precedence, relatives, rows
from ehospital.clinical.actions import provenance as prior
from ehospital.clinical.actions.provenance import Sorting
from ehospital.clinical.details import Provenance, Record
from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people import queries as people_queries
from ehospital.people.details import PatientDetails
from ehospital.people.models import Patient, PatientIdentifier

OWN = Provenance("ehospital")


class UnknownPatient(LookupError):
    """The record names a patient whom nobody registered, and brings no demographics."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the ids of a record; every id is in exactly one of the first four."""

    imported: frozenset[UUID]
    updated: frozenset[UUID]
    unchanged: frozenset[UUID]
    refused: frozenset[UUID]
    """The id is a line of another patient's chart: nothing was written of it."""
    unlinked: frozenset[UUID] = frozenset()
    """Written, but without a link that led out of this patient's chart."""
    numbers_taken: tuple[tuple[str, str], ...] = ()
    """Numbers (system, value) of the patient that belong to another patient already; they were not kept."""
    revised: frozenset[UUID] = frozenset()
    """Of the unchanged: the source says something new of them, but this hospital has changed them; ours stands."""
    corrected: bool = False
    """The demographics were corrected in this hospital since the last import: only what was new was added."""


@transaction.atomic
def import_record(
    patient_id: UUID,
    record: Record,
    *,
    by: access.Actor,
    at: datetime,
    patient: PatientDetails | None = None,
    provenance: Provenance = OWN,
    unit_id: UUID | None = None,
) -> Written:
    """Write lines of one patient's chart, and the patient, in one transaction: all of it or nothing.

    Repeatable: an id that was written before with the same details is left alone, with other details it is updated.
    When nothing changed, nothing is written, not even an audit event. About 0.1 ms a line.

    Args:
        patient_id: an id of the caller's choice; the same each time for the same person.
        record: the lines. A link (`encounter_id`, `document_id`, `care_plan_id`, `problem_ids`, `result_ids`) may lead
            to another line of this record or to one that this patient's chart has already; any other is dropped and
            told in `unlinked`. Relatives that came whole (`provenance.relatives`) keep the lines that they had, and
            lines that they no longer have become errors.
            `recorded_by_id`, `clinician_id` and `organisation_id` must exist (see `people.actions`).
        patient: demographics; needed when the patient is new. Numbers that another patient has are not kept.
        provenance: the source, and for each id the source's own (type, id); what it does not name counts as ours.
        unit_id: the unit that takes the patient over, when this source says so for the first time.
    Raises:
        NotPermitted: `by` may not import.
        UnknownPatient: no such patient, and no demographics; nothing is written.
        UnusableDetails: the demographics cannot be a patient; nothing is written.
        IdentifierTaken: somebody registered one of the numbers this very moment; call again.
        IntegrityError: a member of staff or an organisation that is named does not exist (told at commit).
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    standing = people_queries.standing_id(patient_id)
    if standing != patient_id:  # merged since: its lines go where the record points; its details were merged by hand
        written = import_record(standing, record, provenance=provenance, unit_id=unit_id, by=by, at=at)
        return replace(written, unchanged=written.unchanged | ({patient_id} if patient else set()))
    locks.advisory(f"chart:{patient_id}")
    spoken = relatives.told(patient_id, record, provenance.relatives)
    record = spoken.record
    known = prior.known([patient_id, *_ids(record)])
    refused = frozenset(key for key, (_, owner) in known.items() if owner != patient_id)
    sorting = Sorting(patient_id, known, refused)
    taken, corrected = _write_patient(patient_id, patient, sorting, by=by, at=at)
    unlinked = _write_lines(patient_id, record, sorting, at=at)
    prior.remember(patient_id, sorting, provenance, at=at)
    renewed = relatives.take_back(patient_id, spoken, sorting, at=at)
    if unit_id is not None and patient_id not in refused:
        people.receive(patient_id=patient_id, unit_id=unit_id, source=f"import:{provenance.source}"[:100], by=by, at=at)
    if sorting.counts:
        audit.record("record.imported", by=by, at=at, patient_id=patient_id, details=sorting.counts)
    everything = frozenset([*_ids(record), *([patient_id] if patient else [])])
    imported, updated = frozenset(sorting.imported), frozenset(sorting.updated)
    updated |= renewed - imported
    unchanged = everything - imported - updated - refused
    return Written(
        imported, updated, unchanged, refused=refused & everything, unlinked=frozenset(unlinked), numbers_taken=taken,
        revised=frozenset(sorting.revised), corrected=corrected,
    )  # fmt: skip


def _ids(record: Record) -> list[UUID]:
    return [line.id for name in columns.TABLES for line in getattr(record, name)]


def _write_patient(
    patient_id: UUID, details: PatientDetails | None, sorting: Sorting, *, by: access.Actor, at: datetime
) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Write the demographics when they are new or changed; return the numbers that belong to somebody else, and whether
    the hospital's own corrections stood."""
    if details is None:
        if not Patient.objects.filter(pk=patient_id).exists():
            raise UnknownPatient(f"no patient {patient_id}, and nothing to register one with")
        return (), False
    own = {(number.system, number.value): number for number in details.identifiers}
    wanted = Q(pk__in=[])
    for system, value in own:
        wanted |= Q(system=system, value=value)
    others = PatientIdentifier.objects.filter(wanted).exclude(patient_id=patient_id).order_by("system", "value")
    taken = tuple(others.values_list("system", "value"))
    if not sorting.changed(patient_id, details, "patient"):
        return taken, False
    kept = replace(details, identifiers=tuple(number for key, number in own.items() if key not in taken))
    exists = patient_id not in sorting.imported or Patient.objects.filter(pk=patient_id).exists()
    known = [(patient_id, kept)]
    corrected = people.import_patients([] if exists else known, known if exists else [], by=by, at=at)
    return taken, patient_id in corrected


def _write_lines(patient_id: UUID, record: Record, sorting: Sorting, *, at: datetime) -> set[UUID]:
    changed: dict[str, list[Any]] = {}
    for name in columns.TABLES:
        lines = {line.id: line for line in getattr(record, name)}  # the last one of an id stands
        changed[name] = [line for line in lines.values() if sorting.changed(line.id, line, name)]
    precedence.keep_revised(patient_id, changed, sorting)
    precedence.keep_mistakes(patient_id, changed)
    unlinked = precedence.cut_foreign_links(patient_id, changed, record, sorting.refused)
    for name, (model, getters) in columns.TABLES.items():
        rows.write_rows(model, changed[name], getters, patient_id=patient_id, at=at)
    again = sorting.updated.keys()
    rows.write_reactions(changed["allergies"], again, patient_id=patient_id)
    rows.write_activities(changed["care_plans"], again, patient_id=patient_id)
    rows.write_ties(changed["care_plans"], again, patient_id=patient_id)
    rows.write_parts(changed["observations"], again, patient_id=patient_id, at=at)
    return unlinked
