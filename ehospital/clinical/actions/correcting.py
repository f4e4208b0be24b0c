"""Taking back what should never have been written; it stays, and says so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ehospital.clinical import events
from ehospital.clinical.actions import allergies, writing
from ehospital.clinical.actions.flags import FlagRaised
from ehospital.clinical.models import Allergy, Correction, NoKnownAllergies, Observation, SafetyFlag
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.mistakes import KINDS, Kind
from ehospital.foundation import outbox
from ehospital.people import access
from ehospital.people.row_security.granting import patient_of

MOST_WORDS = 2000


class NoReason(ValueError):
    """Whoever asks later must read why; nothing was written."""


class InErrorBefore(RuntimeError):
    """The line was marked as entered in error before; nothing was written."""


class NotYourMark(RuntimeError):
    """Somebody else marked the line; only they may take that back, anybody else writes the line anew."""


class TakenBackBefore(RuntimeError):
    """The mark does not stand any more; nothing was written."""


@transaction.atomic
def enter_in_error(kind: str, entry_id: UUID, *, reason: str, by: access.Actor, at: datetime) -> UUID:
    """Mark a line as entered in error and return the id of the mark.

    No list, check, count or export shows the line any more; `queries.entered_in_error` shows it with who, when and why.
    The parts of a panel go with it, and a part takes its panel along: half a blood pressure is no measurement.

    Args:
        kind: a key of `policies.mistakes.KINDS`: encounters, problems, allergies, observations, …
        reason: in words, for whoever asks later.
    Raises:
        UnknownEntry: no such line that `by` may write to.
        NoReason, InErrorBefore: nothing is written.
    """
    line = _locked(kind, entry_id, by=by)
    why = reason.strip()[:MOST_WORDS]
    if not why:
        raise NoReason("say why it is wrong")
    told = KINDS[kind]
    if told.is_wrong(line):
        raise InErrorBefore("it was marked before")
    rows = [line, *(_parts(line) if isinstance(line, Observation) else [])] if told.field else []
    before = {str(row.pk): getattr(row, told.field) for row in rows if getattr(row, told.field) != told.wrong}
    _set(told, dict.fromkeys(before, told.wrong))
    mark = _kept(line, kind, reason=why, before=before, by=by, at=at)
    _noted(line, "entered_in_error", mark, by=by, at=at)
    return mark.id


@transaction.atomic
def undo_error(correction_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take one's own mark back: the line stands again as it did before, and both acts stay on record.

    Raises:
        UnknownEntry: no such mark in a chart that `by` may write to.
        NotYourMark, TakenBackBefore: nothing is written.
        FlagRaised: the same flag was raised again meanwhile; nothing is written.
        AllergiesOnRecord: "none known" would contradict an allergy; nothing is written.
    """
    whose = patient_of(Correction, correction_id)
    permitted = whose is not None and access.may(by, access.Permission.CHART_WRITE, patient_id=whose)
    mark = Correction.objects.filter(pk=correction_id, undoes=None).first() if permitted else None
    if mark is None or mark.kind not in KINDS:
        raise writing.UnknownEntry(f"no mark {correction_id}")
    line = _locked(mark.kind, mark.entry_id, by=by)
    if mark.by_id != by.id:
        raise NotYourMark(f"{mark.by_name} marked it")
    if not standing().filter(pk=mark.pk).exists():
        raise TakenBackBefore("it was taken back before")
    _may_stand_again(line)
    _set(KINDS[mark.kind], mark.before)
    _kept(line, mark.kind, undoes=mark, by=by, at=at)
    line.refresh_from_db()
    if isinstance(line, Allergy):
        allergies.end_disproved(line, by=by, at=at)
    _noted(line, "error_undone", mark, by=by, at=at)


def _locked(kind: str, entry_id: UUID, *, by: access.Actor) -> Any:
    """Lock the line and its chart; a part of a panel stands for its panel."""
    if kind not in KINDS:
        raise writing.UnknownEntry(f"no line of kind {kind[:40]!r}")
    line = writing.locked(KINDS[kind].model, entry_id, by=by)
    if isinstance(line, Observation) and line.panel_id:
        return writing.locked(Observation, line.panel_id, by=by)
    return line


def _parts(panel: Observation) -> list[Observation]:
    return list(Observation.objects.filter(panel_id=panel.pk, patient_id=panel.patient_id).order_by("pk"))


def _set(kind: Kind, values: dict[str, Any]) -> None:
    for key, value in values.items():
        kind.model._default_manager.filter(pk=key).update(**{kind.field: value})


def _may_stand_again(line: Any) -> None:
    if isinstance(line, SafetyFlag) and line.ended_at is None and line.kind != SafetyFlag.Kind.OTHER:
        same = SafetyFlag.objects.filter(patient_id=line.patient_id, kind=line.kind, ended_at=None)
        if same.filter(entered_in_error=False).exists():
            raise FlagRaised(f"{line.get_kind_display()} is raised already")
    if isinstance(line, NoKnownAllergies) and line.ended_at is None:
        allergies.refuse_contradiction(line.patient_id, line.scope)


def _kept(line: Any, kind: str, *, by: access.Actor, at: datetime, **more: Any) -> Correction:
    made = Correction(
        patient_id=line.patient_id, kind=kind, entry_id=line.pk, at=at, by_id=by.id, by_name=by.name[:200], **more
    )
    made.save()
    return made


def _noted(line: Any, verb: str, mark: Correction, *, by: access.Actor, at: datetime) -> None:
    writing.noted(line, f"{line._meta.model_name}.{verb}", by=by, at=at, details={"correction": str(mark.pk)})
    if isinstance(line, SafetyFlag):
        outbox.publish(events.SafetyFlagsWereChanged(patient_id=line.patient_id, at=at))
