"""Taking back what should never have been written; it stays, and says so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ehospital.clinical import events
from ehospital.clinical.actions import allergies, answers_in_error, awaiting, deaths, prescribing, writing
from ehospital.clinical.actions.flags import FlagRaised
from ehospital.clinical.models import (
    Allergy,
    Correction,
    DiagnosticReport,
    FilledForm,
    MedicineTaken,
    NoKnownAllergies,
    Observation,
    Order,
    SafetyFlag,
)
from ehospital.clinical.models.corrections import standing
from ehospital.clinical.policies.mistakes import KINDS, Kind
from ehospital.foundation import outbox, reasons
from ehospital.people import access
from ehospital.people.row_security.granting import patient_of

MOST_WORDS = 2000


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
    The parts of a panel go with it, and a part takes its panel along: half a blood pressure is no measurement. So do
    the results of a report on an order: that order is open again, and waits for its answer. A form goes with all its
    editions, and takes along the observations that came from it and the flags that it raised.

    Args:
        kind: a key of `policies.mistakes.KINDS`: encounters, problems, allergies, observations, …
        reason: in words, for whoever asks later.
    Raises:
        UnknownEntry: no such line that `by` may write to.
        ReasonMissing, InErrorBefore, OrderAnswered: nothing is written.
    """
    line = _locked(kind, entry_id, by=by)
    kind = "reports" if isinstance(line, DiagnosticReport) else kind
    why = reasons.given(reason, most=MOST_WORDS)
    told = KINDS[kind]
    if told.is_wrong(line):
        raise InErrorBefore("it was marked before")
    rows = [line, *_parts(line)] if told.field else []
    before = {str(row.pk): getattr(row, told.field) for row in rows if getattr(row, told.field) != told.wrong}
    if isinstance(line, Order):
        answers_in_error.refuse_answered(line)
    _set(told, dict.fromkeys(before, told.wrong))
    if isinstance(line, DiagnosticReport):
        answers_in_error.withdraw(line, by=by, at=at)
    if isinstance(line, Order):
        awaiting.end(line.patient_id, line.recipient_id, by=by, at=at)
    if isinstance(line, MedicineTaken):
        before |= prescribing.give_back(line, by=by, at=at)
    if isinstance(line, FilledForm):
        deaths.withdrawn(line, by=by, at=at)
    mark = _kept(line, kind, reason=why, before=before, by=by, at=at)
    _noted(line, "entered_in_error", mark, by=by, at=at)
    for other, key in _followers(line):
        enter_in_error(other, key, reason=why, by=by, at=at)
    return mark.id


@transaction.atomic
def undo_error(correction_id: UUID, *, by: access.Actor, at: datetime) -> None:
    """Take one's own mark back: the line stands again as it did before, and both acts stay on record.

    Raises:
        UnknownEntry: no such mark in a chart that `by` may write to.
        NotYourMark, TakenBackBefore: nothing is written.
        FlagRaised: the same flag was raised again meanwhile; nothing is written.
        AllergiesOnRecord: "none known" would contradict an allergy; nothing is written.
        OrderAnswered: another result stands on that order by now; nothing is written.
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
    before = prescribing.take_over_again(line, mark.before) if isinstance(line, MedicineTaken) else mark.before
    _set(KINDS[mark.kind], before)
    if isinstance(line, DiagnosticReport):
        answers_in_error.restore(line, by=by, at=at)
    _kept(line, mark.kind, undoes=mark, by=by, at=at)
    for one in _followed(line, mark):
        undo_error(one.pk, by=by, at=at)
    line.refresh_from_db()
    if isinstance(line, FilledForm):
        deaths.restored(line, by=by, at=at)
    if isinstance(line, Allergy):
        allergies.end_disproved(line, by=by, at=at)
    _noted(line, "error_undone", mark, by=by, at=at)


def _locked(kind: str, entry_id: UUID, *, by: access.Actor) -> Any:
    """Lock the line and its chart; a part of a panel stands for its panel."""
    if kind not in KINDS:
        raise writing.UnknownEntry(f"no line of kind {kind[:40]!r}")
    line = writing.locked(KINDS[kind].model, entry_id, by=by)
    if isinstance(line, Observation) and line.report_id:
        return writing.locked(DiagnosticReport, line.report_id, by=by)
    if isinstance(line, Observation) and line.panel_id:
        return writing.locked(Observation, line.panel_id, by=by)
    if isinstance(line, FilledForm) and line.amends_id:
        return writing.locked(FilledForm, line.amends_id, by=by)
    return line


def _parts(line: Any) -> list[Observation]:
    """Return the rows that go with a line: the parts of a panel, the results of a report on an order."""
    if isinstance(line, Observation):
        return list(Observation.objects.filter(panel_id=line.pk, patient_id=line.patient_id).order_by("pk"))
    if isinstance(line, DiagnosticReport) and line.order_id:
        return list(Observation.objects.filter(report_id=line.pk).order_by("pk"))
    return []


def _traces(line: Any) -> dict[str, set[UUID]]:
    """Return the lines that came from a form, by their kind."""
    if not isinstance(line, FilledForm):
        return {}
    editions = [line, *FilledForm.objects.filter(amends_id=line.pk).order_by("edition")]
    return {
        "observations": {key for one in editions for key in one.observation_ids},
        "flags": {key for one in editions for key in one.flag_ids},
    }


def _followers(line: Any) -> list[tuple[str, UUID]]:
    """Return what goes with a line that was entered in error, as far as it still stands."""
    found = []
    for kind, keys in _traces(line).items():
        rows = KINDS[kind].model._default_manager.filter(pk__in=keys, patient_id=line.patient_id)
        rows = rows.exclude(KINDS[kind].condition).order_by("pk")
        found += [(kind, key) for key in rows.values_list("pk", flat=True)]
    return found


def _followed(line: Any, mark: Correction) -> list[Correction]:
    """Return the marks that were made with this one."""
    keys = set[UUID]().union(*_traces(line).values())
    same = standing().filter(patient_id=line.patient_id, entry_id__in=keys, at=mark.at, by_id=mark.by_id)
    return list(same.order_by("id"))


def _set(kind: Kind, values: dict[str, Any]) -> None:
    """Set the column of each row; the results of a report have one of the same name."""
    models = (kind.model, Observation) if kind.model is DiagnosticReport else (kind.model,)
    for key, value in values.items():
        for model in models:
            model._default_manager.filter(pk=key).update(**{kind.field: value})


def _may_stand_again(line: Any) -> None:
    if isinstance(line, SafetyFlag) and line.ended_at is None and line.kind != SafetyFlag.Kind.OTHER:
        same = SafetyFlag.objects.filter(patient_id=line.patient_id, kind=line.kind, ended_at=None)
        if same.filter(entered_in_error=False).exists():
            raise FlagRaised(f"{line.get_kind_display()} is raised already")
    if isinstance(line, DiagnosticReport):
        answers_in_error.refuse_second(line)
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
