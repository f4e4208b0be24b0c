"""Writing a whole record that was made elsewhere: by another system, or by the hospital simulator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ehospital.clinical import models
from ehospital.clinical.actions import columns
from ehospital.clinical.actions.upserting import upsert
from ehospital.clinical.details import ObservationDetails, Provenance, Record, digest
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.mistakes import KINDS
from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people import queries as people_queries
from ehospital.people.details import PatientDetails
from ehospital.people.models import Patient, PatientIdentifier

_LINKS = {"encounter_id": "encounters", "document_id": "documents", "care_plan_id": "care_plans"}
OWN = Provenance("ehospital")
# What this hospital has made its own: changed, or, of a plan, followed; a goal goes with its plan.
_REVISED: dict[str, Any] = {
    "problems": Q(revised_at__isnull=False),
    "allergies": Q(revised_at__isnull=False),
    "procedures": Q(revised_at__isnull=False),
    "immunisations": Q(revised_at__isnull=False),
    "family_history": Q(revised_at__isnull=False),
    "pregnancies": Q(revised_at__isnull=False),
    "care_plans": Q(revised_at__isnull=False)
    | Exists(models.CareActivityEvent.objects.filter(care_plan=OuterRef("pk"))),
    "goals": Q(care_plan__revised_at__isnull=False)
    | Exists(models.CareActivityEvent.objects.filter(care_plan=OuterRef("care_plan"))),
}


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
        record: the lines. A link (`encounter_id`, `document_id`, `care_plan_id`, `result_ids`) may lead to another line
            of this record or to one that this patient's chart has already; any other is dropped and told in `unlinked`.
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
    known = _known([patient_id, *_ids(record)])
    refused = frozenset(key for key, (_, owner) in known.items() if owner != patient_id)
    sorting = _Sorting(patient_id, known, refused)
    taken, corrected = _write_patient(patient_id, patient, sorting, by=by, at=at)
    unlinked = _write_lines(patient_id, record, sorting, at=at)
    _remember(patient_id, sorting, provenance, at=at)
    if unit_id is not None and patient_id not in refused:
        people.receive(patient_id=patient_id, unit_id=unit_id, source=f"import:{provenance.source}"[:100], by=by, at=at)
    if sorting.counts:
        audit.record("record.imported", by=by, at=at, patient_id=patient_id, details=sorting.counts)
    everything = frozenset([*_ids(record), *([patient_id] if patient else [])])
    imported, updated = frozenset(sorting.imported), frozenset(sorting.updated)
    unchanged = everything - imported - updated - refused
    return Written(
        imported,
        updated,
        unchanged,
        refused=refused & everything,
        unlinked=frozenset(unlinked),
        numbers_taken=taken,
        revised=frozenset(sorting.revised),
        corrected=corrected,
    )


class _Sorting:
    """Tells new from changed from same, and keeps what has to be remembered."""

    def __init__(
        self, patient_id: UUID, known: dict[UUID, tuple[bytes, UUID | None]], refused: frozenset[UUID]
    ) -> None:
        self.patient_id = patient_id
        self.known = known
        self.refused = refused
        self.imported: dict[UUID, bytes] = {}
        self.updated: dict[UUID, bytes] = {}
        self.names: dict[UUID, str] = {}
        self.counts: dict[str, int] = {}
        self.revised: set[UUID] = set()

    def changed(self, key: UUID, details: Any, name: str) -> bool:
        """Tell whether the line has to be written, and note it down when it has."""
        if key in self.refused:
            return False
        mark, before = digest(details), self.known.get(key)
        if before is not None and before[0] == mark:
            return False
        (self.imported if before is None else self.updated)[key] = mark
        self.names[key] = name
        self.counts[name] = self.counts.get(name, 0) + 1
        return True

    def leave(self, keys: set[UUID], name: str) -> None:
        """Forget that these lines were to be written."""
        for key in keys:
            del self.updated[key], self.names[key]
        if keys:
            self.revised |= keys
            self.counts[name] -= len(keys)
            self.counts = {part: count for part, count in self.counts.items() if count}


def _ids(record: Record) -> list[UUID]:
    return [line.id for name in columns.TABLES for line in getattr(record, name)]


def _known(ids: Sequence[UUID]) -> dict[UUID, tuple[bytes, UUID | None]]:
    rows = models.ImportedResource.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "digest", "patient_id")
    return {key: (bytes(mark), owner) for key, mark, owner in rows}


def _write_patient(
    patient_id: UUID, details: PatientDetails | None, sorting: _Sorting, *, by: access.Actor, at: datetime
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
    rows = [(patient_id, kept)]
    corrected = people.import_patients([] if exists else rows, rows if exists else [], by=by, at=at)
    return taken, patient_id in corrected


def _write_lines(patient_id: UUID, record: Record, sorting: _Sorting, *, at: datetime) -> set[UUID]:
    changed: dict[str, list[Any]] = {}
    for name in columns.TABLES:
        lines = {line.id: line for line in getattr(record, name)}  # the last one of an id stands
        changed[name] = [line for line in lines.values() if sorting.changed(line.id, line, name)]
    _keep_revised(patient_id, changed, sorting)
    _keep_mistakes(patient_id, changed)
    unlinked = _cut_foreign_links(patient_id, changed, record, sorting.refused)
    for name, (model, getters) in columns.TABLES.items():
        write_rows(model, changed[name], getters, patient_id=patient_id, at=at)
    again = sorting.updated.keys()
    write_reactions(changed["allergies"], again, patient_id=patient_id)
    write_activities(changed["care_plans"], again, patient_id=patient_id)
    write_parts(changed["observations"], again, patient_id=patient_id, at=at)
    return unlinked


def write_rows(
    model: type[Any], lines: list[Any], getters: Any, *, patient_id: UUID, at: datetime, **more: Sequence[Any]
) -> None:
    """Write rows of one table for one patient, in the caller's transaction; `more` are further columns."""
    sure: dict[str, Sequence[Any]] = {
        "patient_id": [patient_id] * len(lines),
        "recorded_at": [line.recorded_at or at for line in lines],
    }
    if model is models.Observation:
        sure |= {"panel_id": [None] * len(lines), "position": [0] * len(lines)}
    upsert(model, lines, getters, {**sure, **more})


