"""Tables of codes: releases come in whole, and what was typed, rightly or wrongly, finds its code."""

from dataclasses import replace
from pathlib import Path

import pytest

from ehospital.foundation import code_files, codes
from ehospital.foundation.codes import Entry, Imported, Release, UnusableRelease
from ehospital.foundation.models import AuditEvent, CodeEntry, CodeSystem, CodeWord
from ehospital.kernel.codes import ICD10, ICD10_CM, LOINC
from tests.factories import people

NOON = people.NOON
RELEASE = Release(ICD10, "ICD-10", "2019", "for tests", "a.csv", "0" * 64)
CODES = (
    Entry("I21", "Acute heart attack"),
    Entry("I21.0", "Acute heart attack of the anterior wall"),
    Entry("I21.9", "Acute heart attack, unspecified"),
    Entry("I25.2", "Old heart attack"),
    Entry("E11.9", "Type 2 diabetes without complications"),
    Entry("G43.0", "Migraine without aura"),
    Entry("H81.0", "Ménière's disease"),
    Entry("Z00", "No longer used", retired=True),
)


def bring(*entries: Entry, release: Release = RELEASE) -> Imported:
    return codes.import_release(release, entries, by=people.machinery(), at=NOON)


def found(text: str, system: str = ICD10) -> list[str]:
    return [one.code for one in codes.find(text, system=system)]


@pytest.fixture
def icd10(db: None) -> None:
    bring(*CODES)


@pytest.mark.usefixtures("icd10")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("I21", ["I21", "I21.0", "I21.9"]),
        ("i21.", ["I21.0", "I21.9"]),
        ("e11", ["E11.9"]),
        ("migraine", ["G43.0"]),
        ("migr", ["G43.0"]),
        ("heart anterior", ["I21.0"]),
        ("attack old", ["I25.2"]),
        ("mirgaine", ["G43.0"]),  # two letters swapped
        ("migrane", ["G43.0"]),  # one left out
        ("diabetis typ", ["E11.9"]),
        ("meniere", ["H81.0"]),
        ("MÉNIÈRE", ["H81.0"]),
        ("Z00", []),  # retired
        ("xyzzy", []),
        ("", []),
        ("\x00 %_\\", []),
        ("' OR 1=1 --", []),
        ("a" * 5000, []),
    ],
)
def test_what_was_typed_finds_its_code(typed: str, wanted: list[str]) -> None:
    assert found(typed) == wanted


@pytest.mark.usefixtures("icd10")
def test_the_shortest_that_has_every_word_comes_first() -> None:
    assert found("acute heart attack")[:2] == ["I21", "I21.9"]
    assert found("heart attack", LOINC) == []


@pytest.mark.django_db
def test_a_release_comes_in_whole_and_a_second_time_changes_nothing() -> None:
    assert bring(*CODES) == Imported(8, 0, 0, 0)
    assert bring(*CODES) == Imported(0, 0, 8, 0)
    assert AuditEvent.objects.filter(action="codes.imported").count() == 1
    assert codes.systems()[0].version == "2019"


@pytest.mark.django_db
def test_what_a_release_no_longer_has_is_retired_and_keeps_its_words() -> None:
    bring(*CODES)
    newer = replace(RELEASE, version="2027", checksum="1" * 64)
    words = Entry("I21", "Acute infarction of the heart")
    assert bring(words, *CODES[2:], Entry("I21.4", "Inner heart attack"), release=newer) == Imported(1, 1, 6, 1)
    gone = codes.look_up("I21.0", system=ICD10)
    assert gone is not None
    assert (gone.retired, gone.display) == (True, "Acute heart attack of the anterior wall")
    assert found("I21") == ["I21", "I21.4", "I21.9"]
    assert found("infarction") == ["I21"]
    assert found("anterior") == []
    assert bring(*CODES, release=RELEASE).changed == 2  # the older release again: both are back
    assert found("anterior") == ["I21.0"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("entries", "words"),
    [((), "there is no code in it"), ((Entry("A", "One"), Entry("A", "Two")), "the code A stands twice")],
)
def test_an_unusable_release_changes_nothing(entries: tuple[Entry, ...], words: str) -> None:
    with pytest.raises(UnusableRelease, match=words):
        bring(*entries)
    assert CodeSystem.objects.count() == CodeEntry.objects.count() == CodeWord.objects.count() == 0


FILES = {
    "plain.csv": ("code,display\nG43.0,Migraine without aura\n", "icd10", ICD10),
    "Loinc.csv": (
        '"LOINC_NUM","COMPONENT","STATUS","LONG_COMMON_NAME"\n"2823-3","Potassium","ACTIVE","Potassium in Serum"\n'
        '"1-8","Old","DEPRECATED","Old test"\n', "loinc", LOINC),
    "tabbed.txt": ("\ufeffCode\tTitle\nG43.0\tMigraine without aura\n", "icd10", ICD10),
    "order.txt": (
        f"{'00001 G430    0 Migraine w/o aura':<77}Migraine without aura\n"
        f"{'00002 G43     0 Migraine':<77}Migraine\n", "icd10", ICD10_CM),
    "claml.xml": (
        '<ClaML><Class code="VI" kind="chapter"/><Class code="G43.0" kind="category">'
        '<Rubric kind="preferred"><Label xml:lang="en">Migraine without aura</Label></Rubric></Class></ClaML>',
        "icd10", ICD10),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_form_of_file_is_read(tmp_path: Path, name: str) -> None:
    text, kind, system = FILES[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    release, entries = code_files.read(tmp_path / name, kind=kind, licence="for tests")
    told = list(entries)
    assert (release.url, release.source, len(release.checksum)) == (system, name, 64)
    wanted = {"Loinc.csv": Entry("2823-3", "Potassium in Serum")}.get(name, Entry("G43.0", "Migraine without aura"))
    assert told[0] == wanted
    if name == "Loinc.csv":
        assert told[1].retired


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "one,two\n1,2\n", "has no header with a column `code`"),
        ("b.csv", "code,display\nA00,\n", r"b\.csv, line 2: a code of at most 40 letters"),
        ("c.xml", "<ClaML><Class", "is no whole XML"),
        ("d.csv", "", "has no header"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnusableRelease, match=words):
        list(code_files.read(tmp_path / name, kind="icd10", licence="for tests")[1])
