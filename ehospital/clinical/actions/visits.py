"""An outpatient visit on one page: begun, kept while it is typed, finished once with everything that it decided."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import encounter_course
from ehospital.algorithms.encounter_course import State
from ehospital.clinical.actions import encounters, medicines, notes, prescribing, problems, writing
from ehospital.clinical.actions.notes import TooLong, Typed
from ehospital.clinical.details import EncounterDetails, VisitDetails
from ehospital.clinical.models import Encounter, Note, NoteDraft, Problem, Visit, VisitDraft
from ehospital.clinical.policies import drafting
from ehospital.clinical.policies.visits import OUTPATIENT
from ehospital.clinical.queries import presence
from ehospital.foundation import audit, reasons
from ehospital.kernel.codes import Code
from ehospital.people import access

MOST_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTyped:
    """What stands in the page, on top of which versions; 0 where nothing was kept yet. `template` begins the note."""

    fields: Mapping[str, str | list[str]]
    note: str
    template: str = ""
    seen_version: int = 0
    note_version: int = 0
    editor: str = ""
    turn: int = 0


class VisitOver(RuntimeError):
    """The visit is not open any more; nothing was written. `by` finished it, `at` that moment, where that is known."""

    def __init__(self, by: str, at: datetime | None) -> None:
        super().__init__(f"finished by {by or 'somebody'}")
        self.by, self.at = by, at


@transaction.atomic
def begin_visit(
    patient_id: UUID, *, words: str, encounter_id: UUID | None = None, by: access.Actor, at: datetime
) -> UUID:
    """Begin an outpatient visit now, or go on with the one that is open, and return its encounter.

    Args:
        words: what a new visit is called.
        encounter_id: a visit that was planned, or is on its way: that one begins.
    Raises:
        NotPermitted: `by` may not write into this chart.
        UnknownEntry: there is no such outpatient visit in this chart.
        VisitOver: the visit named is over, or was called off.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    found = Encounter.objects.filter(patient_id=patient_id, setting__in=OUTPATIENT)
    if encounter_id is None:
        running = presence.running(patient_id).filter(setting__in=OUTPATIENT).first()
        if running is None:
            new = EncounterDetails(code=Code("", "", words), clinician_id=by.staff_id)
            return encounters.open_encounter(patient_id, new, by=by, at=at)
        encounter_id = running.pk
    named = found.filter(pk=encounter_id).exclude(status=Encounter.Status.ENTERED_IN_ERROR).first()
    if named is None:
        raise writing.UnknownEntry(f"no visit {encounter_id}")
    for step in _way(named.status):
        encounters.move_encounter(named.pk, step, seen=named.status, by=by, at=at)
        named.refresh_from_db()
    if named.status not in encounter_course.HERE:
        raise _over(named)
    return named.pk


@transaction.atomic
def keep_visit(encounter_id: UUID, typed: VisitTyped, *, by: access.Actor, at: datetime) -> tuple[int, int]:
    """Keep what was typed, and return the versions of the page and of its note (0 while there is none).

    Not audited: a draft is no part of the record yet.

    Raises:
        UnknownEntry: no such visit in a chart that `by` may write to.
        VisitOver, DraftChanged, NoteSigned, TooLong: nothing is written.
    """
    return _keep(_open(encounter_id, by=by), typed, by=by, at=at)


@transaction.atomic
def finish_visit(
    encounter_id: UUID, details: VisitDetails, typed: VisitTyped, *, by: access.Actor, at: datetime
) -> UUID:
    """Finish a visit: sign the note and the prescriptions, and close the encounter; all of it or nothing.

    Raises:
        UnknownEntry: no such visit that `by` may write to, or no such problem or medicine in this chart.
        NotPermitted: it prescribes or stops medicines, and `by` may not.
        VisitOver: somebody finished it first.
        ReasonMissing, NothingWritten, DraftChanged, TooLong, ProblemOnList, InTheFuture: nothing is written.
        DoseMissing, AllergySpeaksAgainst, NotTaken: nothing is written; one of the medicines is not as it should be.
    """
    encounter = _open(encounter_id, by=by)
    author_id = _author(by)
    if details.orders or details.stops:
        access.require(by, access.Permission.PRESCRIBE, patient_id=encounter.patient_id)
    reason = reasons.given(details.reason)
    _keep(encounter, typed, by=by, at=at)
    dealt_with = _problems(encounter, details, by=by, at=at)
    for stop in details.stops:
        medicines.stop_medicine(stop.medicine_id, reason=stop.reason[:500], by=by, at=at)
    signed = [
        prescribing.prescribe(encounter.patient_id, order, encounter_id=encounter_id, by=by, at=at)
        for order in details.orders
    ]
    note_id = _sign(encounter, by=by, at=at)
    _close(encounter, reason, by=by, at=at)
    visit = Visit(
        patient_id=encounter.patient_id, encounter_id=encounter_id, note_id=note_id, problem_ids=dealt_with,
        follow_up_on=details.follow_up_on, follow_up_days=details.follow_up_days,
        follow_up_for=details.follow_up_for[:500], finished_by_id=author_id, finished_by_name=by.name[:200],
        finished_at=at,
    )  # fmt: skip
    visit.save()
    VisitDraft.objects.filter(encounter_id=encounter_id, author_id=by.staff_id).delete()
    counted = {"prescriptions": len(signed), "stopped": len(details.stops)}
    writing.noted(visit, "visit.finished", by=by, at=at, details=counted)
    return visit.pk


