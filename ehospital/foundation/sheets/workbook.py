"""Reading a workbook (Office Open XML, ECMA-376): values only, row by row, without running or computing anything.

The library reads cells; merged cells and formulas without a stored value stand elsewhere, and are read first.
"""

import io
import math
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import ParseError, iterparse

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from ehospital.foundation.sheets.kinds import MOST_COLUMNS, Refusal, Row, UnusableSheet, bounded, trimmed

MOST_MERGED: Final = 20_000
_LAST_ROW: Final = 1_048_576
_BROKEN: Final = (
    InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, EOFError,
    zlib.error,
    IndexError, OverflowError, OSError,
)  # fmt: skip


@dataclass
class _Aside:
    """What stands beside the cells: which cell a merged one repeats, and formulas without a value."""

    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Seen:
    """A workbook: the names of its sheets, and whether its days count from 1904."""

    sheets: tuple[str, ...]
    from_1904: bool


def look(content: bytes) -> Seen:
    """Return which sheets the workbook has.

    Raises:
        UnusableSheet: it is damaged, or has no sheet with cells.
    """
    with _opened(content) as book:
        names = tuple(sheet.title for sheet in book.worksheets)
        if not names:
            raise UnusableSheet(Refusal.EMPTY)
        return Seen(names, book.epoch == CALENDAR_MAC_1904)


def rows(content: bytes, sheet: str) -> Iterator[Row]:
    """Return the rows of a sheet in which something stands. A merged cell says in each of its rows what it says.

    Raises:
        UnusableSheet: it is damaged, has no such sheet, nothing in it, or too much.
    """
    with _opened(content) as book:
        if sheet not in book.sheetnames:
            raise UnusableSheet(Refusal.DAMAGED)
        held = book[sheet]
        aside = _aside(content, held._worksheet_path)
        yield from bounded(_rows(held, aside))


def _rows(held: Any, aside: _Aside) -> Iterator[Row]:
    firsts: dict[tuple[int, int], str] = {}
    wanted = set(aside.merged.values())
    for number, values in enumerate(
        held.iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS + 1, values_only=True), held.min_row or 1
    ):
        if not aside.merged and all(value is None for value in values):
            continue
        cells = [as_text(value) for value in values]
        notes: list[tuple[str, int]] = []
        for column in range(len(cells)):
            place = (number, column + 1)
            if place in wanted:
                firsts[place] = cells[column]
            if not cells[column] and place in aside.merged:
                cells[column] = firsts.get(aside.merged[place], "")
                if cells[column]:
                    notes.append(("merged", column))
            if place in aside.uncomputed:
                notes.append(("formula", column))
        yield Row(number, trimmed(cells), tuple(notes))


def as_text(value: object) -> str:
    """Return what a cell holds, as it would be read aloud: a day as 1980-03-25, a whole number without a point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value.startswith("#") and value in _ERRORS else value.replace("\0", "").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


_ERRORS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    book = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a register does not need
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            yield book
    except UnusableSheet:
        raise
    except _BROKEN as error:
        raise UnusableSheet(Refusal.DAMAGED) from error
    finally:
        if book is not None:
            book.close()


def _aside(content: bytes, path: str) -> _Aside:
    found, table = _Aside(), None
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(path.lstrip("/")) as part:
        # `kinds.kind_of` refused parts that declare entities, and parts beyond measure.
        for event, element in iterparse(part, events=("start", "end")):  # noqa: S314
            name = element.tag.rpartition("}")[2]
            if event == "start":
                table = element if name == "sheetData" else table
            elif name == "c":
                _note_formula(element, found)
            elif name == "row" and table is not None:
                table.clear()
            elif name == "mergeCell":
                _note_merge(element.get("ref", ""), found)
    return found


def _note_formula(cell: Any, found: _Aside) -> None:
    parts = {part.tag.rpartition("}")[2]: part for part in cell}
    if "f" in parts and not (("v" in parts and parts["v"].text) or "is" in parts) and cell.get("r"):
        found.uncomputed.add(coordinate_to_tuple(cell.get("r")))


def _note_merge(ref: str, found: _Aside) -> None:
    left, top, right, bottom = range_boundaries(ref)
    right = min(right, MOST_COLUMNS)
    if len(found.merged) + (right - left + 1) * (bottom - top + 1) > MOST_MERGED:
        return  # a whole sheet merged into one cell is a title, not a table
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                found.merged[row, column] = (top, left)
            else:
                found.merged.setdefault((row, column), (top, left))
