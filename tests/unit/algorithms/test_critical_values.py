"""Critical values: every limit of the table from both sides, every age, and nothing reassuring that is not known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.critical_values import (
    ADULT_DAYS,
    CRITICAL,
    NEWBORN_DAYS,
    TABLE,
    Limits,
    Verdict,
    judge,
    limits_of,
)

A_BIT = Decimal("0.0001")
ADULT, CHILD, NEWBORN = 20_000, 3_000, 3


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.codes[0]} from {row.from_days}")
def test_every_limit_from_both_sides(row: Limits) -> None:
    for code in row.codes:
        age = row.from_days
        if row.low is not None:
            assert judge(code, row.low, row.ucum, age_days=age) is Verdict.CRITICAL_LOW
            assert judge(code, row.low + A_BIT, row.ucum, age_days=age) is Verdict.NOT_CRITICAL
        if row.high is not None:
            assert judge(code, row.high, row.ucum, age_days=age) is Verdict.CRITICAL_HIGH
            assert judge(code, row.high - A_BIT, row.ucum, age_days=age) is Verdict.NOT_CRITICAL


@pytest.mark.parametrize("code", sorted({code for row in TABLE for code in row.codes}))
def test_no_age_has_two_rows(code: str) -> None:
    for age in (0, NEWBORN_DAYS - 1, NEWBORN_DAYS, ADULT_DAYS - 1, ADULT_DAYS, 40_000):
        assert len(limits_of(code, age_days=age)) <= 1
    assert len(limits_of(code, age_days=ADULT_DAYS)) == 1


def test_the_numbers_of_the_sources() -> None:
    told = {
        "2823-3": ("2.8", "6.2"), "2951-2": ("120", "158"), "14749-6": ("2.6", "26.9"), "2000-8": ("1.65", "3.22"),
        "718-7": ("66", "199"), "777-3": ("37", "910"), "6690-2": ("2.0", "37.0"), "2744-1": ("7.21", "7.59"),
    }  # fmt: skip
    for code, (low, high) in told.items():
        (row,) = limits_of(code, age_days=ADULT)
        assert (row.low, row.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("age", "verdict"),
    [(NEWBORN, "not-critical"), (NEWBORN_DAYS, "critical-high"), (CHILD, "critical-high"), (None, "critical-high")],
)
def test_a_potassium_of_newborns_and_of_nobody_knows_whom(age: int | None, verdict: str) -> None:
    assert judge("2823-3", Decimal("6.5"), "mmol/L", age_days=age) == verdict


@pytest.mark.parametrize(
    ("code", "value", "ucum"),
    [
        ("2823-3", "6.9", "mg"),
        ("2823-3", "6.9", "nonsense"),
        ("2823-3", "6.9", ""),
        ("99999-9", "6.9", "mmol/L"),
        ("", "6.9", "mmol/L"),
        ("2823-3", None, "mmol/L"),
    ],
)
def test_what_is_not_known_is_not_judged(code: str, value: str | None, ucum: str) -> None:
    number = None if value is None else Decimal(value)
    assert judge(code, number, ucum, age_days=ADULT) is Verdict.NOT_JUDGED


def test_an_age_without_a_row_is_not_judged() -> None:
    assert judge("22664-7", Decimal(90), "mmol/L", age_days=CHILD) is Verdict.NOT_JUDGED


@pytest.mark.parametrize(
    ("value", "comparator", "verdict"),
    [
        ("6.2", ">", "critical-high"),
        ("6.2", ">=", "critical-high"),
        ("5.0", ">", "not-judged"),
        ("2.8", "<", "critical-low"),
        ("2.8", "<=", "critical-low"),
        ("3.5", "<", "not-judged"),
        ("9.9", "<", "not-judged"),
    ],
)
def test_a_limit_of_detection_is_judged_only_when_all_numbers_agree(value: str, comparator: str, verdict: str) -> None:
    assert judge("2823-3", Decimal(value), "mmol/L", comparator=comparator, age_days=ADULT) == verdict


def test_units_that_convert_are_converted() -> None:
    assert judge("718-7", Decimal("6.6"), "g/dL", age_days=ADULT) is Verdict.CRITICAL_LOW
    assert judge("718-7", Decimal("6.7"), "g/dL", age_days=ADULT) is Verdict.NOT_CRITICAL
    assert judge("2345-7", Decimal("40"), "mg/dL", age_days=ADULT) is Verdict.CRITICAL_LOW
    assert judge("2823-3", Decimal("6.2"), "meq/L", age_days=ADULT) is Verdict.CRITICAL_HIGH


@given(
    st.sampled_from(sorted({code for row in TABLE for code in row.codes})),
    st.decimals(0, 2000, places=3),
    st.integers(0, 40_000),
)
def test_who_is_of_unknown_age_is_never_called_safer_than_at_any_age(code: str, value: Decimal, age: int) -> None:
    ucum = next(row.ucum for row in TABLE if code in row.codes)
    unknown = judge(code, value, ucum, age_days=None)
    if judge(code, value, ucum, age_days=age) in CRITICAL:
        assert unknown in CRITICAL
