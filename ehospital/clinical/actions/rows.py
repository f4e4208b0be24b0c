"""Rows of one chart written many at a time, with what belongs to each: reactions, activities, parts of panels."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from ehospital.clinical import models
from ehospital.clinical.actions import columns
from ehospital.clinical.actions.upserting import upsert
from ehospital.clinical.details import ObservationDetails


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


def write_ties(care_plans: list[Any], again: Iterable[UUID], *, patient_id: UUID) -> None:
    """Write which problems care plans are for; those whose ids are in `again` may have been for others before."""
    old = [line.id for line in care_plans if line.id in again]
    models.PlanProblem.objects.filter(care_plan_id__in=old, patient_id=patient_id).delete()
    ties = [(line.id, problem) for line in care_plans for problem in line.problem_ids]
    more = {
        "id": [uuid5(plan, f"problem {problem}") for plan, problem in ties],
        "patient_id": [patient_id] * len(ties),
        "care_plan_id": [plan for plan, _ in ties],
        "problem_id": [problem for _, problem in ties],
    }
    upsert(models.PlanProblem, ties, {}, more)


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
