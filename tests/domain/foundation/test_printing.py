"""Typesetting: what was written is printed as it stands, in both directions, the same everywhere, in time."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ehospital.foundation.printing import typesetting
from ehospital.foundation.printing.sheets import Cell, Line, Paper, Section, Subject, Table
from tests.factories.pdfs import pages_of, text_of

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOSTILE = (
    '#panic("out")',
    '#import "/frame.typ": *',
    '#read("/etc/passwd")',
    "$ x^2 $ *bold* _it_ `raw` <label> @ref",
    "= Heading",
    "]#text(red)[x]",
    '"} , {"title": "forged"',
    "\\u{41} \\n // comment /* more */",
    "<script>alert(1)</script>",
    "https://example.org/",
)


def sheet(*sections: Section, name: str = "OKAFOR, Amina", rtl: bool = False) -> Paper:
    return Paper(
        title="Summary",
        language="ar" if rtl else "en",
        rtl=rtl,
        author="Harrowmere",
        subject=Subject(name, [("Born", "14-Mar-1957"), ("Hospital no.", "MR-000123")]),
        printed=("Printed 02-Mar-2026 12:00", "Tove Berg"),
        pages="Page {page} of {pages}",
        unshown="Some letters cannot be printed.",
        end="End of the summary",
        preface=(),
        sections=sections,
    )


def results(rows: int) -> Section:
    line = (Cell("Potassium"), Cell("4.1 mmol/L", strong=True), Cell("3.5–5.3 mmol/L"))
    return Section("Results", tables=[Table(("Test", "Value", "Range"), (3, 2, 2), [line] * rows, "Laboratory")])


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_written_is_printed_and_nothing_of_it_is_markup(words: str) -> None:
    section = Section(words, lines=[Line(words, warnings=[words], details=[words])], statements=[words], words=[words])
    told = text_of(typesetting.typeset(sheet(section, name=words), at=AT))
    assert told.replace(" ", "").count(words.replace(" ", "")) == 7


def test_every_page_says_whose_it_is_and_which_it_is_of_how_many() -> None:
    made = typesetting.typeset(sheet(results(120)), at=AT)
    told, pages = text_of(made), pages_of(made)
    assert pages == 3
    for words in ("OKAFOR, Amina", "14-Mar-1957", "MR-000123", "Printed 02-Mar-2026 12:00 · Tove Berg"):
        assert told.count(words) == pages
    assert [f"Page {page} of {pages}" in told for page in range(1, pages + 1)] == [True] * pages
    assert told.count("Potassium") == 120
    assert "End of the summary" in told


def test_a_page_from_the_right_keeps_numbers_and_units_as_they_are_written() -> None:
    told = text_of(typesetting.typeset(sheet(results(1), name="أمينة عكافور", rtl=True), at=AT))
    assert "4.1 mmol/L" in told and "3.5–5.3 mmol/L" in told
    # Shaped letters lie on the page from left to right.
    assert "ةنيمأ" in told.replace(" ", "")


def test_it_can_be_read_aloud() -> None:
    made = typesetting.typeset(sheet(results(2)), at=AT)
    assert b"/MarkInfo" in made and b"/Marked true" in made
    assert b"/StructTreeRoot" in made and b"/Lang" in made
    assert b"pdfuaid:part" in made


def test_a_letter_without_a_picture_is_said_and_leaves_the_rest_readable() -> None:
    made = typesetting.typeset(sheet(results(1), name="李小龙"), at=AT)
    assert "Some letters cannot be printed." in text_of(made)
    assert b"/StructTreeRoot" in made
    assert "Some letters cannot be printed." not in text_of(typesetting.typeset(sheet(), at=AT))


def test_what_turns_text_around_and_what_is_no_letter_is_taken_out() -> None:
    told = text_of(typesetting.typeset(sheet(name="A\u202eB\u0007C\u2066D\u200fE\ufeff"), at=AT))
    assert "ABCDE" in told


def test_the_same_record_is_the_same_file_whatever_the_machine_has_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = typesetting.typeset(sheet(results(3)), at=AT)
    monkeypatch.setenv("TYPST_FONT_PATHS", "/usr/share/fonts")
    assert typesetting.typeset(sheet(results(3)), at=AT) == first
    fonts = {one.path for one in typesetting._faces().fonts() if one.path}
    assert {Path(one).parent for one in fonts} == {typesetting.HERE / "fonts"}


def test_a_document_is_made_in_time() -> None:
    paper = sheet(results(200))
    typesetting.typeset(paper, at=AT)
    took = []
    for turn in range(5):
        begun = time.perf_counter()
        typesetting.typeset(replace(paper, title=f"Summary {turn}"), at=AT)
        took.append(time.perf_counter() - begun)
    assert sorted(took)[2] < 0.3


def test_what_is_too_long_is_refused_and_what_is_late_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "MOST_CHARACTERS", 1000)
    with pytest.raises(typesetting.TooMuchToPrint):
        typesetting.typeset(sheet(results(50)), at=AT)
    monkeypatch.undo()
    monkeypatch.setattr(typesetting, "LONGEST_S", 0.0)
    with pytest.raises(typesetting.PressBusy):
        typesetting.typeset(sheet(results(500)), at=AT)


def test_no_template_reaches_the_network_or_a_package() -> None:
    for one in typesetting.DOCUMENTS.glob("*.typ"):
        assert not re.search(r"@preview|@local|plugin\(|http", one.read_text()), one
