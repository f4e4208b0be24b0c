"""Units: exact known answers, refusals that say what to do, and the laws that conversion must obey."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ehospital.kernel import unit_table, units
from ehospital.kernel.units import (
    IncompatibleUnits,
    NotAQuantity,
    SubstanceNeeded,
    UnknownUnit,
    compatible,
    convert,
    normalise,
)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("100", "mm[Hg]", "kPa", "13.33220"),
        ("13.3322", "kPa", "mm[Hg]", "100"),
        ("10", "cm[H2O]", "kPa", "0.980665"),
        ("30", "[in_i'Hg]", "kPa", "101.591364"),
        ("98.6", "[degF]", "Cel", "37"),
        ("-40", "[degF]", "Cel", "-40"),
        ("37", "Cel", "[degF]", "98.6"),
        ("37", "Cel", "K", "310.15"),
        ("72", "/min", "Hz", "1.2"),
        ("0.97", "1", "%", "97"),
        ("70", "kg", "g", "70000"),
        ("2", "[lb_av]", "g", "907.18474"),
        ("1", "ug/kg/min", "mg/kg/h", "0.06"),
        ("125", "mL/h", "L/d", "3"),
        ("4.5", "10*9/L", "10*3/uL", "4.5"),
        ("60", "U/L", "ukat/L", "1"),
        ("500", "k[iU]", "[iU]", "500000"),
        ("1", "[ft_i]", "cm", "30.48"),
        ("1.73", "m2", "cm2", "17300"),
        ("1", "L", "cm3", "1000"),
        ("2", "wk", "h", "336"),
        ("2", "a", "mo", "24"),
        ("1", "kcal", "kJ", "4.184"),
        ("90", "mL/min/{1.73_m2}", "mL/s/{1.73_m2}", "1.5"),
        ("290", "mosm/kg", "osm/kg", "0.29"),
    ],
)
def test_known_answers(value, source, target, expected):
    assert convert(value, source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "source", "target", "substance", "expected"),
    [
        ("5.5", "mmol/L", "mg/dL", "glucose", "99.1001"),
        ("180.182", "mg/dL", "mmol/L", "glucose", "10"),
        ("113.12", "umol/L", "mg/L", "creatinine", "12.7961344"),
        ("5", "mmol/L", "mg/dL", "cholesterol", "193.325"),
        ("10", "mmol/L", "mg/dL", "urea", "60.056"),
        ("10", "mmol/L", "mg/dL", "urea nitrogen", "28.014"),
        ("4", "meq/L", "mmol/L", "calcium", "2"),
        ("4", "mmol/L", "meq/L", "potassium", "4"),
        ("20", "meq", "g", "potassium chloride", "1.491"),
        ("1", "mmol/kg", "mg/kg", "sodium chloride", "58.44"),
    ],
)
def test_known_answers_for_a_named_substance(value, source, target, substance, expected):
    assert convert(value, source, target, substance=substance) == Decimal(expected)


def test_a_milligram_per_decilitre_of_creatinine_is_88_4_micromoles():
    assert round(convert(1, "mg/dL", "umol/L", substance="creatinine"), 1) == Decimal("88.4")


@pytest.mark.parametrize(
    ("spelled", "ucum"),
    [
        ("mmHg", "mm[Hg]"),
        ("°C", "Cel"),
        ("C", "Cel"),
        ("°F", "[degF]"),
        ("bpm", "/min"),
        ("{beats}/min", "/min"),
        ("{Breaths}/min", "/min"),
        ("1/min", "/min"),
        ("min-1", "/min"),
        ("mcg/kg/min", "ug/kg/min"),
        ("µg/mL", "ug/mL"),
        ("μg", "ug"),
        ("ml", "mL"),
        ("cc", "mL"),
        ("mEq/L", "meq/L"),
        ("IU/mL", "[iU]/mL"),
        ("units", "[iU]"),
        ("x10^9/L", "10*9/L"),
        ("10³/µL", "10*3/uL"),
        ("mg%", "mg/dL"),
        ("lbs", "[lb_av]"),
        (" mg ", "mg"),
        ("m²", "m2"),
        ("mM", "mmol/L"),
        ("MDC_DIM_MMHG", "mm[Hg]"),
        ("MDC_DIM_BEAT_PER_MIN", "/min"),
        ("percent", "%"),
        ("L/min", "L/min"),
        ("ml/min/{1.73_m2}", "mL/min/{1.73_m2}"),
        ("{tablet}", "{tablet}"),
    ],
)
def test_common_spellings_become_ucum(spelled, ucum):
    assert normalise(spelled) == ucum
    assert normalise(ucum) == ucum


@pytest.mark.parametrize("spelled", sorted(unit_table.SPELLINGS))
def test_every_spelling_of_the_table_can_be_read(spelled):
    assert normalise(spelled) == normalise(unit_table.SPELLINGS[spelled])


@pytest.mark.parametrize(
    "unit", ["furlong", "mg/", "/", "mg//dL", "mg/(dL)", "{", "mg}", "m99", "Cel/min", "1.73m2", "x" * 65]
)
def test_an_unknown_unit_is_refused_and_named(unit):
    with pytest.raises(UnknownUnit):
        normalise(unit)
    assert not compatible(unit, unit)


@pytest.mark.parametrize("unit", sorted(unit_table.AMBIGUOUS))
def test_an_ambiguous_unit_is_refused_with_the_way_out(unit):
    with pytest.raises(UnknownUnit, match=r"ambiguous: .+"):
        normalise(unit)


def test_a_missing_unit_is_not_a_pure_number():
    with pytest.raises(UnknownUnit, match='the unit is missing; write "1"'):
        convert(1, "", "g")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("mg", "mL"),
        ("Cel", "g"),
        ("mg/kg", "%"),  # a dose is no mass fraction
        ("mmol/mol", "%"),  # HbA1c needs its own equation
        ("mL/min", "mL/min/{1.73_m2}"),
        ("U", "[iU]"),
        ("{tablet}", "{capsule}"),
        ("d", "mo"),  # a month has no fixed number of days
        ("mg/dL", "mg"),
        ("m", "m2"),
        ("K", "/K"),
    ],
)
def test_units_of_different_things_are_refused(source, target):
    for pair in ((source, target), (target, source)):
        with pytest.raises(IncompatibleUnits, match="cannot be expressed in"):
            convert(1, *pair)


@pytest.mark.parametrize(
    ("source", "target", "substance", "words"),
    [
        ("mg/dL", "mmol/L", None, "name the substance"),
        ("mg/dL", "mmol/L", "unobtainium", "no molar mass"),
        ("mmol/L", "meq/L", "glucose", "no fixed charge"),
        ("mmol/L", "meq/L", "phosphorus", "no fixed charge"),
        ("meq", "mmol", None, "name the substance"),
    ],
)
def test_mass_amount_and_equivalents_need_their_substance(source, target, substance, words):
    with pytest.raises(SubstanceNeeded, match=words):
        convert(1, source, target, substance=substance)


def test_a_substance_does_not_make_squared_grams_into_moles():
    with pytest.raises(IncompatibleUnits, match="the powers differ"):
        convert(1, "g2", "mol", substance="glucose")


def test_a_named_substance_changes_nothing_where_it_is_not_needed():
    assert convert(1, "g", "mg", substance="glucose") == convert(1, "g", "mg") == 1000


@pytest.mark.parametrize(
    "value", [True, False, float("nan"), float("inf"), "abc", "", None, [], Decimal("sNaN"), "1e999"]
)
def test_what_is_no_quantity_is_refused(value):
    with pytest.raises(NotAQuantity):
        convert(value, "g", "mg")


def test_a_float_counts_as_the_decimal_it_prints():
    assert convert(0.1, "g", "mg") == Decimal(100)
    assert convert(98.6, "[degF]", "Cel") == 37


def test_the_same_unit_gives_the_same_value_back():
    assert convert("1.23456789012345678901234567890123", "mg", "mg") == Decimal("1.23456789012345678901234567890123")


FAMILIES = [
    ["kg", "g", "mg", "ug", "ng", "[lb_av]", "[oz_av]", "[stone_av]"],
    ["L", "dL", "mL", "uL", "cm3", "mm3", "[foz_us]", "[tsp_us]"],
    ["mm[Hg]", "kPa", "Pa", "cm[H2O]", "[psi]", "[in_i'Hg]", "bar", "mbar", "atm"],
    ["/min", "Hz", "/h", "/s", "/d"],
    ["mg/dL", "g/L", "ug/mL", "kg/m3"],
    ["ug/kg/min", "mg/kg/h", "ng/kg/s"],
    ["%", "1", "[ppm]", "[ppth]"],
    ["m", "cm", "mm", "[in_i]", "[ft_i]"],
]
TEMPERATURES = ["Cel", "[degF]", "K"]
PAIRS = st.sampled_from(FAMILIES).flatmap(lambda family: st.tuples(st.sampled_from(family), st.sampled_from(family)))
TEMPERATURE_PAIRS = st.tuples(st.sampled_from(TEMPERATURES), st.sampled_from(TEMPERATURES))
VALUES = st.decimals(min_value=-(10**6), max_value=10**6, allow_nan=False, allow_infinity=False, places=6)


@given(VALUES, st.one_of(PAIRS, TEMPERATURE_PAIRS))
def test_there_and_back_again(value, pair):
    there = convert(value, *pair)
    back = convert(there, *reversed(pair))
    assert abs(back - value) <= max(abs(value), Decimal(1000)) * Decimal("1e-23")


@given(VALUES, VALUES, PAIRS)
def test_conversion_is_linear(one, other, pair):
    conversion = units.conversion(*pair)
    assert conversion.shift == 0
    total = Fraction(one + other) * conversion.factor
    assert total == Fraction(one) * conversion.factor + Fraction(other) * conversion.factor
    assert abs(Fraction(convert(one + other, *pair)) - total) <= abs(total) * Fraction(1, 10**27)


@given(VALUES, TEMPERATURE_PAIRS)
def test_a_temperature_difference_does_not_depend_on_where_it_is_measured(value, pair):
    step = convert(value + 1, *pair) - convert(value, *pair)
    assert abs(step - (convert(1, *pair) - convert(0, *pair))) < Decimal("1e-18")


@given(VALUES, st.sampled_from(FAMILIES), st.data())
def test_a_detour_gives_the_same_answer(value, family, data):
    source, detour, target = (data.draw(st.sampled_from(family)) for _ in range(3))
    straight = convert(value, source, target)
    around = convert(convert(value, source, detour), detour, target)
    assert abs(straight - around) <= abs(straight) * Decimal("1e-26")


@given(VALUES, st.sampled_from(sorted(unit_table.SUBSTANCES)))
def test_moles_and_grams_come_back_too(value, substance):
    assume(value)
    back = convert(convert(value, "mg/dL", "mmol/L", substance=substance), "mmol/L", "mg/dL", substance=substance)
    assert abs(back - value) <= abs(value) * Decimal("1e-26")


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_by_name(text):
    try:
        code = normalise(text)
    except UnknownUnit:
        return
    assert normalise(code) == code
