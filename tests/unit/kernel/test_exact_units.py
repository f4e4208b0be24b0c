"""Conversions without rounding: exactly the same quantity in another unit, or a refusal."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.kernel import units

UNITS = ["mmol/L", "umol/L", "mol/L", "mg/dL", "g/L", "ng/mL", "mm[Hg]", "kPa", "Cel", "[degF]", "kg", "[lb_av]", "cm"]


@given(
    value=st.decimals(-1000, 1000, places=4), one=st.sampled_from(UNITS), other=st.sampled_from(UNITS),
    substance=st.sampled_from([None, "glucose"]),
)  # fmt: skip
def test_it_is_exact_or_refused(value: Decimal, one: str, other: str, substance: str | None) -> None:
    try:
        found = units.convert_exactly(value, one, other, substance=substance)
    except units.UnitProblem:
        return
    told = units.conversion(one, other, substance)
    assert Fraction(found) == Fraction(value) * told.factor + told.shift


def test_what_would_have_to_be_rounded_is_refused() -> None:
    assert units.convert_exactly(Decimal(8000), "umol/L", "mmol/L") == 8
    assert units.convert_exactly(Decimal("37.0"), "Cel", "[degF]") == Decimal("98.6")
    with pytest.raises(units.NotExact, match="send it in mmol/L"):
        units.convert_exactly(Decimal(126), "mg/dL", "mmol/L", substance="glucose")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("mg/dL", "mg/dL", True), ("bpm", "/min", True), ("mcg", "ug", True), ("g/L", "mg/mL", True),
        ("mmol/L", "mg/dL", False), ("kPa", "mm[Hg]", False), ("Cel", "[degF]", False), ("odd", "odd", True),
        ("odd", "kg", False),
    ],
)  # fmt: skip
def test_which_texts_are_one_unit(one: str, other: str, expected: bool) -> None:
    assert units.same(one, other) is expected
