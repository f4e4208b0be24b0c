"""Notes: begun, kept while they are typed, signed once, and after that only added to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.models import Note, NoteDraft
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies import drafting
from ehospital.clinical.policies.drafting import DraftChanged
from ehospital.clinical.queries import presence
from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.row_security.granting import patient_of

MOST_CHARACTERS = 50_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, on top of which version; an `editor` (one open page) numbers its words in `turn`, from 1."""

    text: str
    seen_version: int
    editor: str = ""
    turn: int = 0


class NothingWritten(ValueError):
    """There is no word in it beyond the template; nothing was written."""


class TooLong(ValueError):
    """A note has at most `MOST_CHARACTERS`; nothing was written."""


class NoteSigned(RuntimeError):
    """It was signed before, and stays as it was; add an addendum."""


class NoteInError(RuntimeError):
    """The note was entered in error; nothing is added to it."""


@transaction.atomic
def start_note(patient_id: UUID, kind: str, *, template: str = "", by: access.Actor, at: datetime) -> UUID:
    """Begin a note, or go on with the author's draft of that kind, and return the draft's id.

    Args:
        kind: a word of `Note.Kind`.
        template: what the draft says at first; that alone cannot be signed.
    Raises:
        NotPermitted: `by` may not write into this chart, or is no member of staff.
    """
    writing.lock_chart(patient_id)
    return _begin(patient_id, Note.Kind(kind), template=template, amends=None, by=by, at=at)


@transaction.atomic
def start_addendum(note_id: UUID, *, by: access.Actor, at: datetime) -> UUID:
    """Begin an addendum to a signed note, or go on with the author's own, and return the draft's id.

    An addendum to an addendum is one to its note: what was added reads in one line.

    Raises:
        UnknownEntry: no such note in a chart that `by` may write to.
        NoteInError: nothing is written.
    """
    note = writing.locked(Note, note_id, by=by)
    root = note.amends_id or note.pk
    if _in_error(note):
        raise NoteInError("the note was entered in error")
    return _begin(note.patient_id, note.kind, template="", amends=root, by=by, at=at)


@transaction.atomic
def keep_draft(draft_id: UUID, typed: Typed, *, by: access.Actor, at: datetime) -> int:
    """Keep what was typed and return the draft's version. Not audited: a draft is no part of the record yet.

    Raises:
        UnknownEntry: `by` has no such draft, or may not write to that chart any more.
        NoteSigned, DraftChanged, TooLong: nothing is written.
    """
    return _keep(_draft(draft_id, by=by), typed, at=at).version


@transaction.atomic
def discard_draft(draft_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Throw a draft away.

    Raises:
        UnknownEntry: `by` has no such draft, or may not write to that chart any more.
        NoteSigned: it is a note by now; nothing is written.
        DraftChanged: it says more than the author saw; nothing is written.
    """
    draft = _draft(draft_id, by=by)
    if draft.version != seen_version:
        raise DraftChanged(f"version {draft.version} stands, {seen_version} was seen")
    draft.delete()
    subject = f"notedraft:{draft_id}"
    audit.record("note_draft.discarded", by=by, at=at, patient_id=draft.patient_id, subject=subject)


@transaction.atomic
def sign_note(draft_id: UUID, typed: Typed, *, by: access.Actor, at: datetime) -> UUID:
    """Sign what was typed: from now on it is part of the record under the draft's id, and nothing changes it.

    Raises:
        UnknownEntry: `by` has no such draft, or may not write to that chart any more.
        NoteSigned: it was signed before, perhaps this very moment; it stays as it was.
        NoteInError: what it adds to was entered in error meanwhile; nothing is written.
        DraftChanged, NothingWritten, TooLong: nothing is written.
    """
    draft = _draft(draft_id, by=by)
    if draft.amends is not None and _in_error(draft.amends):
        raise NoteInError("the note was entered in error")
    draft = _keep(draft, typed, at=at)
    if not draft.text.strip() or draft.text.split() == draft.begun_with.split():
        raise NothingWritten("nothing was written yet")
    note = Note(
        id=draft.pk,
        patient_id=draft.patient_id,
        encounter_id=draft.encounter_id,
        amends_id=draft.amends_id,
        kind=draft.kind,
        text=draft.text.strip(),
        author_id=draft.author_id,
        author_name=by.name[:200],
        started_at=draft.started_at,
        signed_at=at,
    )
    note.save()
    draft.delete()
    writing.noted(note, "note.amended" if note.amends_id else "note.signed", by=by, at=at)
    return note.pk


def _begin(patient_id: UUID, kind: str, *, template: str, amends: UUID | None, by: access.Actor, at: datetime) -> UUID:
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} signs no notes")
    own = NoteDraft.objects.filter(author_id=by.staff_id, patient_id=patient_id, kind=kind, amends_id=amends)
    if found := own.first():
        return found.pk
    draft = NoteDraft(
        patient_id=patient_id,
        encounter_id=presence.running_id(patient_id),
        amends_id=amends,
        kind=kind,
        text=template,
        begun_with=template,
        author_id=by.staff_id,
        started_at=at,
        kept_at=at,
    )
    draft.save(force_insert=True)
    audit.record("note_draft.opened", by=by, at=at, patient_id=patient_id, subject=f"notedraft:{draft.pk}")
    return draft.pk


def _draft(draft_id: UUID, *, by: access.Actor) -> NoteDraft:
    """Lock the chart and the author's draft; somebody else's is one that does not exist."""
    patient_id = patient_of(NoteDraft, draft_id) or patient_of(Note, draft_id)
    if patient_id is None or not access.may(by, access.Permission.CHART_WRITE, patient_id=patient_id):
        raise writing.UnknownEntry(f"no draft {draft_id}")
    writing.lock_chart(patient_id)
    found = locks.rows(NoteDraft.objects.filter(author_id=by.staff_id), [draft_id])
    if not found and Note.objects.filter(pk=draft_id, author_id=by.staff_id).exists():
        raise NoteSigned("it was signed before")
    if not found:
        raise writing.UnknownEntry(f"no draft {draft_id}")
    return found[0]


def _keep(draft: NoteDraft, typed: Typed, *, at: datetime) -> NoteDraft:
    text = typed.text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_CHARACTERS:
        raise TooLong(f"{len(text)} characters; {MOST_CHARACTERS} is the most")
    if drafting.is_late(draft, typed):
        return draft
    if text != draft.text:
        draft.version += 1
    draft.text, draft.editor, draft.turn, draft.kept_at = text, typed.editor[:36], typed.turn, at
    draft.save(update_fields=["text", "version", "editor", "turn", "kept_at"])
    return draft


def _in_error(note: Note) -> bool:
    keys = [note.pk, *([note.amends_id] if note.amends_id else [])]
    return standing().filter(patient_id=note.patient_id, entry_id__in=keys).exists()
