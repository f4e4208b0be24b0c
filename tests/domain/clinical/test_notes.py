"""Notes: a draft is its author's alone and never lost, a signed note never changes."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from ehospital.clinical import actions, queries
from ehospital.clinical.actions import Typed
from ehospital.clinical.details import Code, EncounterDetails
from ehospital.clinical.models import Note, NoteDraft
from ehospital.foundation.models import AppendOnlyError, AuditEvent, OutboxMessage
from ehospital.people import access
from tests.factories import clinical, people
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TEMPLATE = "Why now:\n\nPlan:\n"


@pytest.fixture
def patient() -> UUID:
    return people.patient()


@pytest.fixture
def doctor(patient: UUID) -> access.Actor:
    return clinical.carer(patient).actor


@pytest.fixture
def draft(patient: UUID, doctor: access.Actor) -> UUID:
    return actions.start_note(patient, "ward-round", template=TEMPLATE, by=doctor, at=NOON)


def traces() -> tuple[object, ...]:
    rows = [list(table.objects.order_by("id").values()) for table in (Note, NoteDraft)]
    return (*rows, AuditEvent.objects.count(), OutboxMessage.objects.count())


def test_a_note_is_begun_kept_signed_and_read(patient, doctor, draft) -> None:
    visit = actions.open_encounter(patient, EncounterDetails(code=Code("", "", "Stay")), by=doctor, at=NOON)
    assert actions.keep_draft(draft, Typed("Better.\r\nHome soon.", 1), by=doctor, at=NOON) == 2
    key = actions.sign_note(draft, Typed(" Better.\nHome tomorrow.\n", 2), by=doctor, at=NOON + HOUR)
    note = Note.objects.get()
    assert (note.pk, key) == (draft, draft)
    assert (note.text, note.kind, note.author_name) == ("Better.\nHome tomorrow.", "ward-round", "Tove Berg")
    assert (note.started_at, note.signed_at, note.encounter_id) == (NOON, NOON + HOUR, None)
    assert not NoteDraft.objects.exists()
    told = list(AuditEvent.objects.filter(action__startswith="note").order_by("id").values_list("action", flat=True))
    assert told == ["note_draft.opened", "note.signed"]
    assert OutboxMessage.objects.filter(payload__what="note.signed").count() == 1
    assert [one.pk for one in queries.notes(patient, viewer=doctor, at=NOON)] == [key]
    second = actions.start_note(patient, "ward-round", by=doctor, at=NOON)
    assert NoteDraft.objects.get(pk=second).encounter_id == visit


def test_an_author_goes_on_with_their_own_draft_and_nobody_else_sees_it(patient, doctor, draft) -> None:
    assert actions.start_note(patient, "ward-round", template="other", by=doctor, at=NOON) == draft
    colleague = clinical.carer(patient).actor
    theirs = actions.start_note(patient, "ward-round", by=colleague, at=NOON)
    assert theirs != draft
    assert [one.pk for one in queries.drafts(patient, viewer=doctor, at=NOON)] == [draft]
    before = traces()
    for act in (
        lambda: queries.draft(patient, draft, viewer=colleague, at=NOON),
        lambda: queries.note(patient, draft, viewer=doctor, at=NOON),
    ):
        with pytest.raises(access.NotPermitted):
            act()
    assert list(queries.notes(patient, viewer=doctor, at=NOON)) == []
    for act in (
        lambda: actions.keep_draft(draft, Typed("mine", 1), by=colleague, at=NOON),
        lambda: actions.sign_note(draft, Typed("mine", 1), by=colleague, at=NOON),
        lambda: actions.discard_draft(draft, seen_version=1, by=colleague, at=NOON),
        lambda: actions.keep_draft(uuid4(), Typed("mine", 1), by=doctor, at=NOON),
    ):
        with pytest.raises(actions.UnknownEntry):
            act()
    assert traces()[:2] == before[:2]


def test_who_may_not_write_begins_nothing(patient, doctor) -> None:
    signed = clinical.note(patient, "words", by=doctor)
    stranger = people.staff(access.Role.DOCTOR).actor
    before = traces()
    for by in (stranger, people.machinery(), access.of_patient(patient, name="Amina", at=NOON)):
        with pytest.raises(access.NotPermitted):
            actions.start_note(patient, "other", by=by, at=NOON)
    with pytest.raises(actions.UnknownEntry):
        actions.start_addendum(signed, by=stranger, at=NOON)
    with pytest.raises(ValueError, match="nonsense"):
        actions.start_note(patient, "nonsense", by=doctor, at=NOON)
    assert traces() == before


def test_what_was_changed_in_another_window_is_not_overwritten(patient, doctor, draft) -> None:
    actions.keep_draft(draft, Typed("first", 1, "window a", 1), by=doctor, at=NOON)
    before = traces()
    for act in (
        lambda: actions.keep_draft(draft, Typed("second", 1, "window b", 1), by=doctor, at=NOON),
        lambda: actions.sign_note(draft, Typed("second", 1), by=doctor, at=NOON),
        lambda: actions.discard_draft(draft, seen_version=1, by=doctor, at=NOON),
    ):
        with pytest.raises(actions.DraftChanged):
            act()
    assert traces() == before
    actions.keep_draft(draft, Typed("merged", 2, "window b", 1), by=doctor, at=NOON)
    with pytest.raises(actions.DraftChanged):
        actions.keep_draft(draft, Typed("late", 2, "window a", 2), by=doctor, at=NOON)
    assert NoteDraft.objects.get().text == "merged"


def test_the_last_word_of_a_window_stands_in_whatever_order_its_words_come(patient, doctor, draft) -> None:
    actions.keep_draft(draft, Typed("ab", 1, "window", 1), by=doctor, at=NOON)
    # The window closes: its last word names the version of before, and overtakes the one between.
    actions.keep_draft(draft, Typed("abcd", 1, "window", 3), by=doctor, at=NOON)
    actions.keep_draft(draft, Typed("abc", 1, "window", 2), by=doctor, at=NOON)
    assert (NoteDraft.objects.get().text, NoteDraft.objects.get().version) == ("abcd", 3)


def test_nothing_and_too_much_are_not_signed(patient, doctor, draft) -> None:
    before = traces()
    for text in ("", " \n\t", TEMPLATE, "Why now: Plan:"):
        with pytest.raises(actions.NothingWritten):
            actions.sign_note(draft, Typed(text, 1), by=doctor, at=NOON)
    for act in (actions.keep_draft, actions.sign_note):
        with pytest.raises(actions.TooLong):
            act(draft, Typed("x" * 50_001, 1), by=doctor, at=NOON)
    assert traces() == before


def test_a_note_is_signed_once(patient, doctor, draft) -> None:
    actions.sign_note(draft, Typed("words", 1), by=doctor, at=NOON)
    before = traces()
    for act in (
        lambda: actions.sign_note(draft, Typed("other", 1), by=doctor, at=NOON),
        lambda: actions.keep_draft(draft, Typed("other", 1), by=doctor, at=NOON),
        lambda: actions.discard_draft(draft, seen_version=1, by=doctor, at=NOON),
    ):
        with pytest.raises(actions.NoteSigned):
            act()
    assert traces() == before


def test_a_draft_is_thrown_away_by_its_author(patient, doctor, draft) -> None:
    actions.discard_draft(draft, seen_version=1, by=doctor, at=NOON)
    assert not NoteDraft.objects.exists()
    with pytest.raises(actions.UnknownEntry):
        actions.sign_note(draft, Typed("words", 1), by=doctor, at=NOON)


def test_what_is_added_points_at_the_note_also_what_is_added_to_it(patient, doctor) -> None:
    note = clinical.note(patient, "words", by=doctor)
    colleague = clinical.carer(patient).actor
    first = clinical.note(patient, "more", by=colleague, amends=note, at=NOON + HOUR)
    second = clinical.note(patient, "even more", by=doctor, amends=first, at=NOON + 2 * HOUR)
    read = queries.note(patient, note, viewer=doctor, at=NOON)
    assert [(one.pk, one.text, one.amends_id) for one in read.addenda.all()] == [
        (first, "more", note),
        (second, "even more", note),
    ]
    assert [one.pk for one in queries.notes(patient, viewer=doctor, at=NOON)] == [note]
    lines = queries.timeline(patient, viewer=doctor, at=NOON).lines
    assert [(one.kind, one.title, one.detail) for one in lines] == [
        ("note", "addendum", "Tove Berg"), ("note", "addendum", "Tove Berg"), ("note", "outpatient", "Tove Berg"),
    ]  # fmt: skip
    mark = actions.enter_in_error("notes", note, reason="other patient", by=doctor, at=NOON)
    assert list(queries.notes(patient, viewer=doctor, at=NOON)) == []
    assert queries.timeline(patient, viewer=doctor, at=NOON).lines == ()
    before = traces()
    with pytest.raises(actions.NoteInError):
        actions.start_addendum(note, by=doctor, at=NOON)
    assert traces() == before
    actions.undo_error(mark, by=doctor, at=NOON)
    actions.enter_in_error("notes", first, reason="other patient", by=doctor, at=NOON)
    assert [one.pk for one in queries.note(patient, note, viewer=doctor, at=NOON).addenda.all()] == [second]


def test_an_addendum_to_what_became_a_mistake_is_not_signed(patient, doctor) -> None:
    note = clinical.note(patient, "words", by=doctor)
    draft = actions.start_addendum(note, by=doctor, at=NOON)
    actions.enter_in_error("notes", note, reason="other patient", by=doctor, at=NOON)
    before = traces()
    with pytest.raises(actions.NoteInError):
        actions.sign_note(draft, Typed("more", 1), by=doctor, at=NOON)
    assert traces() == before


def test_patients_read_what_is_written_for_them(patient, doctor) -> None:
    keys = {kind: clinical.note(patient, f"words {kind}", by=doctor, kind=kind) for kind in Note.Kind.values}
    amina = access.of_patient(patient, name="Amina", at=NOON)
    seen = {one.kind for one in queries.notes(patient, viewer=amina, at=NOON)}
    assert seen == {"outpatient", "discharge"}
    with pytest.raises(access.NotPermitted):
        queries.note(patient, keys["ward-round"], viewer=amina, at=NOON)
    titles = {one.title for one in queries.timeline(patient, viewer=amina, at=NOON).lines}
    assert titles == {"outpatient", "discharge"}
    with pytest.raises(access.NotPermitted):
        queries.drafts(patient, viewer=amina, at=NOON)


def test_python_changes_no_signed_note(patient, doctor) -> None:
    note = Note.objects.get(pk=clinical.note(patient, "words", by=doctor))
    for act in (note.save, note.delete, lambda: Note.objects.update(text="x"), lambda: Note.objects.all().delete()):
        with pytest.raises(AppendOnlyError):
            act()
