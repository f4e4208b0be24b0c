"""Moving rows from one patient to another, each written down, and moving them back.

Every domain moves its own tables through here, in its own action; which tables those are is asked of the models, so no
table is forgotten. What is append-only stays filed under the record it was written for, and reads go through
`people.queries.one_person`; it moves only where its model is `refiled_by` a trigger that allows this.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import Range

from ehospital.people.models import MergedRow, Patient

_MOVE = """
WITH moved AS (
    UPDATE {table} SET {column} = %(into)s WHERE {column} = %(of)s AND {key}::text <> ALL (%(but)s) RETURNING {key}
)
INSERT INTO people_mergedrow (id, merge_id, "table", "row", kind, "column", before, after)
SELECT uuidv7(), %(merge)s, %(label)s, {key}::text, 'moved', %(name)s,
    jsonb_build_object(%(name)s, %(of)s::text), jsonb_build_object(%(name)s, %(into)s::text)
FROM moved
"""
_MOVE_BACK = """
UPDATE {table} AS held SET {column} = %(of)s FROM people_mergedrow AS noted
WHERE noted.merge_id = %(merge)s AND noted."table" = %(label)s AND noted."column" = %(name)s AND noted.kind = 'moved'
    AND held.{key} = noted."row"::{type} AND held.{column} = %(into)s AND noted.before ->> %(name)s = %(of)s::text
"""


def patient_columns(model: type[models.Model]) -> "Iterator[models.Field[Any, Any]]":
    """Return the columns of a model that name a patient: foreign keys, and `patient_id` without one."""
    for field in model._meta.concrete_fields:
        linked = field.is_relation and field.related_model is Patient
        if linked or (field.name == "patient_id" and isinstance(field, models.UUIDField)):
            yield field


def carried(domain: Iterable[type[models.Model]]) -> "Iterator[tuple[type[models.Model], models.Field[Any, Any]]]":
    """Return the tables and columns that move: what names a patient, is managed here, and may change."""
    for model in domain:
        stays = getattr(model, "append_only", False) and not getattr(model, "refiled_by", "")
        if model._meta.managed and not model._meta.proxy and not stays:
            for field in patient_columns(model):
                yield model, field


def move(
    domain: Iterable[type[models.Model]],
    merge_id: UUID,
    *,
    of: UUID,
    into: UUID,
    besides: Iterable[tuple[str, str]] = (),
    but: Collection[UUID] = (),
) -> None:
    """Move every row of these tables from one patient to the other, and write each down, in the caller's transaction.

    Args:
        besides: (model, column) that the caller deals with itself: ("monitoring.PatientState", "patient").
        but: the rows that stay with whom they are.
    """
    apart, staying = set(besides), [str(key) for key in but]
    with connection.cursor() as cursor:
        for model, field in carried(domain):
            if (model._meta.label, field.name) not in apart:
                values = {**_values(model, field, merge_id, of, into), "but": staying}
                cursor.execute(_MOVE.format(**_names(model, field)), values)


def move_back(domain: Iterable[type[models.Model]], merge_id: UUID, *, of: UUID, into: UUID) -> None:
    """Undo `move`, row by row; rows written since the merge stay with whom they were written for."""
    with connection.cursor() as cursor:
        for model, field in carried(domain):
            cursor.execute(_MOVE_BACK.format(**_names(model, field)), _values(model, field, merge_id, of, into))


def _names(model: type[models.Model], field: "models.Field[Any, Any]") -> dict[str, str]:
    quote, key = connection.ops.quote_name, model._meta.pk
    return {
        "table": quote(model._meta.db_table),
        "column": quote(str(field.column)),
        "key": quote(str(key.column)),
        "type": str(key.db_type(connection)),
    }


def _values(
    model: type[models.Model], field: "models.Field[Any, Any]", merge_id: UUID, of: UUID, into: UUID
) -> dict[str, Any]:
    return {"merge": merge_id, "label": model._meta.label, "name": field.name, "of": of, "into": into}


def row_of(held: models.Model) -> dict[str, Any]:
    """Return a whole row as the ledger keeps it: every column as JSON has it, nothing rounded."""
    return {field.attname: plain(getattr(held, field.attname)) for field in held._meta.concrete_fields}


def plain(value: Any) -> Any:
    """Return one value as the ledger keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Range):
        ends = {"lower": plain(value.lower), "upper": plain(value.upper), "bounds": value._bounds}
        return json.dumps({"empty": True} if value.isempty else ends)
    return str(value) if isinstance(value, UUID | Decimal) else value


def read(model: type[models.Model], row: Mapping[str, Any]) -> models.Model:
    """Return the unsaved instance of a row that the ledger kept."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: value_of(fields[name], value) for name, value in row.items() if name in fields})


def value_of(field: "models.Field[Any, Any]", value: Any) -> Any:
    """Return the value of a column from what the ledger kept."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def note_changed(merge_id: UUID, held: models.Model, changes: Mapping[str, Any]) -> None:
    """Write down that the merge changes these columns of a row; the caller changes them."""
    MergedRow(
        merge_id=merge_id,
        table=held._meta.label,
        row=str(held.pk),
        kind=MergedRow.Kind.CHANGED,
        before=row_of(held),
        after={name: plain(value) for name, value in changes.items()},
    ).save()


def change(merge_id: UUID, held: models.Model, **columns: Any) -> None:
    """Change these columns of a row as part of a merge, and write it down; `change_back` undoes it."""
    note_changed(merge_id, held, columns)
    type(held)._default_manager.filter(pk=held.pk).update(**columns)


def change_back(merge_id: UUID, model: type[models.Model]) -> None:
    """Undo `change` on the rows of a table that still are as the merge left them."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    for noted_row in noted(merge_id, model, "changed"):
        after = {name: value_of(fields[name], value) for name, value in noted_row.after.items()}
        before = {name: value_of(fields[name], noted_row.before[name]) for name in after}
        model._default_manager.filter(pk=noted_row.row, **after).update(**before)


def note_moved(merge_id: UUID, held: models.Model, *, into: UUID) -> None:
    """Write down that the merge moves a row, and keep it whole: it may be rewritten before it is moved back."""
    MergedRow(
        merge_id=merge_id,
        table=held._meta.label,
        row=str(held.pk),
        kind=MergedRow.Kind.MOVED,
        before=row_of(held),
        after={"patient_id": str(into)},
    ).save()


def note_removed(merge_id: UUID, held: models.Model) -> None:
    """Write down that the merge removes a row, whole."""
    MergedRow(
        merge_id=merge_id, table=held._meta.label, row=str(held.pk), kind=MergedRow.Kind.REMOVED, before=row_of(held)
    ).save()


def noted(merge_id: UUID, model: type[models.Model], *kinds: str) -> list[MergedRow]:
    """Return what a merge wrote down about one table, in the order in which it did."""
    rows = MergedRow.objects.filter(merge_id=merge_id, table=model._meta.label, column="")
    return list(rows.filter(kind__in=kinds).order_by("id"))
