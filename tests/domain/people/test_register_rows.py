"""What a row of a register says: every field, and every problem by its code and in words."""

from dataclasses import replace
from datetime import date

import pytest

from ehospital.algorithms.written_days import Order, System, Trouble
from ehospital.foundation.sheets.kinds import Refusal
from ehospital.people.details import IdentifierDetails, NameDetails, TelecomDetails
from ehospital.people.policies.register_rows import STOPS, Issuer, Understood, understand
from ehospital.people.policies.register_settings import RegisterSettings, troubles
from ehospital.web.staff.register_import import wording

TODAY = date(2026, 3, 2)
FIELDS = ("register_number", "family", "given", "sex", "birth", "phone", "national", "city", "kin_name", "kin_phone")
SETTINGS = RegisterSettings(
    columns=dict(enumerate(FIELDS)), orders={4: Order.DAY}, systems={4: System.FROM_1900}, register="Diabetes book"
)
NATION = Issuer("urn:nation", "NI", r"\d{9,10}", "luhn")
GOOD = (
    "12/19",
    "Okafor",
    "Amina",
    "F",
    "25/03/1980",
    "0163 2960123",
    "7992739871 3",
    "Lund",
    "Ben Okafor",
    "0163 111222",
)


def read(**changes: str) -> Understood:
    cells = [changes.get(name, cell) for name, cell in zip(FIELDS, GOOD, strict=True)]
    return understand(cells, (), SETTINGS, issuer=replace(NATION, pattern=r"\d{11}"), today=TODAY)


def codes(**changes: str) -> list[str]:
    return [one.code for one in read(**changes).problems]


def test_a_whole_row() -> None:
    found = read()
    assert found.problems == () and found.details is not None
    told = found.details
    assert told.names == (NameDetails("Amina", "Okafor"),)
    assert (told.sex, told.birth_on, told.birth_precision) == ("female", date(1980, 3, 25), "day")
    assert told.identifiers == (
        IdentifierDetails("urn:ehospital:register:diabetes-book", "12/19", "PI"),
        IdentifierDetails("urn:nation", "79927398713", "NI"),
    )
    assert told.telecoms == (TelecomDetails("phone", "0163 2960123"),)
    assert told.addresses[0].city == "Lund" and told.contacts[0].phone == "0163 111222"


def test_figures_of_other_scripts_say_the_same() -> None:
    arabic = read(birth="٢٥/٠٣/١٩٨٠", phone="٠١٦٣ ٢٩٦٠١٢٣", register_number="١٢/١٩")
    assert arabic.details == read().details and arabic.print == read().print


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"family": "", "given": " - "}, ["no-name"]),
        ({"family": "Lef\ufffdvre"}, ["letters-lost"]),
        ({"family": "x" * 201}, ["too-long"]),
        ({"birth": "soon"}, ["day-unreadable"]),
        ({"birth": "31/04/1980"}, ["no-such-day"]),
        ({"birth": "04/25/1980"}, ["day-in-other-order"]),
        ({"birth": "25/03/15"}, ["short-year"]),
        ({"birth": "1359/05/12"}, ["other-calendar"]),
        ({"birth": "03/03/2026"}, ["born-in-future"]),
        ({"birth": "01/03/1876"}, ["born-too-early"]),
        ({"national": "123"}, ["number-form"]),
        ({"national": "79927398710"}, ["number-check"]),
        ({"sex": "Mrs"}, ["sex-not-known"]),
        ({"phone": "7.9E+11"}, ["no-telephone"]),
        ({"kin_name": ""}, ["kin-without-name"]),
        ({"kin_phone": "abc"}, ["no-telephone"]),
        ({"birth": ""}, []),
        ({"birth": "29305"}, []),
        ({"birth": "02/03/2026"}, []),
    ],
)
def test_everything_wrong_is_named(changes: dict[str, str], expected: list[str]) -> None:
    found = read(**changes)
    assert [one.code for one in found.problems] == expected
    assert (found.details is None) == bool(set(expected) & STOPS)


def test_a_row_that_repeats_the_headings_is_nobody() -> None:
    found = understand(FIELDS, (), SETTINGS, issuer=NATION, headings=FIELDS, today=TODAY)
    assert [one.code for one in found.problems] == ["heading-again"] and found.details is None


def test_what_the_reading_saw_stands_with_its_column() -> None:
    found = understand(GOOD, (("merged", 7), ("formula", 99)), SETTINGS, issuer=None, today=TODAY)
    assert [(one.code, one.column, one.value) for one in found.problems] == [("merged", 7, "Lund")]
    assert found.details is not None


def test_what_still_has_to_be_said() -> None:
    open_settings = replace(SETTINGS, orders={}, systems={}, register=" ")
    assert troubles(open_settings, asks_order=True, has_serials=True) == ["order", "system", "issuer", "register"]
    assert troubles(replace(SETTINGS, issuer="urn:nation"), asks_order=True, has_serials=True) == []
    assert troubles(RegisterSettings(columns={0: "birth"}), asks_order=False, has_serials=False) == ["no-name"]
    twice = RegisterSettings(columns={0: "family", 1: "family", 2: "full_family_first"}, encoding="klingon")
    assert troubles(twice, asks_order=False, has_serials=False) == ["name-twice", "field-twice", "encoding"]


def test_settings_come_back_as_they_were_kept() -> None:
    assert RegisterSettings.from_json(SETTINGS.as_json()) == SETTINGS
    assert RegisterSettings.from_json({}) == RegisterSettings()


def test_every_code_has_words() -> None:
    assert set(wording.PROBLEMS) >= STOPS
    assert {one.value for one in Trouble} <= set(wording.PROBLEMS)
    assert {one.value for one in Refusal} == set(wording.REFUSALS)
    assert set(FIELDS) | {"full_given_first"} <= set(wording.FIELDS)
