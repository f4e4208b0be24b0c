"""A whole record at once, newest first: what patients read and print of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from ehospital.clinical.models import (
    CarePlan,
    Document,
    Encounter,
    FamilyHistory,
    Immunisation,
    MedicineTaken,
    Note,
    Order,
    Pregnancy,
    Problem,
    Procedure,
)
from ehospital.clinical.queries import allergy_states, clinicians_notes, histories, lists, ordering, trends
from ehospital.clinical.queries.confidential import hidden_from, shown
from ehospital.clinical.queries.opening import opened
from ehospital.people import access
from ehospital.people.models import Patient

Line = TypeVar("Line", bound=Model)


@dataclass(frozen=True)
class Newest(Generic[Line]):
    """The newest lines of one list; `more` says that older ones were left out."""

    lines: tuple[Line, ...]
    more: bool


@dataclass(frozen=True)
class WholeRecord:
    """Every list of a chart.

    `patient` has its identifiers loaded, `problems` are what the patient has now and `medicines` what is taken now,
    both whole; `results` is the latest of each concept with its trend; the other lists hold their newest lines.
    """

    patient: Patient
    allergies: allergy_states.AllergyList
    problems: Sequence[Problem]
    medicines: Sequence[MedicineTaken]
    results: Sequence[trends.Trend]
    immunisations: Newest[Immunisation]
    family_history: Newest[FamilyHistory]
    pregnancies: Newest[Pregnancy]
    encounters: Newest[Encounter]
    procedures: Newest[Procedure]
    documents: Newest[Document]
    notes: Newest[Note]
    care_plans: Newest[CarePlan]
    orders: Newest[Order]
    restricted: bool


def open_record(patient_id: UUID, *, viewer: access.Actor, at: datetime, most: int) -> WholeRecord:
    """Open a whole record: one audit event `chart.read`, at most 24 questions to the database whatever it holds.

    Args:
        most: how many lines of each long list are wanted.
    Raises:
        NotPermitted: `viewer` may not open this chart, or there is no such patient.
    """
    patient = opened(patient_id, viewer=viewer, at=at, part="whole record")
    return read(patient, viewer=viewer, at=at, most=most)


def read(patient: Patient, *, viewer: access.Actor, at: datetime, most: int) -> WholeRecord:
    """Return the whole record of a patient whose chart the viewer has open already, as it stands at that moment."""
    patient_id = patient.id
    own: Any = {"viewer": viewer, "patient_id": patient_id}
    notes = clinicians_notes.notes_of(patient_id, shared_only=viewer.kind == "patient")
    return WholeRecord(
        patient=patient,
        allergies=allergy_states.read(patient_id),
        problems=tuple(shown(lists.active_problems_of(patient_id), **own)),
        medicines=tuple(shown(lists.current_medicines_of(patient_id, at=at), **own)),
        results=tuple(
            trends.read(patient_id, final_only=viewer.kind == "patient", hidden=hidden_from(viewer, patient_id))
        ),
        immunisations=_newest(shown(lists.immunisations_of(patient_id), **own), most),
        family_history=_newest(shown(histories.family_history_of(patient_id), **own), most),
        pregnancies=_newest(shown(histories.pregnancies_of(patient_id), **own), most),
        encounters=_newest(shown(lists.encounters_of(patient_id), **own), most),
        procedures=_newest(shown(lists.procedures_of(patient_id), **own), most),
        documents=_newest(shown(lists.documents_of(patient_id), **own), most),
        notes=_newest(shown(notes, **own), most),
        care_plans=_newest(shown(_plans_told(patient_id, viewer), **own), most),
        orders=_newest(shown(ordering.asked_of(patient_id), **own), most),
        restricted=bool(hidden_from(viewer, patient_id)),
    )


def _plans_told(patient_id: UUID, viewer: access.Actor) -> "QuerySet[CarePlan]":
    """Return the plans; a patient is shown none that is still a draft."""
    found = lists.care_plans_of(patient_id)
    return found.exclude(status="draft") if viewer.kind == "patient" else found


def _newest(found: "QuerySet[Line]", most: int) -> Newest[Line]:
    lines = tuple(found[: most + 1])
    return Newest(lines[:most], len(lines) > most)
