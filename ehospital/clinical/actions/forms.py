"""Forms: begun, kept while they are answered, by one or by several; finished once, and after that only amended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.questionnaires import Finding, Settled, begun, findings, settle
from ehospital.clinical.actions import form_definitions, form_results, writing
from ehospital.clinical.models import FilledForm, FormDraft
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies import drafting
from ehospital.clinical.policies.drafting import DraftChanged
from ehospital.clinical.queries import presence
from ehospital.clinical.queries.form_definitions import newest_definitions, parsed
from ehospital.foundation import audit, locks
from ehospital.people import access

MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Filled:
    """What was answered, on top of which version; an `editor` (one open page) numbers it in `turn`, from 1."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    seen_version: int = 0
    editor: str = ""
    turn: int = 0


class UnknownForm(LookupError):
    """There is no such form, or it was retired."""


class FormIncomplete(ValueError):
    """It cannot be finished like this; `findings` say why. The answers were not kept."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(f"{len(found)} answers will not do")
        self.findings = found


class FormTooLong(ValueError):
    """There is more in it than a form holds; nothing was written."""


class FormFinished(RuntimeError):
    """It was finished before, and stays as it was; amend it."""


class FormInError(RuntimeError):
    """The form was entered in error; it is not amended."""


@transaction.atomic
def begin_form(patient_id: UUID, url: str, *, by: access.Actor, at: datetime) -> UUID:
    """Begin a form, or go on with the one that somebody has begun, and return the draft's id.

    Raises:
        NotPermitted: `by` may not write into this chart, or is no member of staff.
        UnknownForm: nothing is written.
    """
    writing.lock_chart(patient_id)
    _may_write(patient_id, by)
    running = FormDraft.objects.filter(patient_id=patient_id, definition__url=url, amends=None).order_by("id")
    if found := running.first():
        return found.pk
    newest = newest_definitions().get(url)
    if newest is None or newest.form.status != "active":
        raise UnknownForm(f"no form {url[:80]!r} is in use")
    definition_id = newest.id or form_definitions.keep_definition(newest.content, by=by, at=at)[0]
    first = begun(newest.form, {}).answers
    return _begin(patient_id, definition_id, first, amends=None, by=by, at=at)


@transaction.atomic
def begin_amendment(form_id: UUID, *, by: access.Actor, at: datetime) -> UUID:
    """Begin to amend a finished form, in the version that was answered, or go on with it; return the draft's id.

    Raises:
        UnknownEntry: no such form in a chart that `by` may write to.
        FormInError: nothing is written.
    """
    form = writing.locked(FilledForm, form_id, by=by)
    _may_write(form.patient_id, by)
    root = form.amends_id or form.pk
    if _in_error(form.patient_id, root):
        raise FormInError("the form was entered in error")
    if found := FormDraft.objects.filter(patient_id=form.patient_id, amends_id=root).order_by("id").first():
        return found.pk
    newest = form_results.newest_edition(root)
    return _begin(form.patient_id, form.definition_id, newest.answers, amends=root, by=by, at=at)


@transaction.atomic
def keep_form(draft_id: UUID, filled: Filled, *, by: access.Actor, at: datetime) -> tuple[int, Settled]:
    """Keep what was answered and return the draft's version, and which questions are open now.

    Not audited: a draft is no part of the record yet. Nothing of a closed question is kept.

    Raises:
        UnknownEntry: there is no such draft, or `by` may not write to that chart any more.
        FormFinished, DraftChanged, FormTooLong: nothing is written.
    """
    draft, settled = _keep(_draft(draft_id, by=by), filled, by=by, at=at)
    return draft.version, settled


@transaction.atomic
def discard_form(draft_id: UUID, *, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Throw a draft away.

    Raises:
        UnknownEntry: there is no such draft, or `by` may not write to that chart any more.
        FormFinished: it was finished by now; nothing is written.
        DraftChanged: it says more than `by` saw; nothing is written.
    """
    draft = _draft(draft_id, by=by)
    if draft.version != seen_version:
        raise DraftChanged(f"version {draft.version} stands, {seen_version} was seen")
    draft.delete()
    audit.record("form_draft.discarded", by=by, at=at, patient_id=draft.patient_id, subject=f"formdraft:{draft_id}")


