"""Money: exact, one currency at a time, no cent lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.kernel.money import CurrencyMismatch, MalformedMoney, Money


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_amounts_add_subtract_and_compare():
    assert eur("0.10") + eur("0.20") == eur("0.30")
    assert eur("1") - eur("1.50") == eur("-0.50")
    assert -eur("0") == eur("0") and str(-eur("0")) == "0.00 EUR"
    assert eur("1") < eur("1.01") <= eur("1.01")
    assert Money.total([eur("1.10"), eur("2.20")], "EUR") == eur("3.30")
    assert Money.total([], "EUR") == eur("0")


def test_one_amount_has_one_spelling():
    assert str(eur("1E+2")) == str(eur("100")) == str(eur("100.000")) == "100.00 EUR"
    assert hash(eur("1")) == hash(eur("1.00"))


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.345", "EUR", "2.35"),
        ("2.344999", "EUR", "2.34"),
        ("-2.345", "EUR", "-2.35"),
        ("2.5", "JPY", "3"),
        ("2.0005", "KWD", "2.001"),
    ],
)
def test_halves_go_away_from_zero(amount, currency, rounded):
    assert Money.rounded(Decimal(amount), currency) == Money(Decimal(rounded), currency)


def test_a_product_is_rounded_once():
    assert eur("19.99") * Decimal("1.19") == eur("23.79")
    assert 3 * eur("0.33") == eur("0.33") * 3 == eur("0.99")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (Decimal("0.001"), "EUR"),
        (Decimal("0.5"), "JPY"),
        (Decimal("NaN"), "EUR"),
        (Decimal("Infinity"), "EUR"),
        (Decimal("1E+70"), "EUR"),
        (1.5, "EUR"),
        (1, "EUR"),
        (Decimal(1), "eur"),
        (Decimal(1), "EURO"),
        (Decimal(1), ""),
    ],
)
def test_what_is_not_exact_money_is_refused(amount, currency):
    with pytest.raises(MalformedMoney):
        Money(amount, currency)


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch, match="EUR and USD"):
        eur("1") + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        assert eur("1") < Money(Decimal(1), "USD")
    assert eur("1") != Money(Decimal(1), "USD")


def test_money_is_not_multiplied_by_floats_or_truth():
    for factor in (1.5, True):
        with pytest.raises(TypeError):
            eur("1") * factor


def test_the_leftover_cents_go_to_the_largest_remainders_first_come_first():
    assert eur("100").split([1, 1, 1]) == [eur("33.34"), eur("33.33"), eur("33.33")]
    assert eur("0.05").split([3, 7]) == [eur("0.02"), eur("0.03")]
    assert eur("-0.05").split([1, 1]) == [eur("-0.03"), eur("-0.02")]
    assert eur("1").split([0, 1]) == [eur("0"), eur("1")]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1]])
def test_money_is_not_split_by_nothing(weights):
    with pytest.raises(ValueError, match="weights"):
        eur("1").split(weights)


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_no_cent_is_lost_and_no_share_is_off_by_one_or_more(cents, weights, currency):
    step = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}[currency]
    whole = Money(cents * step, currency)
    shares = whole.split(weights)
    assert Money.total(shares, currency) == whole
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.amount / step * sum(weights) - cents * weight) < sum(weights)
