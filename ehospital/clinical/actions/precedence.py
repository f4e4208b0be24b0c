"""What of an import does not stand: against a word of this hospital, or as a link out of the patient's own chart."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from ehospital.clinical import models
from ehospital.clinical.actions import columns
from ehospital.clinical.actions.provenance import Sorting
from ehospital.clinical.details import Record
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.mistakes import KINDS

_LINKS = {"encounter_id": "encounters", "document_id": "documents", "care_plan_id": "care_plans"}
_LISTS = (("reports", "result_ids", "observations"), ("care_plans", "problem_ids", "problems"))
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


def keep_revised(patient_id: UUID, changed: dict[str, list[Any]], sorting: Sorting) -> None:
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


def keep_mistakes(patient_id: UUID, changed: dict[str, list[Any]]) -> None:
    """Let what was marked as entered in error here stay so, in `changed`, whatever its source says of it now."""
    if not any(changed.values()):
        return
    marked = set(standing().filter(patient_id=patient_id).values_list("entry_id", flat=True))
    for name, lines in changed.items() if marked else ():
        kind = KINDS[name]
        changed[name] = [replace(one, **{kind.field: kind.wrong}) if one.id in marked else one for one in lines]


def cut_foreign_links(
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
    for part, attribute, name in _LISTS:
        inside = {line.id for line in getattr(record, name)} - refused
        outside = {key for line in changed[part] for key in getattr(line, attribute)} - inside
        wrong = outside - _in_chart(columns.TABLES[name][0], outside, patient_id)
        for place, line in enumerate(changed[part]):
            if wrong.intersection(getattr(line, attribute)):
                unlinked.add(line.id)
                kept = tuple(key for key in getattr(line, attribute) if key not in wrong)
                changed[part][place] = replace(line, **{attribute: kept})
    return unlinked


def _in_chart(model: type[Any], keys: set[UUID], patient_id: UUID) -> set[UUID]:
    if not keys:
        return set()
    return set(model.objects.filter(pk__in=keys, patient_id=patient_id).values_list("pk", flat=True))
