"""Money: an exact amount in one currency, in whole minor units (cents); every rounding is half-up and happens once.

Source: ISO 4217:2015 for the number of decimals of each currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)

# Currencies without decimals and with three; all others have two.
_WITHOUT: Final = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)
_WITH_THREE: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


class MalformedMoney(ValueError):
    """The amount is not exact in the currency's minor unit, or the currency is no ISO 4217 code."""


class CurrencyMismatch(TypeError):
    """Amounts of different currencies were combined; convert one first, at a rate somebody decided."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, exact in its minor unit: Money(Decimal("12.50"), "EUR")."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise MalformedMoney(f"{self.currency!r} is no currency; use its three capital letters, such as EUR")
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise MalformedMoney(f"{self.amount!r} is not an exact amount; pass a finite Decimal")
        try:
            exact = self.amount.quantize(_step(self.currency), context=_EXACT)
        except InvalidOperation:
            raise MalformedMoney(f"{self.amount} is too large") from None
        if exact != self.amount:
            raise MalformedMoney(f"{self.amount} has fractions of a cent; use Money.rounded where rounding is meant")
        object.__setattr__(self, "amount", _EXACT.add(exact, Decimal(0)))  # -0.00 becomes 0.00

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> "Money":
        """Round to the minor unit, halves away from zero."""
        return cls(amount.quantize(_step(currency), context=_EXACT), currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """Add amounts of one currency; nothing gives zero."""
        return sum(amounts, cls(Decimal(0), currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, bool) or not isinstance(factor, Decimal | int):
            return NotImplemented
        return Money.rounded(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def split(self, weights: Iterable[Decimal | int]) -> list["Money"]:
        """Divide by weight without losing a cent; leftover cents go to the largest remainders, first come first.

        Raises:
            ValueError: no weight, a negative one, or all of them zero.
        """
        shares = [Fraction(weight) for weight in weights]
        if not shares or min(shares) < 0 or not any(shares):
            raise ValueError("to split money, give weights that are not negative and not all zero")
        step = _step(self.currency)
        cents = int(_EXACT.divide(self.amount, step))
        sign = -1 if cents < 0 else 1
        exact = [abs(cents) * share / sum(shares) for share in shares]
        whole = [int(part) for part in exact]
        by_remainder = sorted(range(len(shares)), key=lambda index: (whole[index] - exact[index], index))
        for index in by_remainder[: abs(cents) - sum(whole)]:
            whole[index] += 1
        return [Money(_EXACT.multiply(Decimal(sign * part), step), self.currency) for part in whole]

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined; convert one first")
        return other.amount


def _step(currency: str) -> Decimal:
    return Decimal(1).scaleb(0 if currency in _WITHOUT else -3 if currency in _WITH_THREE else -2)
