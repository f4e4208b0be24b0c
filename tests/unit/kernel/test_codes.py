"""Codes: the observation table is complete, unambiguous, and speaks UCUM."""

import pytest

from ehospital.kernel import codes, units
from ehospital.kernel.identifiers import luhn_digit

CONTRACT = ["hr", "rr", "spo2", "pulse", "sbp", "dbp", "map", "temp", "glucose", "etco2", "weight"]
CONTRACT += ["consciousness", "oxygen"]


def test_the_table_names_exactly_the_aliases_of_the_contract():
    assert list(codes.OBSERVATIONS) == CONTRACT


@pytest.mark.parametrize("alias", CONTRACT)
def test_every_row_has_a_well_formed_loinc_code(alias):
    code = codes.OBSERVATIONS[alias].loinc
    digits, check = code.code.split("-")
    assert luhn_digit(digits) == check  # LOINC's check digit is Luhn's
    assert code.system == codes.LOINC


def test_every_other_loinc_code_has_its_check_digit_too():
    others = [code for row in codes.OBSERVATIONS.values() for code in row.loinc_also]
    assert len(others) == len(set(others)) == 18
    assert [code for code in others if luhn_digit(code.split("-")[0]) != code.split("-")[1]] == []


@pytest.mark.parametrize("row", [row for row in codes.OBSERVATIONS.values() if row.unit])
def test_every_default_unit_is_ucum_already_and_every_range_has_room(row):
    assert units.normalise(row.unit) == row.unit
    assert row.lowest < row.highest


@pytest.mark.parametrize(
    ("code", "alias"),
    [
        ("hr", "hr"),
        ("8867-4", "hr"),
        ("147842", "hr"),
        ("MDC_ECG_HEART_RATE", "hr"),
        ("2708-6", "spo2"),
        ("59408-5", "spo2"),
        ("150456", "spo2"),
        ("150301", "sbp"),
        ("151578", "rr"),
        ("99504-3", "glucose"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_code_of_any_vocabulary_finds_its_alias(code, alias):
    assert codes.alias_of(code) == alias


def test_a_bare_number_under_a_molar_glucose_code_is_millimoles():
    assert codes.default_unit("15074-8") == "mmol/L"
    assert codes.default_unit("2339-0") == codes.default_unit("glucose") == "mg/dL"
    assert codes.default_unit("nonsense") is None


def test_the_display_does_not_make_another_concept():
    assert codes.Code(codes.LOINC, "8867-4", "Heart rate").same_as(codes.Code(codes.LOINC, "8867-4"))
    assert not codes.Code(codes.LOINC, "8867-4").same_as(codes.Code(codes.SNOMED, "8867-4"))
