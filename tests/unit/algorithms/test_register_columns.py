"""Where the headings of a register stand, and what its columns hold: a guess to confirm, in six languages."""

import pytest

from ehospital.algorithms import written_words
from ehospital.algorithms.register_columns import guess, headings_of, meant, names_of

THREE = [
    (1, ("Register of the diabetes clinic 2019",)),
    (2, ("", "Patient", "Patient", "", "Contact", "Contact")),
    (3, ("No", "Surname", "First name", "DOB", "Phone", "Village")),
    (4, ("1", "Okafor", "Amina", "25/03/1980", "0163", "Lund")),
]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Family name", "family"), ("SURNAME", "family"), ("Nom de famille", "family"), ("Prénom(s)", "given"),
        ("Date of Birth", "birth"), ("D.O.B.", "birth"), ("Date de naissance (jj/mm/aaaa)", "birth"),
        ("تاريخ الميلاد", "birth"), ("نام", "given"), ("نام خانوادگی", "family"), ("الجنس", "sex"),
        ("Sex (M/F)", "sex"), ("Geburtsdatum", "birth"), ("Phone No.", "phone"), ("N°", "register_number"),
        ("Next of kin phone", "kin_phone"),
        ("Patient's address", "lines"), ("HbA1c", ""), ("", ""), ("Remarks", ""),
    ],
)  # fmt: skip
def test_what_a_heading_means(heading: str, field: str) -> None:
    assert meant(heading) == field


def test_three_rows_of_headings_below_a_title() -> None:
    first, last = headings_of(THREE)
    assert last == 3 and first in (2, 3)
    names = names_of(THREE, 2, 3)
    assert names[1] == "Patient / Surname"
    assert guess(names) == {0: "register_number", 1: "family", 2: "given", 3: "birth", 4: "phone", 5: "city"}


def test_a_table_without_headings_has_none() -> None:
    assert headings_of([(1, ("1", "Okafor", "Amina", "25/03/1980")), (2, ("2", "Berg", "Tove", "1980"))]) == (0, 0)


def test_each_field_is_guessed_once() -> None:
    assert guess(["Name", "First name", "Phone", "Phone (work)", "Born"]) == {
        0: "family", 1: "given", 2: "phone", 3: "phone_2", 4: "birth",
    }  # fmt: skip
    assert guess(["Patient name", "Sex"]) == {0: "full_family_first", 1: "sex"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("M", "male"), ("féminin", "female"), ("ذكر", "male"), ("أنثى", "female"), ("زن", "female"), ("", "unknown"),
     ("1", None), ("2", None), ("Mrs", None), ("?", "unknown")],
)  # fmt: skip
def test_a_sex_as_it_is_written(text: str, expected: str | None) -> None:
    assert written_words.sex(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0163 2960123", "0163 2960123"), ("+44 (0)1632-960 123", "+44 (0)1632-960 123"), ("٠١٦٣٢٩٦٠", "01632960"),
     ("7.9E+11", None), ("7,91235E+11", None), ("1234", None), ("12345", "12345"), ("none", None),
     ("12345678901234567", None), ("0163 / 0164 call mother", None)],
)  # fmt: skip
def test_a_telephone_number_as_it_is_written(text: str, expected: str | None) -> None:
    assert written_words.phone(text) == expected


@pytest.mark.parametrize(
    ("text", "family_first", "expected"),
    [("Okafor, Amina Joy", False, ("Okafor", "Amina Joy")), ("Amina Joy Okafor", False, ("Okafor", "Amina Joy")),
     ("Okafor Amina", True, ("Okafor", "Amina")), ("Amina", True, ("Amina", "")), ("", True, ("", ""))],
)  # fmt: skip
def test_a_whole_name_is_split(text: str, family_first: bool, expected: tuple[str, str]) -> None:
    assert written_words.split_name(text, family_first=family_first) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a@b.org", "a@b.org"), (" A@b.co ", "A@b.co"), ("a@b", None), ("a b@c.org", None)]
)
def test_an_address_on_the_net(text: str, expected: str | None) -> None:
    assert written_words.email(text) == expected