@transaction.atomic
def finish_form(draft_id: UUID, filled: Filled, *, reason: str = "", by: access.Actor, at: datetime) -> UUID:
    """Finish a form with these answers: it is part of the record now, under the draft's id, and nothing changes it.

    Coded answers become observations, once; a score that decides on a safety flag raises or lowers it.

    Args:
        reason: why it is amended, when it is.
    Raises:
        UnknownEntry: there is no such draft, or `by` may not write to that chart any more.
        FormFinished: it was finished before, perhaps this very moment; it stays as it was.
        FormIncomplete: with what is missing or will not do; nothing is written.
        FormInError: what it amends was entered in error meanwhile; nothing is written.
        NotADoctor, DeathRefused: of a certificate of death; nothing is written.
        DraftChanged, FormTooLong: nothing is written.
    """
    draft = _draft(draft_id, by=by)
    if draft.amends_id is not None and _in_error(draft.patient_id, draft.amends_id):
        raise FormInError("the form was entered in error")
    draft, _ = _keep(draft, filled, by=by, at=at)
    form = parsed(draft.definition)
    if found := findings(form, draft.answers):
        raise FormIncomplete(found)
    made = form_results.write(draft, form, settle(form, draft.answers, whole=True), reason=reason, by=by, at=at)
    draft.delete()
    writing.noted(made, "form.amended" if made.amends_id else "form.finished", by=by, at=at)
    return made.pk


def _may_write(patient_id: UUID, by: access.Actor) -> None:
    access.require(by, access.Permission.CHART_WRITE, patient_id=patient_id)
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} fills no forms")


def _begin(
    patient_id: UUID, definition_id: UUID, answers: Mapping[str, Any], *, amends: UUID | None, by: access.Actor,
    at: datetime,
) -> UUID:  # fmt: skip
    if by.staff_id is None:
        raise access.NotPermitted(f"{by.name} fills no forms")
    draft = FormDraft(
        patient_id=patient_id,
        encounter_id=presence.running_id(patient_id),
        definition_id=definition_id,
        amends_id=amends,
        answers=answers,
        started_by_id=by.staff_id,
        started_at=at,
        kept_by=by.name[:200],
        kept_at=at,
    )
    draft.save(force_insert=True)
    audit.record("form_draft.opened", by=by, at=at, patient_id=patient_id, subject=f"formdraft:{draft.pk}")
    return draft.pk


def _draft(draft_id: UUID, *, by: access.Actor) -> FormDraft:
    """Lock the chart and the draft."""
    patient_id = FormDraft.objects.filter(pk=draft_id).values_list("patient_id", flat=True).first()
    if patient_id is not None:
        writing.lock_chart(patient_id)
    found = locks.rows(FormDraft.objects.all(), [draft_id])
    done = None if found else FilledForm.objects.filter(pk=draft_id).values_list("patient_id", flat=True).first()
    owner = found[0].patient_id if found else done
    if owner is None or by.staff_id is None or not access.may(by, access.Permission.CHART_WRITE, patient_id=owner):
        raise writing.UnknownEntry(f"no draft {draft_id}")
    if not found:
        raise FormFinished("it was finished before")
    return found[0]


def _keep(draft: FormDraft, filled: Filled, *, by: access.Actor, at: datetime) -> tuple[FormDraft, Settled]:
    form = parsed(draft.definition)
    before = settle(form, draft.answers)
    if len(json.dumps(filled.answers)) > MOST_CHARACTERS:
        raise FormTooLong(f"{MOST_CHARACTERS} characters is the most")
    if drafting.is_late(draft, filled):
        return draft, before
    settled = begun(form, filled.answers, before.open)
    if settled.answers != draft.answers:
        draft.version += 1
        draft.kept_by = by.name[:200]
    draft.answers, draft.editor, draft.turn, draft.kept_at = settled.answers, filled.editor[:36], filled.turn, at
    draft.save(update_fields=["answers", "version", "editor", "turn", "kept_by", "kept_at"])
    return draft, settled


def _in_error(patient_id: UUID, root: UUID) -> bool:
    return standing().filter(patient_id=patient_id, entry_id=root).exists()
