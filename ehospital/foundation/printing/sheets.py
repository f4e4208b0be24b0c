"""What a printed record consists of: plain words, already in the language of the paper.

Nothing here is markup. A text is put down letter by letter, whatever it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: `warnings` stand white on red, `tags` in a frame, `details` and `hints` below, one a line."""

    title: str
    warnings: Sequence[str] = ()
    tags: Sequence[str] = ()
    when: str = ""
    details: Sequence[str] = ()
    hints: Sequence[str] = ()
    items: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns by relative width, and rows of as many cells; its head comes again on every page."""

    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `statements` say in bold what is known or not known, `words` are paragraphs of somebody's text."""

    title: str
    statements: Sequence[str] = ()
    lines: Sequence[Line] = ()
    tables: Sequence[Table] = ()
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the paper is about, on every page: the name, and facts as (label, value)."""

    name: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Paper:
    """A record on paper.

    Attributes:
        language: of the paper, BCP 47; `rtl` when it is written from right to left.
        author: the hospital.
        printed: who printed it when, in parts; at the foot of every page.
        pages: "Page {page} of {pages}" in the language of the paper.
        unshown: what to say when a letter has no picture in any face.
        end: what the last line says, so that a missing page shows.
    """

    title: str
    language: str
    rtl: bool
    author: str
    subject: Subject
    printed: Sequence[str]
    pages: str
    unshown: str
    end: str
    preface: Sequence[str]
    sections: Sequence[Section]
