"""Taking back what an import wrote. A record that only it made goes; one that was used since stays, and is listed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models, router, transaction
from django.db.models import F, Q

from ehospital.foundation import audit, locks
from ehospital.people import access
from ehospital.people.actions.ledger import patient_columns
from ehospital.people.actions.registering import remove_parts, rewrite_traits
from ehospital.people.actions.registers.filling import PARTS
from ehospital.people.actions.registers.taking import outcomes
from ehospital.people.models import DuplicatePair, Patient, PatientTraits, RegisterImport, RegisterRow

AT_ONCE: Final = 1000
State, Outcome, Verdict = RegisterImport.State, RegisterRow.Outcome, RegisterRow.Verdict

_OF_THE_RECORD: Final = frozenset({
    "people.PatientName", "people.PatientIdentifier", "people.PatientTelecom", "people.PatientAddress",
    "people.PatientContact", "people.PatientTraits", "people.DuplicatePair", "people.RegisterRow",
    "foundation.AuditEvent", "foundation.RowChange",
})  # fmt: skip
"""What an import writes itself, or what only tells that somebody looked or that rows changed: no use of a record."""


@transaction.atomic
def undo_rows(register_id: UUID, *, by: access.Actor, at: datetime, most: int = AT_ONCE) -> int:
    """Take the next rows back, the last first; return how many were; 0 when all are, and the register is undone then.

    Raises:
        NotPermitted: `by` may not import records.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    (register,) = locks.rows(RegisterImport.objects.all(), [register_id])
    if register.state != State.UNDOING:
        return 0
    register.worked_at = at
    written = (Outcome.MADE, Outcome.FILLED, Outcome.NOTHING)
    rows = list(register.rows.filter(outcome__in=written).order_by("-number")[:most])
    if not rows:
        _finish(register, by, at)
        return 0
    locks.rows(Patient.objects.all(), {row.patient_id for row in rows if row.patient_id})
    source = f"register:{register.pk}"
    _take_back([row for row in rows if row.outcome == Outcome.FILLED], register, source, by, at)
    _remove([row for row in rows if row.outcome == Outcome.MADE], register, source, by, at)
    for row in rows:
        if row.outcome == Outcome.NOTHING:
            row.outcome, row.patient_id = Outcome.UNDONE, None
    RegisterRow.objects.bulk_update(rows, ["outcome", "patient", "filled", "why_kept"], batch_size=AT_ONCE)
    register.rows_done = min(register.rows_done + len(rows), register.rows_total)
    register.save(update_fields=["rows_done", "worked_at"])
    return len(rows)


def _finish(register: RegisterImport, by: access.Actor, at: datetime) -> None:
    register.counts = {**register.counts, **outcomes(register)}
    register.state, register.rows_done, register.ended_at = State.UNDONE, 0, at
    register.version += 1
    register.save()
    audit.record("register.undone", by=by, at=at, subject=f"register:{register.pk}", details=register.counts)


def _take_back(
    rows: Sequence[RegisterRow], register: RegisterImport, source: str, by: access.Actor, at: datetime
) -> None:
    """Empty what rows had filled in, as far as nobody changed it since; of records of this import nothing: they go."""
    keys = {row.patient_id for row in rows if row.patient_id}
    ours = set(register.rows.filter(made__in=keys).values_list("made", flat=True))
    held = {one.pk: one for one in Patient.objects.filter(pk__in=keys - ours)}
    changed: set[UUID] = set()
    for row in rows:
        row.outcome = Outcome.UNDONE
        patient = held.get(row.patient_id) if row.patient_id else None
        if patient is not None:
            if not _emptied(row, patient):
                row.outcome, row.why_kept = Outcome.KEPT, "corrected"
            changed.add(patient.pk)
        if row.outcome == Outcome.UNDONE:
            row.patient_id = None
    Patient.objects.filter(pk__in=changed).update(version=F("version") + 1, changed_at=at)
    rewrite_traits(sorted(changed))
    audit.record_many([
        audit.event("patient.updated", by=by, at=at, patient_id=key, subject=source, details={"undone": True})
        for key in sorted(changed)
    ])  # fmt: skip


def _emptied(row: RegisterRow, patient: Patient) -> bool:
    """Take back what a row filled in; return whether all of it was still there as it had been filled in."""
    plain: dict[str, str] = row.filled.get("plain", {})
    whole = all(str(getattr(patient, name)) == value for name, value in plain.items())
    if whole and plain:
        for name in plain:
            setattr(patient, name, _EMPTY[name])
        patient.save(update_fields=list(plain))
    for part, model in PARTS.items():
        keys = row.filled.get(part, ())
        gone = model._default_manager.filter(pk__in=keys, patient_id=patient.pk).delete()[0] if keys else 0
        whole = whole and gone == len(keys)
    return whole


_EMPTY: Final[dict[str, Any]] = {"sex": "unknown", "birth_on": None, "birth_precision": "unknown", "marital_status": ""}


def _remove(rows: Sequence[RegisterRow], register: RegisterImport, source: str, by: access.Actor, at: datetime) -> None:
    """Remove the records that the rows made, but for those that were used since."""
    made = {row.made for row in rows if row.made}
    used = uses(made, besides=register.pk)
    goes = sorted(made - used.keys())
    remove_parts(goes)
    PatientTraits.objects.filter(pk__in=goes).delete()
    DuplicatePair.objects.filter(Q(first_id__in=goes) | Q(second_id__in=goes)).delete()
    RegisterRow.objects.filter(patient_id__in=goes).update(patient=None)
    # Not `delete()`: it would ask each table what hangs on them, and the database asks all of them itself.
    Patient.objects.filter(pk__in=goes)._raw_delete(using=router.db_for_write(Patient))
    for row in rows:
        if row.made in used:
            row.outcome, row.why_kept = Outcome.KEPT, used[row.made]
        else:
            row.outcome, row.patient_id = Outcome.UNDONE, None
    audit.record_many([audit.event("patient.deleted", by=by, at=at, patient_id=key, subject=source) for key in goes])


def uses(keys: set[UUID], *, besides: UUID) -> dict[UUID, str]:
    """Return which of these records, made by an import, were used since, and how: a code, or the table that names them.

    Args:
        besides: the import that made them.
    """
    found: dict[UUID, str] = {}
    for one in Patient.objects.filter(pk__in=keys):
        if one.merged_into_id:
            found[one.pk] = "merged"
        elif not one.active:
            found[one.pk] = "archived"
        elif one.version != one.imported_version:
            found[one.pk] = "corrected"
    others = RegisterRow.objects.filter(patient_id__in=keys).exclude(register_id=besides)
    for key in others.exclude(verdict=Verdict.REPEAT).values_list("patient_id", flat=True):
        found.setdefault(key, "another-register")
    for model, column in _naming():
        for key in set(model._default_manager.filter(**{f"{column}__in": keys}).values_list(column, flat=True)):
            found.setdefault(key, model._meta.label)
    return found


def _naming() -> Iterator[tuple[type[models.Model], str]]:
    """Return every table and column that names a patient for something that somebody did."""
    columns: dict[type[models.Model], list[str]] = defaultdict(list)
    for model in apps.get_models():
        if (
            model._meta.managed
            and model.__module__.startswith("ehospital.")
            and model._meta.label not in _OF_THE_RECORD
        ):
            for column in patient_columns(model):
                columns[model].append(column.attname)
    for model, names in columns.items():
        for name in names:
            yield model, name