def _keep_revised(patient_id: UUID, changed: dict[str, list[Any]], sorting: "_Sorting") -> None:
    """Leave out of `changed` what was revised here since it came: a clinician's word stands over what was sent."""
    for name, revised in _REVISED.items():
        again = [line.id for line in changed[name] if line.id in sorting.updated]
        if again:
            model: type[Any] = columns.TABLES[name][0]
            rows = model._default_manager.filter(revised, pk__in=again, patient_id=patient_id)
            ours = set(rows.values_list("pk", flat=True))
            changed[name] = [line for line in changed[name] if line.id not in ours]
            sorting.leave(ours, name)
    # What a prescription of this hospital replaced is over, whatever its source goes on saying of it.
    again = [line.id for line in changed["medicines"] if line.id in sorting.updated]
    if again:
        replaced = models.Prescription.objects.filter(replaces_id__in=again, patient_id=patient_id)
        ours = set(replaced.values_list("replaces_id", flat=True))
        changed["medicines"] = [line for line in changed["medicines"] if line.id not in ours]
        sorting.leave(ours, "medicines")


def _keep_mistakes(patient_id: UUID, changed: dict[str, list[Any]]) -> None:
    """Let what was marked as entered in error here stay so, in `changed`, whatever its source says of it now."""
    if not any(changed.values()):
        return
    marked = set(standing().filter(patient_id=patient_id).values_list("entry_id", flat=True))
    for name, lines in changed.items() if marked else ():
        kind = KINDS[name]
        changed[name] = [replace(one, **{kind.field: kind.wrong}) if one.id in marked else one for one in lines]


def _cut_foreign_links(
    patient_id: UUID, changed: dict[str, list[Any]], record: Record, refused: frozenset[UUID]
) -> set[UUID]:
    """Drop, in `changed`, each link that leads neither into the record nor into this patient's chart."""
    unlinked: set[UUID] = set()
    for attribute, name in _LINKS.items():
        inside = {line.id for line in getattr(record, name)} - refused
        lines = [(part, line) for part, all_of_it in changed.items() for line in all_of_it if hasattr(line, attribute)]
        outside = {getattr(line, attribute) for _, line in lines} - inside - {None}
        model = columns.TABLES[name][0]
        wrong = outside - _in_chart(model, outside, patient_id)
        for part, line in lines if wrong else ():
            if getattr(line, attribute) in wrong:
                unlinked.add(line.id)
                changed[part][changed[part].index(line)] = replace(line, **{attribute: None})
    inside = {line.id for line in record.observations} - refused
    outside = {key for report in changed["reports"] for key in report.result_ids} - inside
    wrong = outside - _in_chart(models.Observation, outside, patient_id)
    for place, report in enumerate(changed["reports"]):
        if wrong.intersection(report.result_ids):
            unlinked.add(report.id)
            kept = tuple(key for key in report.result_ids if key not in wrong)
            changed["reports"][place] = replace(report, result_ids=kept)
    return unlinked


