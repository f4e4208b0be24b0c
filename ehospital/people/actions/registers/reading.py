"""Reading the file of a register into its rows: as text, with what was seen of it, and a guess of its columns."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from ehospital.algorithms import register_columns
from ehospital.algorithms.written_days import System
from ehospital.foundation import files, locks
from ehospital.foundation.sheets import kinds, text, workbook
from ehospital.foundation.sheets.kinds import Kind, Row, UnusableSheet
from ehospital.people import access
from ehospital.people.models import RegisterImport, RegisterRow
from ehospital.people.policies.register_settings import RegisterSettings

AT_ONCE: Final = 2000
State = RegisterImport.State


@transaction.atomic
def read_register(register_id: UUID, *, by: access.Actor, at: datetime) -> bool:
    """Read the file anew; return whether there was something to do. A file that cannot be read is refused, with why.

    Raises:
        NotPermitted: `by` may not import records.
        UnknownFile, DamagedFile, StoreAway: the file is not there; nothing is written.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    (register,) = locks.rows(RegisterImport.objects.all(), [register_id])
    if register.state != State.READING:
        return False
    content = files.load(register.file_key)
    try:
        with transaction.atomic():
            register.rows.all().delete()
            shape, settings = _read(register, content)
    except UnusableSheet as error:
        _refuse(register, error)
    else:
        told = settings.as_json()
        register.state, register.settings, register.shape = State.READ, told, {**shape, "read_as": told}
        register.rows_total = register.rows.count()
    register.worked_at, register.version = at, register.version + 1
    register.save()
    return True


def _refuse(register: RegisterImport, error: UnusableSheet) -> None:
    """What could be read otherwise before stands as it was then; what never could be is refused."""
    if not register.shape:
        register.state, register.why, register.rows_total = State.REFUSED, error.why.value, 0
        return
    register.state, register.settings = State.READ, register.shape["read_as"]
    register.shape = {**register.shape, "failed": error.why.value}


def _read(register: RegisterImport, content: bytes) -> tuple[dict[str, Any], RegisterSettings]:
    said = RegisterSettings.from_json(register.settings)
    if kinds.kind_of(content) is Kind.WORKBOOK:
        seen = workbook.look(content)
        sheet = said.sheet if said.sheet in seen.sheets else _first_with_rows(content, seen.sheets)
        shape: dict[str, Any] = {"kind": "workbook", "sheets": list(seen.sheets), "from_1904": seen.from_1904}
        said = RegisterSettings(sheet=sheet)
        rows = workbook.rows(content, sheet)
    else:
        encoding = said.encoding or text.encoding_of(content)
        plain = text.decoded(content, encoding)
        separator = said.separator or text.separator_of(plain)
        shape = {"kind": "text", "lost": plain.count("\N{REPLACEMENT CHARACTER}")}
        said = RegisterSettings(encoding=encoding, separator=separator)
        rows = text.rows(plain, separator)
    seen_notes = _keep(register, rows)
    shape |= seen_notes
    return shape, _guessed(register, said, shape)


def _first_with_rows(content: bytes, sheets: Sequence[str]) -> str:
    """Return the first sheet in which something stands, or the first of all."""
    for sheet in sheets:
        try:
            next(workbook.rows(content, sheet))
        except UnusableSheet:
            continue
        return sheet
    return sheets[0]


def _keep(register: RegisterImport, rows: Iterator[Row]) -> dict[str, int]:
    seen = {"merged": 0, "formula": 0, "columns": 0}
    while batch := list(islice(rows, AT_ONCE)):
        for row in batch:
            seen["columns"] = max(seen["columns"], len(row.cells))
            for code, _ in row.notes:
                seen[code] += 1
        RegisterRow.objects.bulk_create([
            RegisterRow(
                register=register, number=row.number, cells=list(row.cells), notes=[list(note) for note in row.notes]
            )
            for row in batch
        ])  # fmt: skip
    return seen


def _guessed(register: RegisterImport, said: RegisterSettings, shape: dict[str, Any]) -> RegisterSettings:
    """Propose where the headings stand, what the columns are, and what the workbook itself says of its days."""
    first = list(register.rows.order_by("number").values_list("number", "cells")[: register_columns.LOOKED_AT])
    headings = register_columns.headings_of(first)
    columns = register_columns.guess(register_columns.names_of(first, *headings)) if headings[1] else {}
    system = System.FROM_1904 if shape.get("from_1904") else System.FROM_1900
    systems = {column: system for column, name in columns.items() if name == "birth" and shape["kind"] == "workbook"}
    return RegisterSettings(
        sheet=said.sheet,
        encoding=said.encoding,
        separator=said.separator,
        headings=headings,
        columns=columns,
        systems=systems,
    )
