"""The same moment twice: a note is signed once, a line is marked once, of two who change or move one is told."""

from dataclasses import replace
from uuid import UUID

from ehospital.clinical import actions, queries
from ehospital.clinical.actions import Typed
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.clinical.models import Correction, Note, NoteDraft, Problem
from ehospital.foundation.models import AuditEvent
from ehospital.people import access
from tests.domain.clinical.test_races import together
from tests.engines import Clone
from tests.factories import clinical, people
from tests.factories.people import NOON

ROUNDS = 12


def chart(number: int) -> tuple[UUID, access.Actor]:
    patient = people.patient(f"Patient{number}")
    return patient, clinical.carer(patient).actor


def test_a_note_signed_twice_at_once_is_signed_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        draft = actions.start_note(patient, "other", by=doctor, at=NOON)

        def act(text: str, draft: UUID = draft, doctor: access.Actor = doctor) -> None:
            actions.sign_note(draft, Typed(text, 1), by=doctor, at=NOON)

        raised = together(lambda: act("one"), lambda: act("two"), lambda: act("three"))
        assert [type(error) for error in raised] == [actions.NoteSigned] * 2, raised
        assert Note.objects.filter(patient_id=patient).count() == 1
        assert AuditEvent.objects.filter(action="note.signed", patient_id=patient).count() == 1


def test_two_windows_that_begin_at_once_share_one_draft(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        act = lambda patient=patient, doctor=doctor: actions.start_note(patient, "other", by=doctor, at=NOON)  # noqa: E731
        assert together(act, act, act) == []
        assert NoteDraft.objects.filter(patient_id=patient).count() == 1


def test_two_windows_that_keep_at_once_one_is_told(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        draft = actions.start_note(patient, "other", by=doctor, at=NOON)

        def act(text: str, draft: UUID = draft, doctor: access.Actor = doctor) -> None:
            actions.keep_draft(draft, Typed(text, 1, text, 1), by=doctor, at=NOON)

        raised = together(lambda: act("one"), lambda: act("two"))
        assert [type(error) for error in raised] == [actions.DraftChanged]
        assert NoteDraft.objects.get(pk=draft).version == 2


def test_a_line_marked_by_two_at_once_is_marked_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        key = actions.record_problem(patient, clinical.problem("Gout"), by=doctor, at=NOON)

        def act(key: UUID = key, doctor: access.Actor = doctor) -> None:
            actions.enter_in_error("problems", key, reason="x", by=doctor, at=NOON)

        assert [type(error) for error in together(act, act)] == [actions.InErrorBefore]
        mark = Correction.objects.get(patient_id=patient)

        def undo(mark: UUID = mark.pk, doctor: access.Actor = doctor) -> None:
            actions.undo_error(mark, by=doctor, at=NOON)

        assert [type(error) for error in together(undo, undo)] == [actions.TakenBackBefore]


def test_of_two_who_change_a_problem_at_once_the_second_is_told(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        key = actions.record_problem(patient, clinical.problem("Gout"), by=doctor, at=NOON)
        known = queries.problem_details(Problem.objects.get(pk=key))

        def act(note: str, key: UUID = key, known: object = known, doctor: access.Actor = doctor) -> None:
            actions.revise_problem(key, replace(known, note=note), seen_version=1, by=doctor, at=NOON)  # type: ignore[type-var]

        raised = together(lambda: act("one"), lambda: act("two"))
        assert [type(error) for error in raised] == [actions.EntryChanged]
        assert Problem.objects.get(pk=key).version == 2


def test_the_same_problem_put_on_the_list_twice_at_once_stands_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)

        def act(patient: UUID = patient, doctor: access.Actor = doctor) -> None:
            actions.record_problem(patient, clinical.problem("Gout"), by=doctor, at=NOON)

        assert [type(error) for error in together(act, act)] == [actions.ProblemOnList]


def test_of_two_who_move_an_encounter_at_once_the_second_is_told(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)
        visit = EncounterDetails(code=Code("", "", "Visit"))
        key = actions.plan_encounter(patient, visit, by=doctor, at=NOON)

        def act(to: str, key: UUID = key, doctor: access.Actor = doctor) -> None:
            actions.move_encounter(key, to, seen="planned", by=doctor, at=NOON)

        raised = together(lambda: act("arrived"), lambda: act("cancelled"))
        assert [type(error) for error in raised] == [actions.EncounterMoved]


def test_nobody_is_admitted_twice_at_once(own_database: Clone) -> None:
    for number in range(ROUNDS):
        patient, doctor = chart(number)

        def act(patient: UUID = patient, doctor: access.Actor = doctor) -> None:
            stay = EncounterDetails(code=Code("", "", "Stay"), setting="IMP")
            actions.open_encounter(patient, stay, by=doctor, at=NOON)

        assert [type(error) for error in together(act, act)] == [actions.StayRunning]
