"""Files that hold a table, and files that only seem to: every kind that comes, read as values or refused by name."""

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from ehospital.foundation.sheets import kinds as sheets
from ehospital.foundation.sheets import text as sheet_text
from ehospital.foundation.sheets import workbook as sheet_workbook
from ehospital.foundation.sheets.kinds import Kind, Refusal, Row, UnusableSheet, kind_of
from tests.factories.registers import workbook


def repacked(content: bytes, change: dict[str, bytes]) -> bytes:
    """The same archive with parts added or replaced."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part not in change:
                new.writestr(part, old.read(part))
        for name, held_part in change.items():
            new.writestr(name, held_part)
    return held.getvalue()


def archive(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return held.getvalue()


PLAIN = workbook(["Name", "Born"], ["Amina", date(1980, 3, 25)])
BOMB = repacked(PLAIN, {"xl/worksheets/more.xml": b"0" * (sheets.MOST_UNFOLDED + 1)})


REFUSED: dict[str, tuple[bytes, Refusal]] = {
    "empty": (b"", Refusal.EMPTY),
    "blank": (b" \r\n\0 ", Refusal.EMPTY),
    "too large": (b"a" * (sheets.MOST_BYTES + 1), Refusal.TOO_LARGE),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, Refusal.OLD_OR_LOCKED),
    "pdf": (b"%PDF-1.7 ...", Refusal.NO_TABLE),
    "png": (b"\x89PNG\r\n", Refusal.NO_TABLE),
    "bomb": (BOMB, Refusal.UNFOLDS),
    "macros": (repacked(PLAIN, {"xl/vbaProject.bin": b"Sub Auto_Open()"}), Refusal.MACROS),
    "macro sheet": (repacked(PLAIN, {"xl/macrosheets/sheet1.xml": b"<x/>"}), Refusal.MACROS),
    "entities": (repacked(PLAIN, {"xl/evil.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), Refusal.DAMAGED),
    "ods": (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), Refusal.OTHER_OFFICE),
    "zip": (archive(**{"a.txt": b"hello"}), Refusal.ARCHIVE),
    "docx": (archive(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), Refusal.OTHER_OFFICE),
    "cut off": (PLAIN[: len(PLAIN) // 2], Refusal.DAMAGED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_register_is_refused_by_name(name: str) -> None:
    content, why = REFUSED[name]
    with pytest.raises(UnusableSheet) as refused:
        kind_of(content)
    assert refused.value.why is why


def test_a_workbook_is_a_workbook_and_the_rest_is_text() -> None:
    assert kind_of(PLAIN) is Kind.WORKBOOK
    assert kind_of(b"Name;Born\r\nAmina;1980") is Kind.TEXT


def read(content: bytes) -> list[Row]:
    return list(sheet_workbook.rows(content, sheet_workbook.look(content).sheets[0]))


def test_values_of_a_workbook_are_text() -> None:
    content = workbook(
        ["a", "b", None, "d"], [None], ["x ", 12.0, 1.5, True],
        [date(1980, 3, 25), datetime(1980, 3, 25, 8, 30), -7, "#N/A"],  # noqa: DTZ001 - a sheet knows no zone
    )  # fmt: skip
    assert [(row.number, row.cells) for row in read(content)] == [
        (1, ("a", "b", "", "d")),
        (3, ("x", "12", "1.5", "TRUE")),
        (4, ("1980-03-25", "1980-03-25 08:30", "-7")),
    ]


def test_days_count_from_where_the_workbook_says() -> None:
    rows = (["Born"], [datetime(1980, 3, 25)])  # noqa: DTZ001
    for content in (workbook(*rows), workbook(*rows, from_1904=True)):
        assert read(content)[1].cells == ("1980-03-25",)
    assert sheet_workbook.look(workbook(*rows, from_1904=True)).from_1904


def test_a_merged_cell_says_in_each_row_what_it_says() -> None:
    content = workbook(
        ["Patient", None, "Address"], ["Family", "Given", None], ["Okafor", "Amina", "Mill Lane"],
        ["Okafor", "Ben", None], merges=("A1:B1", "C1:C2", "C3:C4"),
    )  # fmt: skip
    rows = read(content)
    assert [row.cells for row in rows] == [
        ("Patient", "Patient", "Address"), ("Family", "Given", "Address"), ("Okafor", "Amina", "Mill Lane"),
        ("Okafor", "Ben", "Mill Lane"),
    ]  # fmt: skip
    assert rows[3].notes == (("merged", 2),)


def test_a_sheet_merged_whole_is_read_without_it() -> None:
    content = workbook(["a", "b"], merges=("A1:B1",))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").replace(b'"A1:B1"', b'"A1:XFD1048576"')
    assert [row.cells for row in read(repacked(content, {"xl/worksheets/sheet1.xml": sheet}))] == [("a",)]


def test_a_formula_is_its_stored_value_or_nothing() -> None:
    content = workbook(["Name", "Born"], ["Amina", "=DATE(1980,3,25)"])
    (_, row) = read(content)
    assert (row.cells, row.notes) == (("Amina",), (("formula", 1),))
    held = repacked(content, {})
    with zipfile.ZipFile(io.BytesIO(held)) as parts:
        sheet = re.sub(rb"<v ?/>|<v></v>", b"<v>29305</v>", parts.read("xl/worksheets/sheet1.xml"))
    (_, computed) = read(repacked(content, {"xl/worksheets/sheet1.xml": sheet}))
    assert (computed.cells, computed.notes) == (("Amina", "29305"), ())


def test_a_row_far_below_costs_nothing() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet["A1048576"] = "first", "last"
    held = io.BytesIO()
    book.save(held)
    assert [row.number for row in read(held.getvalue())] == [1, 1_048_576]
    assert load_workbook(io.BytesIO(held.getvalue())).active is not None


def test_too_many_columns_and_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnusableSheet) as refused:
        read(workbook(["x"] * (sheets.MOST_COLUMNS + 1)))
    assert refused.value.why is Refusal.TOO_MANY_COLUMNS
    rows = "\n".join(["a,b"] * (sheets.MOST_ROWS + 1))
    with pytest.raises(UnusableSheet) as refused:
        list(sheet_text.rows(rows, ","))
    assert refused.value.why is Refusal.TOO_MANY_ROWS
    assert len(list(sheet_text.rows("\n".join(["a,b"] * sheets.MOST_ROWS), ","))) == sheets.MOST_ROWS


ARABIC = "الاسم;تاريخ الميلاد\nأمينة عبد الله;1980\nمحمد علي;1975\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"Name,Born\nAmina,1980", "utf-8"),
        ("Prénom;Né\nÉlodie;1980".encode(), "utf-8"),
        ("\ufeffPrénom;Né".encode(), "utf-8"),
        ("Prénom;Né\nÉlodie;1980".encode("cp1252"), "cp1252"),
        (ARABIC.encode(), "utf-8"),
        (ARABIC.encode("cp1256"), "cp1256"),
        ("Name\tBorn\nÉlodie\t1980".encode("utf-16"), "utf-16"),
        ("Name\tBorn\nAmina\t1980".encode("utf-16-le"), "utf-16"),
        ("Name\tBorn\nAmina\t1980".encode("utf-16-be"), "utf-16"),
    ],
)
def test_the_encoding_is_found_and_reads_the_text(content: bytes, encoding: str) -> None:
    assert sheet_text.encoding_of(content) == encoding
    text = sheet_text.decoded(content, encoding)
    assert "\N{REPLACEMENT CHARACTER}" not in text and not text.startswith("\ufeff")
    assert any(word in text for word in ("Name", "Prénom", "الاسم"))


def test_letters_that_an_encoding_does_not_know_are_seen() -> None:
    assert "\N{REPLACEMENT CHARACTER}" in sheet_text.decoded("Élodie".encode("cp1252"), "utf-8")
    with pytest.raises(UnusableSheet):
        sheet_text.decoded(bytes(range(32)) * 50, "cp1252")


@pytest.mark.parametrize("mark", sheet_text.SEPARATORS)
def test_the_separator_is_found(mark: str) -> None:
    rows = [["Name", "Born", "Address"], ["Okafor", "1980", f'"Mill Lane 3{mark} left"'], ["Berg", "1962", "Lund"]]
    text = "\n".join(mark.join(row) for row in rows)
    assert sheet_text.separator_of(text) == mark
    assert [len(row.cells) for row in sheet_text.rows(text, mark)] == [3] * len(text.splitlines())


def test_quotes_hold_separators_and_lines() -> None:
    rows = list(sheet_text.rows('Name,Address\n"Okafor, Amina","Mill Lane 3\nHarrowmere"\n,,\n"He said ""hi""",x', ","))
    assert [row.cells for row in rows] == [
        ("Name", "Address"), ("Okafor, Amina", "Mill Lane 3\nHarrowmere"), ('He said "hi"', "x"),
    ]  # fmt: skip
    assert [row.number for row in rows] == [1, 2, 4]


def test_a_quote_that_never_ends_is_damage_not_a_name() -> None:
    with pytest.raises(UnusableSheet) as refused:
        list(sheet_text.rows('Name\n"' + "x,y\n" * 60_000, ","))
    assert refused.value.why is Refusal.DAMAGED


def test_a_line_that_names_the_separator_is_no_row() -> None:
    assert sheet_text.separator_of("sep=;\na;b") == ";"
    assert [row.cells for row in sheet_text.rows("sep=;\na;b", ";")] == [("a", "b")]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        if kind_of(content) is Kind.TEXT:
            text = sheet_text.decoded(content, sheet_text.encoding_of(content))
            list(sheet_text.rows(text, sheet_text.separator_of(text)))
        else:
            read(content)
    except UnusableSheet:
        pass


@given(st.data())
def test_a_workbook_with_any_part_broken_is_read_or_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(PLAIN) - 1))
    broken = PLAIN[:place] + data.draw(st.binary(min_size=1, max_size=8)) + PLAIN[place + 1 :]
    try:
        if kind_of(broken) is Kind.WORKBOOK:
            read(broken)
    except UnusableSheet:
        pass
