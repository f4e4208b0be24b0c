"""Registers as hospitals keep them: written as files of the formats that come, from rows."""

import io
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ehospital.algorithms.written_days import Order
from ehospital.people import access
from ehospital.people.actions import registers
from ehospital.people.models import RegisterImport
from ehospital.people.policies.register_settings import RegisterSettings
from ehospital.people.queries.register_candidates import Inside

HEADINGS = ("No", "Family name", "First name", "Sex", "Date of birth", "Telephone", "Village")


def text(rows: Sequence[Sequence[object]], *, headings: Sequence[str] = HEADINGS, separator: str = ",") -> bytes:
    """A CSV file in UTF-8."""
    return "\r\n".join(separator.join(str(cell) for cell in row) for row in (headings, *rows)).encode()


def workbook(*rows: Sequence[object], merges: Sequence[str] = (), from_1904: bool = False) -> bytes:
    """An XLSX file with one sheet."""
    book = Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def row(number: int, chance: random.Random) -> list[str]:
    """A row of somebody who is like nobody else, but by chance."""
    letters = "abcdefghiklmnoprstuvz"
    family, given = ("".join(chance.choice(letters) for _ in range(7)).title() for _ in range(2))
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(28_000))
    phone = f"0{chance.randrange(10**8, 10**9)}"
    return [str(number), family, given, chance.choice("MF"), f"{born:%d/%m/%Y}", phone, "Harrowmere"]


def work(register_id: UUID, *, at: datetime) -> int:
    """Do what the worker does, to the end of the step."""
    inside, batches = Inside(), 0
    while registers.work_on(register_id, inside, at=at):
        batches += 1
    return batches


def brought(content: bytes, *, by: access.Actor, at: datetime, name: str = "register.csv") -> RegisterImport:
    """A register that was brought and read."""
    key = registers.bring_register(content, file_name=name, by=by, at=at)
    work(key, at=at)
    return RegisterImport.objects.get(pk=key)


def checked(
    content: bytes, *, by: access.Actor, at: datetime, order: Order | None = Order.DAY, **said: Any
) -> RegisterImport:
    """A register whose columns are as guessed, checked."""
    register = brought(content, by=by, at=at)
    told = RegisterSettings.from_json(register.settings)
    birth = told.column_of("birth")
    orders = {birth: order} if birth is not None and order else {}
    settings = RegisterSettings(**{**told.__dict__, "orders": orders, "register": "Clinic book", **said})
    registers.describe_register(register.pk, settings, seen_version=register.version, by=by, at=at)
    registers.check_register(register.pk, seen_version=register.version + 1, by=by, at=at)
    work(register.pk, at=at)
    register.refresh_from_db()
    return register


def taken(content: bytes, *, by: access.Actor, at: datetime, **said: Any) -> RegisterImport:
    """A register in use."""
    register = checked(content, by=by, at=at, **said)
    registers.take_register(register.pk, seen_version=register.version, by=by, at=at)
    work(register.pk, at=at)
    register.refresh_from_db()
    return register


def undone(register: RegisterImport, *, by: access.Actor, at: datetime) -> RegisterImport:
    """The same, undone."""
    registers.undo_register(register.pk, seen_version=register.version, by=by, at=at)
    work(register.pk, at=at)
    register.refresh_from_db()
    return register
