"""Reads of registers: which came, where one stands, its rows, and what each of its columns holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from ehospital.algorithms import register_columns
from ehospital.algorithms.written_days import Question
from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.access import Permission
from ehospital.people.models import IdentifierIssuer, RegisterImport, RegisterRow
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries.finding import Found, lines
from ehospital.people.queries.register_questions import birth_question

LATEST: Final = 50
SAMPLES: Final = 3
SHOWN_ROWS: Final = 6
Row = RegisterRow


@dataclass(frozen=True)
class Column:
    """One column of a register: its number, its heading, what it holds, and the first values in it."""

    number: int
    heading: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """A register with what is said of it so far, and what its column of birth dates leaves open."""

    columns: tuple[Column, ...]
    above: tuple[tuple[int, tuple[str, ...]], ...]
    question: Question
    issuers: tuple[tuple[str, str], ...]


def came_with(patient_id: UUID, *, viewer: access.Actor) -> list[Row]:
    """Return the rows of registers that were filed with a patient, the newest first, with their registers.

    Raises:
        NotPermitted: `viewer` may not correct this patient, or there is no such patient.
    """
    access.require(viewer, Permission.PATIENT_EDIT, patient_id=patient_id)
    filed = RegisterRow.objects.filter(patient_id=patient_id).exclude(verdict=RegisterRow.Verdict.REPEAT)
    return list(filed.select_related("register").order_by("-id")[:SAMPLES])


def latest_registers(*, viewer: access.Actor) -> list[RegisterImport]:
    """Return the registers that came last, at most 50, the newest first.

    Raises:
        NotPermitted: `viewer` may not import records.
    """
    access.require(viewer, Permission.RECORD_IMPORT)
    return list(RegisterImport.objects.order_by("-begun_at", "-id")[:LATEST])


def register(register_id: UUID, *, viewer: access.Actor) -> RegisterImport:
    """Return one register.

    Raises:
        NotPermitted: `viewer` may not import records, or there is no such register.
    """
    access.require(viewer, Permission.RECORD_IMPORT)
    found = RegisterImport.objects.filter(pk=register_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {Permission.RECORD_IMPORT.value}")
    return found


def described(held: RegisterImport, settings: RegisterSettings, *, viewer: access.Actor) -> Described:
    """Return the columns of a register under these settings, for whoever says what they hold.

    Raises:
        NotPermitted: `viewer` may not import records.
    """
    access.require(viewer, Permission.RECORD_IMPORT)
    rows = list(held.rows.order_by("number").values_list("number", "cells")[: register_columns.LOOKED_AT])
    first, last = settings.headings
    names = register_columns.names_of(rows, first, last)
    below = [cells for number, cells in rows if number > last]
    columns = tuple(
        Column(number, name, settings.columns.get(number, ""), _samples(below, number))
        for number, name in enumerate(names)
        if name or any(number < len(cells) and cells[number] for cells in below)
    )
    issuers = tuple(IdentifierIssuer.objects.order_by("name", "id").values_list("system", "name"))
    above = tuple((number, tuple(cells)) for number, cells in rows[:SHOWN_ROWS])
    return Described(columns, above, birth_question(held, settings), issuers)


def _samples(rows: Sequence[Sequence[str]], column: int) -> tuple[str, ...]:
    told = (cells[column] for cells in rows if column < len(cells) and cells[column])
    return tuple(dict.fromkeys(told))[:SAMPLES]


def headings(held: RegisterImport, *, viewer: access.Actor) -> list[str]:
    """Return the heading of each column of a register.

    Raises:
        NotPermitted: `viewer` may not import records.
    """
    access.require(viewer, Permission.RECORD_IMPORT)
    first, last = RegisterSettings.from_json(held.settings).headings
    rows = held.rows.filter(number__lte=max(last, 1)).order_by("number").values_list("number", "cells")
    return register_columns.names_of(list(rows), first, last)


def register_rows(
    held: RegisterImport, *, viewer: access.Actor, verdict: str = "", outcome: str = ""
) -> "QuerySet[Row]":
    """Return the rows of a register below its headings, of one verdict or with one outcome, in their order.

    Raises:
        NotPermitted: `viewer` may not import records.
    """
    access.require(viewer, Permission.RECORD_IMPORT)
    rows = held.rows.filter(number__gt=RegisterSettings.from_json(held.settings).headings[1])
    if verdict:
        rows = rows.filter(verdict=verdict)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return rows.order_by("number")


def likenesses(rows: Sequence[Row], held: RegisterImport, *, viewer: access.Actor, at: datetime) -> dict[UUID, Found]:
    """Return the records that these rows are like, by id; audited, as they are shown.

    Raises:
        NotPermitted: `viewer` may not import records.
    """
    access.require(viewer, Permission.RECORD_IMPORT)
    keys = sorted({row.like for row in rows if row.like} | {row.patient_id for row in rows if row.patient_id})
    audit.record_listed("register.listed", keys, by=viewer, at=at, subject=f"register:{held.pk}")
    return {one.id: one for one in lines(keys, viewer)}
