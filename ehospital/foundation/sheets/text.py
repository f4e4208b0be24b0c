"""Reading a table out of plain text: in which encoding, and with which separator, guessed and open to correction.

The encoding: what declares itself is believed; what is valid UTF-8 is UTF-8 (other texts hardly ever are); what is left
is one of the code pages of one byte, of which nothing proves one: letters of Arabic stand in runs, accented ones of
Latin alone. Hence a guess with a preview, and not a decision.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ehospital.foundation.sheets.kinds import Refusal, Row, UnusableSheet, bounded, trimmed

ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "cp1256", "cp1250", "cp1251")
SEPARATORS: Final = (",", ";", "\t", "|")
_LOOKED_AT: Final = 60
_LONGEST_FIELD: Final = 100_000
_RUN: Final = 0.5
"""A share of letters beyond ASCII that stand beside another such letter, above which they are no accents."""


def encoding_of(content: bytes) -> str:
    """Return the likeliest encoding, one of `ENCODINGS`."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = content[:4000]
    if start.count(0) > len(start) // 5:
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _code_page(content)
    return "utf-8"


def _code_page(content: bytes) -> str:
    high = [place for place, byte in enumerate(content[:200_000]) if byte >= 0x80]
    beside = sum(after - before == 1 for before, after in pairwise(high))
    return "cp1256" if len(high) > 3 and beside / len(high) > _RUN else "cp1252"


def decoded(content: bytes, encoding: str) -> str:
    """Return the text; what the encoding does not know becomes U+FFFD, which a check finds.

    Raises:
        UnusableSheet: it is no text at all.
    """
    name = encoding
    if encoding == "utf-8":
        name = "utf-8-sig"
    elif encoding == "utf-16" and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-be" if content[:200:2].count(0) > content[1:200:2].count(0) else "utf-16-le"
    text = content.decode(name, errors="replace")
    start = text[:4000]
    if sum(letter < " " and letter not in "\t\r\n\f\v" for letter in start) > len(start) // 50:
        raise UnusableSheet(Refusal.NO_TABLE)
    return text.replace("\0", "")


def separator_of(text: str) -> str:
    """Return the separator under which the first rows have most columns, and all equally many."""
    if text[:4].casefold() == "sep=" and text[4:5] in SEPARATORS:  # as Excel writes it
        return text[4]
    best = (0.0, SEPARATORS[0])
    for mark in SEPARATORS:
        widths = Counter(len(cells) for cells in _first(text, mark) if cells)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda one: (one[1], one[0]))
        if width > 1:
            best = max(best, (times / widths.total() + width / 1000, mark), key=lambda one: one[0])
    return best[1]


def _first(text: str, mark: str) -> list[list[str]]:
    reader, found = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=mark), []
    try:
        for cells in reader:
            found.append(cells)
            if len(found) == _LOOKED_AT:
                break
    except csv.Error:
        return []
    return found


def rows(text: str, separator: str) -> Iterator[Row]:
    """Return the rows in which something stands, numbered as a spreadsheet that opens the file numbers them.

    Raises:
        UnusableSheet: a quote is never closed, or there is nothing, or too much.
    """
    yield from bounded(_rows(text, separator))


def _rows(text: str, separator: str) -> Iterator[Row]:
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for number, cells in enumerate(reader, 1):
            if number == 1 and cells and cells[0].casefold() == "sep=" and not any(cells[1:]):
                continue
            yield Row(number, trimmed([cell.strip() for cell in cells]))
    except csv.Error as error:
        raise UnusableSheet(Refusal.DAMAGED) from error
    finally:
        csv.field_size_limit(before)
