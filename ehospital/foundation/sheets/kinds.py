"""A file that should hold a table: what it is, and why it is not taken. Read as values: nothing in it ever runs.

A workbook is a zip: what it would unfold to is judged by its table of contents before anything is unfolded.
Source of the limits: a register of 20,000 rows and 15 columns unfolds to about 20 MB and is at most 3 MB as a file.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_UNFOLDED: Final = 120 * 1024 * 1024
MOST_PARTS: Final = 2000
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 100
LONGEST_CELL: Final = 2000
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    MACROS = "macros"
    OLD_OR_LOCKED = "old-or-locked"
    OTHER_OFFICE = "other-office"
    ARCHIVE = "archive"
    UNFOLDS = "unfolds"
    DAMAGED = "damaged"
    NO_TABLE = "no-table"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"


class UnusableSheet(ValueError):
    """The file cannot be taken; `why` says it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


class Kind(StrEnum):
    """What holds the table."""

    WORKBOOK = "workbook"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, its cells as text, and what the reading saw of single cells.

    notes: (code, column) with `merged` (the value stands in a merged cell) and `formula` (one without a stored value).
    """

    number: int
    cells: tuple[str, ...]
    notes: tuple[tuple[str, int], ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)


def kind_of(content: bytes) -> Kind:
    """Return what the file is, by its content and never by its name.

    Raises:
        UnusableSheet: it is empty, too large, an old or locked workbook, one with macros, or unfolds beyond measure.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise UnusableSheet(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise UnusableSheet(Refusal.TOO_LARGE)
    if content.startswith(_OLE2):
        raise UnusableSheet(Refusal.OLD_OR_LOCKED)
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise UnusableSheet(Refusal.NO_TABLE)
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.TEXT
    _check_archive(content)
    return Kind.WORKBOOK


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNFOLDED:
                raise UnusableSheet(Refusal.UNFOLDS)
            if any(name.lower().endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in name for name in names):
                raise UnusableSheet(Refusal.MACROS)
            if "[Content_Types].xml" not in names:
                raise UnusableSheet(Refusal.OTHER_OFFICE if "mimetype" in names else Refusal.ARCHIVE)
            if not any(name.startswith("xl/") for name in names):
                raise UnusableSheet(Refusal.OTHER_OFFICE)
            if any(part.flag_bits & 1 for part in parts):
                raise UnusableSheet(Refusal.OLD_OR_LOCKED)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _declares_entities(archive, part):
                    raise UnusableSheet(Refusal.DAMAGED)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
        if isinstance(error, UnusableSheet):
            raise
        raise UnusableSheet(Refusal.DAMAGED) from error


def _declares_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """No workbook declares a document type; one that does wants its reader to unfold entities or to fetch something."""
    with archive.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(2048).replace(b"\0", b"")


def bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """Pass on the rows in which something stands, and refuse a table beyond all measure as soon as it shows."""
    seen = 0
    for row in rows:
        if row.blank:
            continue
        seen += 1
        if seen > MOST_ROWS:
            raise UnusableSheet(Refusal.TOO_MANY_ROWS)
        if len(row.cells) > MOST_COLUMNS:
            raise UnusableSheet(Refusal.TOO_MANY_COLUMNS)
        yield row
    if not seen:
        raise UnusableSheet(Refusal.EMPTY)


def trimmed(cells: list[str]) -> tuple[str, ...]:
    """Return the cells without the empty ones at the end; none is longer than what any field would take."""
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return tuple(cell[:LONGEST_CELL] for cell in cells[:last])