def _way(status: str) -> tuple[State, ...]:
    """Return the steps from where a visit is until it has begun; none from where it is over."""
    steps = {State.PLANNED: (State.ARRIVED, State.IN_PROGRESS), State.ARRIVED: (State.IN_PROGRESS,)}
    return steps.get(State(status), ()) if status in set(State) else ()


def _open(encounter_id: UUID, *, by: access.Actor) -> Encounter:
    """Lock the visit and its chart."""
    encounter = writing.locked(Encounter, encounter_id, by=by)
    known = encounter.setting in OUTPATIENT and encounter.status != Encounter.Status.ENTERED_IN_ERROR
    if not known or by.staff_id is None:
        raise writing.UnknownEntry(f"no visit {encounter_id}")
    if encounter.status not in encounter_course.HERE:
        raise _over(encounter)
    return encounter


def _author(by: access.Actor) -> UUID:
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} writes no visits")
    return by.staff_id


def _over(encounter: Encounter) -> VisitOver:
    last = Visit.objects.filter(encounter=encounter).order_by("-finished_at", "-id").first()
    return VisitOver(last.finished_by_name if last else "", last.finished_at if last else encounter.ended_at)


def _keep(encounter: Encounter, typed: VisitTyped, *, by: access.Actor, at: datetime) -> tuple[int, int]:
    fields = dict(typed.fields)
    if len(json.dumps(fields)) > MOST_CHARACTERS:
        raise TooLong(f"more than {MOST_CHARACTERS} characters")
    draft = VisitDraft.objects.filter(encounter=encounter, author_id=by.staff_id).first()
    if draft is None:
        draft = VisitDraft(
            patient_id=encounter.patient_id, encounter=encounter, author_id=_author(by), version=0, kept_at=at
        )
    if drafting.is_late(draft, typed):
        return draft.version, _note_version(encounter, by)
    if fields != draft.fields or draft.version == 0:
        draft.version += 1
    draft.fields, draft.editor, draft.turn, draft.kept_at = fields, typed.editor[:36], typed.turn, at
    draft.save()
    return draft.version, _keep_note(encounter, typed, by=by, at=at)


def _keep_note(encounter: Encounter, typed: VisitTyped, *, by: access.Actor, at: datetime) -> int:
    found = _note_draft(encounter, by)
    seen = typed.note_version
    if found is None:
        if seen:
            raise notes.NoteSigned("it was signed or thrown away in another window")
        if typed.note.split() == typed.template.split():
            return 0
        kind = Note.Kind.OUTPATIENT
        key = notes.start_note(encounter.patient_id, kind, template=typed.template, by=by, at=at)
        seen = 1
    else:
        key = found.pk
    return notes.keep_draft(key, Typed(typed.note, seen, typed.editor, typed.turn), by=by, at=at)


def _note_draft(encounter: Encounter, by: access.Actor) -> NoteDraft | None:
    own = NoteDraft.objects.filter(author_id=by.staff_id, patient_id=encounter.patient_id, amends=None)
    return own.filter(kind=Note.Kind.OUTPATIENT).first()


def _note_version(encounter: Encounter, by: access.Actor) -> int:
    found = _note_draft(encounter, by)
    return found.version if found else 0


def _sign(encounter: Encounter, *, by: access.Actor, at: datetime) -> UUID:
    """Sign the author's note of this visit."""
    draft = _note_draft(encounter, by)
    if draft is None:
        raise notes.NothingWritten("nothing was written yet")
    if draft.encounter_id != encounter.pk:  # begun while another encounter ran
        draft.encounter = encounter
        draft.save(update_fields=["encounter"])
    return notes.sign_note(draft.pk, Typed(draft.text, draft.version), by=by, at=at)


def _problems(encounter: Encounter, details: VisitDetails, *, by: access.Actor, at: datetime) -> list[UUID]:
    """Return the problems that the visit dealt with, a new one written down first."""
    wanted = list(dict.fromkeys(details.problem_ids))
    own = Problem.objects.filter(pk__in=wanted, patient_id=encounter.patient_id).exclude(
        verification="entered-in-error"
    )
    if own.count() != len(wanted):
        raise writing.UnknownEntry("no such problem in this chart")
    if details.new_problem is None:
        return wanted
    new = replace(details.new_problem, encounter_id=encounter.pk)
    return [*wanted, problems.record_problem(encounter.patient_id, new, by=by, at=at)]


def _close(encounter: Encounter, reason: str, *, by: access.Actor, at: datetime) -> None:
    if encounter.reason != reason:
        encounter.reason, encounter.reason_code, encounter.reason_system = reason[:1000], "", ""
        encounter.save(update_fields=["reason", "reason_code", "reason_system"])
        audit.record(
            "encounter.reason_written", by=by, at=at, patient_id=encounter.patient_id,
            subject=f"encounter:{encounter.pk}",
        )  # fmt: skip
    encounters.close_encounter(encounter.pk, by=by, at=at)
