"""Planning, opening, moving and closing encounters."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import encounter_course
from ehospital.algorithms.encounter_course import State
from ehospital.clinical.actions import writing
from ehospital.clinical.details import EncounterDetails
from ehospital.clinical.models import Encounter
from ehospital.people import access


class EncounterNotOpen(RuntimeError):
    """The encounter has ended, or never took place."""


class EncounterMoved(RuntimeError):
    """A colleague has moved the encounter since it was read; nothing was written."""


class NoSuchStep(ValueError):
    """An encounter does not go from where it is to there; nothing was written."""


class StayRunning(ValueError):
    """The patient is an inpatient already; nothing was written. Finish that stay, or go on with it."""


@transaction.atomic
def plan_encounter(patient_id: UUID, details: EncounterDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Plan an encounter and return its id; `details.started_at` is when it is to be, where that is known.

    Raises:
        NotPermitted: `by` may not write into this chart.
    """
    planned = replace(details, status="planned", ended_at=None)
    return writing.write_line("encounters", patient_id, planned, what="encounter.planned", by=by, at=at)


@transaction.atomic
def open_encounter(patient_id: UUID, details: EncounterDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Open an encounter now (or at `details.started_at`, when that has passed) and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture: it is to start later; plan it instead.
        StayRunning: nothing is written.
    """
    writing.not_after(details.started_at, at, "the start")
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    _refuse_second_stay(patient_id, details.setting)
    opened = replace(details, status="in-progress", started_at=details.started_at or at, ended_at=None)
    return writing.write_line("encounters", patient_id, opened, what="encounter.opened", by=by, at=at)


@transaction.atomic
def move_encounter(
    encounter_id: UUID, to: str, *, seen: str, outcome: str = "", by: access.Actor, at: datetime
) -> None:
    """Take an encounter one step further, or one back, as `algorithms.encounter_course` allows.

    Arriving begins it now; finishing ends it now, with where the patient goes; back from the end, it has none any more.

    Args:
        to: the state that it shall have.
        seen: the state that `by` saw it in.
    Raises:
        UnknownEntry: no such encounter that `by` may write to, or it was entered in error.
        EncounterMoved, NoSuchStep, StayRunning: nothing is written.
    """
    encounter = writing.locked(Encounter, encounter_id, by=by)
    if encounter.status == Encounter.Status.ENTERED_IN_ERROR:
        raise writing.UnknownEntry(f"{encounter_id} was entered in error")
    if encounter.status != seen:
        raise EncounterMoved(f"the encounter is {encounter.get_status_display()}")
    if not encounter_course.may_become(seen, to, encounter.setting):
        raise NoSuchStep(f"from {seen} to {to}")
    if to == State.IN_PROGRESS and seen != State.ON_LEAVE:
        _refuse_second_stay(encounter.patient_id, encounter.setting, but=encounter_id)
    if to == State.ARRIVED or encounter.started_at is None:
        encounter.started_at = at if to in encounter_course.HERE else encounter.started_at
    encounter.ended_at = max(at, encounter.started_at or at) if to == State.FINISHED else None
    encounter.outcome = outcome[:250] if to == State.FINISHED else ""
    encounter.status = to
    encounter.save(update_fields=["status", "started_at", "ended_at", "outcome"])
    what = "encounter.closed" if to == State.FINISHED else "encounter.moved"
    writing.noted(encounter, what, by=by, at=at, details={"from": seen, "to": str(to)})


@transaction.atomic
def close_encounter(encounter_id: UUID, *, outcome: str = "", by: access.Actor, at: datetime) -> None:
    """End an open encounter now, wherever on its way it is.

    Args:
        outcome: where the patient goes, in words.
    Raises:
        UnknownEntry: no such encounter that `by` may write to.
        EncounterNotOpen: it has ended already; nothing is written.
    """
    encounter = writing.locked(Encounter, encounter_id, by=by)
    if encounter.status not in encounter_course.HERE:
        raise EncounterNotOpen(f"the encounter is {encounter.get_status_display()}")
    encounter.status, encounter.ended_at, encounter.outcome = Encounter.Status.FINISHED, at, outcome
    encounter.save(update_fields=["status", "ended_at", "outcome"])
    writing.noted(encounter, "encounter.closed", by=by, at=at)


def _refuse_second_stay(patient_id: UUID, setting: str, *, but: UUID | None = None) -> None:
    if setting != Encounter.Setting.INPATIENT:
        return
    running = Encounter.objects.filter(
        patient_id=patient_id,
        setting=setting,
        status__in=encounter_course.STAYING,
    )
    if running.exclude(pk__in=[but] if but else []).exists():
        raise StayRunning("a stay in hospital is running")
