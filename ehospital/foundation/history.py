"""What changed in a record, and how it looked at an earlier moment: read from what the database keeps by itself."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from ehospital.foundation.history_triggers import MOMENT, PAST, PATIENT, kept
from ehospital.foundation.models import AuditEvent, ExactDecoder, RowChange

Operation = RowChange.Operation


@contextmanager
def as_it_was(patient_id: UUID, moment: datetime) -> Iterator[None]:
    """Read one patient's record inside as the database held it at that moment.

    Every query of the record, by Django or in plain SQL, answers for then; nothing of it can be written. What a patient
    has no part in (staff, wards) and who may open a chart stay as they are today. Rows of other patients are not to be
    asked for: what was deleted or changed of them since would be missing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        today = cursor.execute("SELECT current_setting('search_path')").fetchone()[0]
        _set(cursor, {"search_path": f"{PAST}, {today}", MOMENT: moment.isoformat(), PATIENT: str(patient_id)})
        yield
        _set(cursor, {"search_path": today})  # an error rolls the transaction back, and its settings with it


def _set(cursor: Any, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one row: what it held before and after; None for a row that was not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One row that came, changed or went; `fields` are those that differ, of a new or removed row those set.

    `row` is the whole row by field: as the change left it, or as it was when it was removed.
    """

    model: type[models.Model]
    row_key: str
    operation: str
    fields: tuple[FieldChange, ...]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All changes of one transaction in one record, and who was written down with it.

    `acts` are the audit events of the transaction for this patient, empty when it was made past the program; then
    `by_role`, the role of the database, is all that is known. `number` pages on.
    """

    number: int
    at: datetime
    acts: tuple[AuditEvent, ...]
    by_role: str
    changes: tuple[Change, ...]


def changes_of(patient_id: UUID, *, before: int | None = None, most: int = 20) -> list[ChangeSet]:
    """Return what changed in a record, the newest transaction first.

    Args:
        before: a `ChangeSet.number`, to read on behind it.
        most: how many transactions.
    """
    found = RowChange.objects.filter(patient_id=patient_id)
    if before is not None:
        found = found.filter(transaction__lt=before)
    numbers = list(found.order_by("-transaction").values_list("transaction", flat=True).distinct()[:most])
    rows = defaultdict(list)
    for row in RowChange.objects.filter(patient_id=patient_id, transaction__in=numbers).order_by("id"):
        rows[row.transaction].append(row)
    acts = defaultdict(list)
    for act in AuditEvent.objects.filter(patient_id=patient_id, transaction__in=numbers).order_by("id"):
        acts[act.transaction].append(act)
    afterwards = _Afterwards(row for one in rows.values() for row in one)
    sets = []
    for number in numbers:
        whole = [one for step in _whole(rows[number]) if (one := _change(step, afterwards)) is not None]
        first = rows[number][0]
        sets.append(ChangeSet(number, first.at, tuple(acts[number]), first.by_role, _without_replacements(whole)))
    return sets


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Step:
    """What one transaction did to one row, all its changes of it together."""

    table: str
    key: str
    operation: str
    before: Row | None
    last: int


def _whole(rows: Sequence[RowChange]) -> Iterator[_Step]:
    """Bring the changes of one transaction together by row; a row that came and went in it is left out."""
    by_row: dict[tuple[str, str], list[RowChange]] = defaultdict(list)
    for row in rows:
        by_row[row.table_name, row.row_key].append(row)
    for (table, key), steps in by_row.items():
        born, gone = steps[0].operation == Operation.INSERTED, steps[-1].operation == Operation.DELETED
        if not (born and gone):
            operation = Operation.INSERTED if born else Operation.DELETED if gone else Operation.UPDATED
            yield _Step(table, key, operation, steps[0].before, steps[-1].id)


class _Afterwards:
    """What stood in rows after a change: what the next change found, or the row of today."""

    def __init__(self, rows: Iterable[RowChange]) -> None:
        keys: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            keys[row.table_name].add(row.row_key)
        self._later: dict[tuple[str, str], list[RowChange]] = defaultdict(list)
        self._today: dict[tuple[str, str], Row] = {}
        for table, wanted in keys.items():
            found = RowChange.objects.filter(table_name=table, row_key__in=wanted).exclude(operation="I").order_by("id")
            for change in found:
                self._later[table, change.row_key].append(change)
            self._today |= {(table, key): row for key, row in _rows_of_today(table, wanted)}

    def after(self, step: _Step) -> Row | None:
        """Return the row as that transaction left it, None when it removed it."""
        if step.operation == Operation.DELETED:
            return None
        later = (one.before for one in self._later[step.table, step.key] if one.id > step.last)
        return next(later, self._today.get((step.table, step.key)))


def _rows_of_today(table: str, keys: set[str]) -> Iterator[tuple[str, Row]]:
    model = _models()[table]
    assert model._meta.pk is not None
    column = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{column}"::text, to_jsonb(today)::text FROM "{table}" today '  # noqa: S608  our own names
            f'WHERE "{column}" = ANY(%s::uuid[])',
            [sorted(keys)],
        )
        for key, row in cursor.fetchall():
            yield key, json.loads(row, cls=ExactDecoder)


def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in kept()}


def _change(step: _Step, afterwards: _Afterwards) -> Change | None:
    model = _models()[step.table]
    before, after = step.before or {}, afterwards.after(step) or {}
    columns = {field.attname: field.column for field in model._meta.concrete_fields if field.column}
    pairs = ((name, before.get(column), after.get(column)) for name, column in columns.items())
    fields = tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)
    row = {name: (after or before).get(column) for name, column in columns.items()}
    return Change(model, step.key, step.operation, fields, row) if fields else None


def _without_replacements(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Leave out what was removed and written again unchanged: a form that saves every name of a patient anew."""

    def content(change: Change) -> tuple[object, ...]:
        pk = change.model._meta.pk
        assert pk is not None
        held = ((one.name, one.before if one.after is None else one.after) for one in change.fields)
        return (change.model, *(f"{name}={value}" for name, value in held if name != pk.attname))

    removed, added = (
        Counter(content(one) for one in changes if one.operation == operation)
        for operation in (Operation.DELETED, Operation.INSERTED)
    )
    same = removed & added
    left_out = {Operation.DELETED: Counter(same), Operation.INSERTED: Counter(same)}
    shown = []
    for one in changes:
        spare = left_out.get(Operation(one.operation))
        if spare is not None and spare[content(one)] > 0:
            spare[content(one)] -= 1
        else:
            shown.append(one)
    return tuple(shown)
