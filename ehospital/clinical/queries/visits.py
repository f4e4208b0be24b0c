"""An outpatient visit as its page shows it, as it is printed, and those that somebody has open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from ehospital.algorithms import encounter_course
from ehospital.clinical.models import (
    Encounter,
    MedicineTaken,
    Note,
    NoteDraft,
    Observation,
    Prescription,
    Problem,
    Visit,
    VisitDraft,
)
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.policies import prescriptions
from ehospital.clinical.policies.prescriptions import Speaking
from ehospital.clinical.policies.visits import OUTPATIENT
from ehospital.clinical.queries import allergy_states, clinicians_notes, lists
from ehospital.clinical.queries.confidential import hidden_from, shown
from ehospital.clinical.queries.opening import look
from ehospital.foundation import audit
from ehospital.kernel.codes import Code
from ehospital.people import access
from ehospital.people.models import Patient

REASONS, RESULTS, KNOWN = 5, 12, 60


@dataclass(frozen=True)
class Taken:
    """A medicine that the patient takes, and the recorded allergies that speak against it."""

    medicine: MedicineTaken
    speaking: tuple[Speaking, ...]


@dataclass(frozen=True)
class Since:
    """The visit before, and what changed since: without one, what changed is not told apart."""

    encounter: Encounter | None
    note: Note | None
    results: tuple[Observation, ...] = ()
    problems: tuple[Problem, ...] = ()
    stays: tuple[Encounter, ...] = ()


@dataclass(frozen=True)
class OpenVisit:
    """Everything that the page of a visit shows besides the frame of the chart.

    `known` are the medicines that the record names, newest first: what is picked of them brings its code. `reasons` are
    why the patient came before.
    """

    encounter: Encounter
    draft: VisitDraft | None
    note_draft: NoteDraft | None
    since: Since
    problems: tuple[Problem, ...]
    medicines: tuple[Taken, ...]
    known: tuple[MedicineTaken, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class VisitPaper:
    """A finished visit as it is handed out."""

    patient: Patient
    encounter: Encounter
    visit: Visit
    note: Note | None
    problems: tuple[Problem, ...]
    prescriptions: tuple[Prescription, ...]
    stopped: tuple[MedicineTaken, ...]
    medicines: tuple[MedicineTaken, ...]


def open_visit(patient_id: UUID, encounter_id: UUID, *, viewer: access.Actor, at: datetime) -> OpenVisit:
    """Return what the page of an outpatient visit shows; whether it is still open, its status says.

    Raises:
        NotPermitted: `viewer` may not write into this chart, or it has no such visit.
    """
    access.require(viewer, access.Permission.CHART_WRITE, patient_id=patient_id)
    look(patient_id, viewer=viewer, at=at, part="visit")
    encounter = _encounter(patient_id, encounter_id, viewer, access.Permission.CHART_WRITE)
    allergies = allergy_states.read(patient_id).active
    taken = shown(lists.current_medicines_of(patient_id, at=at), viewer=viewer, patient_id=patient_id)
    drafts = NoteDraft.objects.filter(patient_id=patient_id, author_id=viewer.staff_id, amends=None)
    problems = shown(lists.active_problems_of(patient_id), viewer=viewer, patient_id=patient_id)
    return OpenVisit(
        encounter=encounter,
        draft=VisitDraft.objects.filter(encounter=encounter, author_id=viewer.staff_id).first(),
        note_draft=drafts.filter(kind=Note.Kind.OUTPATIENT).first(),
        since=_since(patient_id, encounter, viewer),
        problems=tuple(problems),
        medicines=tuple(Taken(one, _speaking(one, allergies)) for one in taken),
        known=tuple(_known(patient_id, viewer)),
        reasons=_reasons(patient_id, encounter, viewer),
    )


def has_visit(patient_id: UUID, encounter_id: UUID) -> bool:
    """Tell whether an outpatient visit is one of this patient, for whoever was let into the chart already."""
    return Encounter.objects.filter(pk=encounter_id, patient_id=patient_id, setting__in=OUTPATIENT).exists()


def allergies_against(
    patient_id: UUID, medicines: Sequence[Code], *, viewer: access.Actor
) -> dict[str, tuple[Speaking, ...]]:
    """Return the recorded allergies that speak against medicines, by their words; the chart is open already.

    Raises:
        NotPermitted: `viewer` may not write into this chart.
    """
    access.require(viewer, access.Permission.CHART_WRITE, patient_id=patient_id)
    allergies = allergy_states.read(patient_id).active
    found = {one.display: prescriptions.speaking_against(one, (), allergies) for one in medicines}
    return {words: speaking for words, speaking in found.items() if speaking}


def visit_paper(patient_id: UUID, encounter_id: UUID, *, viewer: access.Actor, at: datetime) -> VisitPaper | None:
    """Return a finished visit as it is handed out; None while it was never finished on its page.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such visit.
    """
    look(patient_id, viewer=viewer, at=at, part="visit on paper")
    encounter = _encounter(patient_id, encounter_id, viewer, access.Permission.CHART_READ)
    visit = Visit.objects.filter(encounter=encounter).order_by("-finished_at", "-id").first()
    patient = access.patient(viewer, access.Permission.CHART_READ, patient_id, "identifiers")
    if visit is None or patient is None:
        return None
    own: Any = {"viewer": viewer, "patient_id": patient_id}
    stopped = shown(lists.medicines_of(patient_id), **own).filter(status="stopped", ended_at=visit.finished_at)
    taken = shown(lists.current_medicines_of(patient_id, at=max(at, visit.finished_at)), **own)
    notes = shown(clinicians_notes.notes_of(patient_id, shared_only=False), **own)
    return VisitPaper(
        patient=patient,
        encounter=encounter,
        visit=visit,
        note=notes.filter(pk=visit.note_id).first(),
        problems=tuple(shown(lists.problems_of(patient_id), **own).filter(pk__in=visit.problem_ids)),
        prescriptions=tuple(prescriptions_of(encounter).exclude(medicine_id__in=hidden_from(viewer, patient_id))),
        stopped=tuple(stopped),
        medicines=tuple(taken),
    )


def prescriptions_of(encounter: Encounter) -> "QuerySet[Prescription]":
    """Return what was prescribed at a visit, without what was entered in error."""
    found = Prescription.objects.filter(encounter=encounter).exclude(medicine__status=ENTERED_IN_ERROR)
    return found.select_related("medicine").order_by("signed_at", "id")


def my_visits(*, viewer: access.Actor, at: datetime) -> tuple[Encounter, ...]:
    """Return the outpatient visits of the viewer's own that are open or planned, of patients whose chart they may open.

    What is open comes first, then what is planned, the earliest first.
    """
    visible = access.visible_patients(viewer, access.Permission.CHART_READ)
    mine = Encounter.objects.filter(clinician_id=viewer.staff_id, setting__in=OUTPATIENT, patient__in=visible)
    states = [*encounter_course.HERE, Encounter.Status.PLANNED]
    found = mine.filter(status__in=states, clinician__isnull=False).select_related("patient")
    lines = tuple(found.order_by(F("status").desc(), F("started_at").asc(nulls_last=True), "id")[:KNOWN])
    lines = tuple(sorted(lines, key=lambda one: one.status == Encounter.Status.PLANNED))
    audit.record_listed("visits.read", [one.patient_id for one in lines], by=viewer, at=at)
    return lines


def _encounter(patient_id: UUID, key: UUID, viewer: access.Actor, permission: access.Permission) -> Encounter:
    rows = shown(lists.encounters_of(patient_id), viewer=viewer, patient_id=patient_id)
    found = rows.filter(pk=key, setting__in=OUTPATIENT).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    return found


def _speaking(one: MedicineTaken, allergies: Sequence[object]) -> tuple[Speaking, ...]:
    others = [Code(*other) for other in one.other_codes]
    return prescriptions.speaking_against(Code(one.code_system, one.code, one.display), others, allergies)  # type: ignore[arg-type]


def _since(patient_id: UUID, encounter: Encounter, viewer: access.Actor) -> Since:
    own: Any = {"viewer": viewer, "patient_id": patient_id}
    encounters = shown(lists.encounters_of(patient_id), **own)
    before = encounters.filter(setting__in=OUTPATIENT, status="finished")
    before = before.exclude(pk=encounter.pk)
    last = before.first()
    notes = shown(clinicians_notes.notes_of(patient_id, shared_only=False), **own)
    note = (notes.filter(encounter=last).first() if last else None) or notes.first()
    moment = (last.ended_at or last.started_at) if last else None
    if moment is None:
        return Since(last, note)
    results = shown(Observation.objects.filter(patient_id=patient_id, panel=None, category="laboratory"), **own)
    newer = results.filter(Q(effective_at__gt=moment) | Q(issued_at__gt=moment)).exclude(status=ENTERED_IN_ERROR)
    stays = encounters.filter(started_at__gt=moment).exclude(pk=encounter.pk)
    return Since(
        encounter=last,
        note=note,
        results=tuple(newer.order_by("-effective_at", "-id")[:RESULTS]),
        problems=tuple(shown(lists.problems_of(patient_id), **own).filter(recorded_at__gt=moment)[:RESULTS]),
        stays=tuple(stays.exclude(status__in=["planned", "cancelled"])[:REASONS]),
    )


def _known(patient_id: UUID, viewer: access.Actor) -> list[MedicineTaken]:
    found: dict[str, MedicineTaken] = {}
    for one in shown(lists.medicines_of(patient_id), viewer=viewer, patient_id=patient_id)[: KNOWN * 3]:
        found.setdefault(one.display.casefold(), one)
    return list(found.values())[:KNOWN]


def _reasons(patient_id: UUID, encounter: Encounter, viewer: access.Actor) -> tuple[str, ...]:
    visits = shown(lists.encounters_of(patient_id), viewer=viewer, patient_id=patient_id).filter(setting__in=OUTPATIENT)
    told = visits.exclude(pk=encounter.pk).exclude(reason="")
    return tuple(dict.fromkeys(told.values_list("reason", flat=True)[: REASONS * 4]))[:REASONS]
