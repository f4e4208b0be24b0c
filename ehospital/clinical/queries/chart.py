"""The first page of a chart, in as few questions to the database as it takes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ehospital.clinical.models import CarePlan, Encounter, MedicineTaken, Problem, SafetyFlag
from ehospital.clinical.queries import allergy_states, lists, timelines, trends
from ehospital.clinical.queries.confidential import hidden_from, shown
from ehospital.clinical.queries.opening import opened
from ehospital.people import access
from ehospital.people.models import Patient

RECENT_ENCOUNTERS = 5
RECENT_LINES = 15


@dataclass(frozen=True)
class Chart:
    """What the first page of a chart shows.

    `patient` has its identifiers loaded. `flags` are those that stand now, `problems` what the patient has now,
    `medicines` what is taken now, `results` the latest of each concept with its trend, `encounters` the last five,
    `care_plans` the running ones (without activities), `recent` the top of the timeline. `restricted` says that some
    lines are not shown to this viewer.
    """

    patient: Patient
    flags: tuple[SafetyFlag, ...]
    allergies: allergy_states.AllergyList
    problems: tuple[Problem, ...]
    medicines: tuple[MedicineTaken, ...]
    results: tuple[trends.Trend, ...]
    encounters: tuple[Encounter, ...]
    care_plans: tuple[CarePlan, ...]
    recent: timelines.TimelinePage
    restricted: bool


@dataclass(frozen=True)
class Head:
    """What stands over every page of a chart: who it is, what harms them, what to mind.

    `restricted` says that some lines are not shown to this viewer.
    """

    patient: Patient
    flags: tuple[SafetyFlag, ...]
    allergies: allergy_states.AllergyList
    restricted: bool


def open_head(patient_id: UUID, *, viewer: access.Actor, at: datetime, part: str) -> Head:
    """Open one part of a chart: one audit event `chart.read` naming the part.

    Raises:
        NotPermitted: `viewer` may not open this chart, or there is no such patient.
    """
    patient = opened(patient_id, viewer=viewer, at=at, part=part)
    flags = tuple(lists.raised_flags_of(patient_id, at=at))
    return Head(patient, flags, allergy_states.read(patient_id), bool(hidden_from(viewer, patient_id)))


def open_chart(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Chart:
    """Open a chart: one audit event `chart.read`, at most 16 questions to the database whatever the chart holds.

    Raises:
        NotPermitted: `viewer` may not open this chart, or there is no such patient.
    """
    patient = opened(patient_id, viewer=viewer, at=at, part="summary")
    hidden = hidden_from(viewer, patient_id)
    own: Any = {"viewer": viewer, "patient_id": patient_id}
    return Chart(
        patient=patient,
        flags=tuple(lists.raised_flags_of(patient_id, at=at)),
        allergies=allergy_states.read(patient_id),
        problems=tuple(shown(lists.active_problems_of(patient_id), **own)),
        medicines=tuple(shown(lists.current_medicines_of(patient_id, at=at), **own)),
        results=tuple(trends.read(patient_id, final_only=viewer.kind == "patient", hidden=hidden)),
        encounters=tuple(shown(lists.encounters_of(patient_id), **own)[:RECENT_ENCOUNTERS]),
        care_plans=tuple(shown(lists.active_care_plans_of(patient_id, at=at), **own)),
        recent=timelines.read(patient_id, lines=RECENT_LINES, shared_only=viewer.kind == "patient", hidden=hidden),
        restricted=bool(hidden),
    )