def _in_chart(model: type[Any], keys: set[UUID], patient_id: UUID) -> set[UUID]:
    if not keys:
        return set()
    return set(model.objects.filter(pk__in=keys, patient_id=patient_id).values_list("pk", flat=True))


def write_reactions(allergies: list[Any], again: Iterable[UUID], *, patient_id: UUID) -> None:
    """Write the reactions of allergies; those whose ids are in `again` had others before."""
    old = [line.id for line in allergies if line.id in again]
    models.AllergyReaction.objects.filter(allergy_id__in=old, patient_id=patient_id).delete()
    placed = [(line.id, place, one) for line in allergies for place, one in enumerate(line.reactions)]
    more = {
        "id": [uuid5(key, f"reaction {place}") for key, place, _ in placed],
        "patient_id": [patient_id] * len(placed),
        "allergy_id": [key for key, _, _ in placed],
        "position": [place for _, place, _ in placed],
    }
    upsert(models.AllergyReaction, [one for _, _, one in placed], columns.REACTION, more)


def write_activities(care_plans: list[Any], again: Iterable[UUID], *, patient_id: UUID) -> None:
    """Write the activities of care plans; those whose ids are in `again` had others before."""
    old = [line.id for line in care_plans if line.id in again]
    models.CareActivity.objects.filter(care_plan_id__in=old, patient_id=patient_id).delete()
    placed = [(line.id, place, one) for line in care_plans for place, one in enumerate(line.activities)]
    more = {
        "id": [uuid5(key, f"activity {place}") for key, place, _ in placed],
        "patient_id": [patient_id] * len(placed),
        "care_plan_id": [key for key, _, _ in placed],
        "position": [place for _, place, _ in placed],
        "other_codes": [[] for _ in placed],
    }
    upsert(models.CareActivity, [one for _, _, one in placed], columns.ACTIVITY, more)


def write_parts(panels: list[Any], again: Iterable[UUID], *, patient_id: UUID, at: datetime) -> None:
    """Write the parts of panels as observations that point at them; parts that an update took away are cancelled."""
    parts = [(panel.id, place, _part(panel, place)) for panel in panels for place in range(len(panel.parts))]
    updated = [panel.id for panel in panels if panel.id in again]
    gone = models.Observation.objects.filter(panel_id__in=updated, patient_id=patient_id)
    gone.exclude(pk__in=[one.id for _, _, one in parts]).update(status=models.Observation.Status.ENTERED_IN_ERROR)
    write_rows(
        models.Observation,
        [one for _, _, one in parts],
        columns.OBSERVATION,
        patient_id=patient_id,
        at=at,
        panel_id=[key for key, _, _ in parts],
        position=[place for _, place, _ in parts],
    )


def _part(panel: ObservationDetails, place: int) -> ObservationDetails:
    part = panel.parts[place]
    return replace(
        panel,
        id=uuid5(panel.id, f"part {place}"),
        code=part.code,
        value=part.value,
        interpretation=part.interpretation,
        reference=part.reference,
        other_codes=part.other_codes,
        note="",
        parts=(),
    )


def _remember(patient_id: UUID, sorting: _Sorting, provenance: Provenance, *, at: datetime) -> None:
    marks = sorting.imported | sorting.updated
    keys = list(marks)
    origins = [provenance.origins.get(key) or (sorting.names[key], str(key)) for key in keys]
    more: dict[str, Sequence[Any]] = {
        "source": [provenance.source] * len(keys),
        "kind": [kind for kind, _ in origins],
        "source_id": [key for _, key in origins],
        "patient_id": [patient_id] * len(keys),
        "digest": [marks[key] for key in keys],
        "changed_at": [at] * len(keys),
    }
    upsert(models.ImportedResource, keys, {"id": lambda key: key}, more)
