"""Units: read a unit as people and devices write it, and convert exactly, or refuse and say why.

Conversion is done in exact fractions and rounded once, to 28 significant digits, so a round trip is exact to that
precision. What UCUM would convert to a wrong clinical answer is refused: see `unit_table`. Amount and mass convert only
when the substance is named (`convert("5.5", "mmol/L", "mg/dL", substance="glucose")`).
"""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final

from ehospital.kernel.unit_table import (
    AMBIGUOUS,
    AMOUNT,
    ATOMS,
    EQUIVALENTS,
    MASS,
    PREFIXES,
    SILENT_ANNOTATIONS,
    SPELLINGS,
    SUBSTANCES,
    Atom,
    Powers,
    Substance,
)

_PRECISION: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_LONGEST: Final = 64  # characters; nothing a hospital writes is longer
_LARGEST_EXPONENT: Final = 60
_OPERATOR: Final = re.compile(r"([/.])(?![^\[]*\])(?![^{]*\})")
_COMPONENT: Final = re.compile(r"(?P<body>[^{}]*)(?:\{(?P<note>[^{}]+)\})?")
_POWER: Final = re.compile(r"(?P<name>.*?[^0-9+-])(?P<power>[+-]?[1-9])?")


class UnitProblem(ValueError):
    """A value could not be expressed in the wanted unit; the message says why and what to do."""


class UnknownUnit(UnitProblem):
    """The text is no unit that this table knows, or it can mean two things."""


class IncompatibleUnits(UnitProblem):
    """Both units are known but measure different things."""


class SubstanceNeeded(IncompatibleUnits):
    """Mass, amount and equivalents convert only for a named substance with known molar mass or valence."""


class NotExact(UnitProblem):
    """In the wanted unit the value would have no end of digits; it stays in its own."""


class NotAQuantity(UnitProblem):
    """The value is not a finite number."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that was understood: its UCUM code, its magnitude, its dimensions above and below the line."""

    code: str
    magnitude: Fraction
    over: Powers
    under: Powers
    offset: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """`target = source × factor + shift`, exactly."""

    factor: Fraction
    shift: Fraction

    def apply(self, value: Decimal) -> Decimal:
        """Convert one finite number, rounded once to 28 significant digits."""
        if self.factor == 1 and not self.shift:
            return value
        exact = Fraction(value) * self.factor + self.shift
        return _PRECISION.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def normalise(unit: str) -> str:
    """Return the UCUM code of a unit in any spelling we know: "mcg/kg/min" → "ug/kg/min", "°C" → "Cel".

    Raises:
        UnknownUnit: not in the table, or ambiguous.
    """
    return parse(unit).code


def convert(
    value: Decimal | int | float | str, from_unit: str, to_unit: str, *, substance: str | None = None
) -> Decimal:
    """Express a value in another unit.

    Args:
        value: a finite number; a float counts as the decimal that it prints (0.1 is 0.1).
        substance: key of `unit_table.SUBSTANCES`, needed between mass, amount and equivalents.
    Raises:
        UnknownUnit: a unit is not in the table, or is ambiguous.
        IncompatibleUnits: the units measure different things.
        SubstanceNeeded: the substance is missing, unknown, or lacks the property that is needed.
        NotAQuantity: NaN, infinity, a truth value, or text that is no number.
    """
    return conversion(from_unit, to_unit, substance).apply(quantity(value))


def convert_exactly(value: Decimal, from_unit: str, to_unit: str, *, substance: str | None = None) -> Decimal:
    """Express a value in another unit, without any rounding.

    Raises:
        NotExact: no decimal number says exactly that; `convert` rounds.
        UnknownUnit, IncompatibleUnits, SubstanceNeeded, NotAQuantity: as `convert`.
    """
    told = conversion(from_unit, to_unit, substance)
    exact = Fraction(quantity(value)) * told.factor + told.shift
    found = told.apply(value)
    if Fraction(found) != exact:
        raise NotExact(f"{value} {from_unit} is no finite number of {to_unit}; send it in {to_unit}")
    return found


def same(one: str, other: str) -> bool:
    """Tell whether two texts are the same unit, however spelled; one that is unknown is the same as itself only."""
    try:
        left, right = parse(one), parse(other)
    except UnitProblem:
        return one.strip() == other.strip()
    return (left.magnitude, left.over, left.under, left.offset) == (
        right.magnitude, right.over, right.under, right.offset,
    )  # fmt: skip


def compatible(from_unit: str, to_unit: str, *, substance: str | None = None) -> bool:
    """Tell whether `convert` would succeed; an unknown unit is compatible with nothing."""
    try:
        conversion(from_unit, to_unit, substance)
    except UnitProblem:
        return False
    return True


def quantity(value: Decimal | int | float | str) -> Decimal:
    """Return a finite Decimal. Raises NotAQuantity for anything else."""
    if isinstance(value, bool):
        raise NotAQuantity(f"{value} is a truth value, not a measurement")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError, ValueError):
        raise NotAQuantity(f"{value!r} is not a number; send digits with a point, such as 36.6") from None
    if not number.is_finite():
        raise NotAQuantity(f"{value!r} is not a finite number; leave the value out when there is none")
    exponent = number.as_tuple().exponent
    if number and (abs(number.adjusted()) > _LARGEST_EXPONENT or abs(int(exponent)) > _LARGEST_EXPONENT):
        raise NotAQuantity(f"{value!r} is beyond any measurement")
    return number


@lru_cache(maxsize=2048)
def conversion(from_unit: str, to_unit: str, substance: str | None = None) -> Conversion:
    """Return the exact linear map between two units; raises as `convert` does."""
    source, target = parse(from_unit), parse(to_unit)
    if source.offset is not None and target.offset is not None:
        return Conversion(source.magnitude / target.magnitude, (source.offset - target.offset) / target.magnitude)
    factor = source.magnitude / target.magnitude
    if (source.over, source.under) != (target.over, target.under):
        factor *= _bridge(source, target, substance)
    return Conversion(factor, Fraction(0))


@lru_cache(maxsize=2048)
def parse(unit: str) -> Unit:
    """Read a unit: atoms with prefixes and powers joined by "/" and ".", annotations in braces.

    Raises:
        UnknownUnit: not in the table, or ambiguous.
    """
    text = unit.strip()
    if not text:
        raise UnknownUnit('the unit is missing; write "1" for a pure number')
    if len(text) > _LONGEST:
        raise UnknownUnit(f"a unit has at most {_LONGEST} characters, got {len(text)}")
    parts = _OPERATOR.split(_spelled(text, unit))
    magnitude, over, under = Fraction(1), Counter[str](), Counter[str]()
    codes, offset = [], None
    for index in range(0, len(parts), 2):
        below = index > 0 and parts[index - 1] == "/"
        if not parts[index] and index == 0 and len(parts) > 1:
            continue
        code, atom, power = _component(parts[index], unit)
        if atom.offset:
            if len(parts) > 1 or power != 1:
                raise UnknownUnit(f"{unit!r} mixes {code} with other units; use K for a temperature difference")
            offset = atom.offset
        elif atom.offset is not None and len(parts) == 1 and power == 1:
            offset = atom.offset
        signed = -power if below else power
        magnitude *= atom.magnitude**signed
        _add(over, under, atom, signed)
        if code != "1":
            codes.append(("/" if below else ".") + code)
    return Unit("".join(codes).removeprefix(".") or "1", magnitude, _powers(over), _powers(under), offset)


def _component(part: str, unit: str) -> tuple[str, Atom, int]:
    """Return (UCUM code, the atom with its prefix and annotation folded in, the power)."""
    part = _spelled(part.strip(), unit)
    match = _COMPONENT.fullmatch(part)
    if match is None or not part:
        raise _unknown(unit)
    body, note = match["body"], match["note"]
    if note and note.lower() in SILENT_ANNOTATIONS:
        note = None
    code, power = body, 1
    atom = _atom(body) if body else ATOMS["1"]
    if atom is None and (raised := _POWER.fullmatch(body)) and raised["power"]:
        name = _spelled(raised["name"], unit)
        atom, power = _atom(name), int(raised["power"])
        code = f"{name}{power}"
    if atom is None:
        raise _unknown(unit)
    if note:
        if power != 1:
            raise _unknown(unit)
        # Annotations carry no dimension in UCUM; to us {1.73_m2} or {tablet} is part of what is being said.
        atom = Atom(atom.magnitude, (*atom.over, (f"{{{note}}}", 1)), atom.under)
        code = f"{code}{{{note}}}"
    return code or "1", atom, power


def _atom(name: str) -> Atom | None:
    found = ATOMS.get(name)
    if found is not None:
        return found
    found = ATOMS.get(name[1:])
    if found is None or name[0] not in found.prefixes:
        return None
    return Atom(PREFIXES[name[0]] * found.magnitude, found.over, found.under)


def _spelled(text: str, unit: str) -> str:
    if text in AMBIGUOUS:
        raise UnknownUnit(f"{unit!r} is ambiguous: {AMBIGUOUS[text]}")
    return SPELLINGS.get(text, text)


def _unknown(unit: str) -> UnknownUnit:
    return UnknownUnit(f"{unit!r} is not a unit we know; use its UCUM code, such as mg/dL, mm[Hg], Cel, /min")


def _add(over: Counter[str], under: Counter[str], atom: Atom, power: int) -> None:
    above, below = (over, under) if power > 0 else (under, over)
    for dimension, exponent in atom.over:
        above[dimension] += exponent * abs(power)
    for dimension, exponent in atom.under:
        below[dimension] += exponent * abs(power)


def _powers(counted: Counter[str]) -> Powers:
    return tuple(sorted(counted.items()))


def _bridge(source: Unit, target: Unit, substance: str | None) -> Fraction:
    """Return what one step from mass, amount or equivalents to another multiplies by; refuse every other difference."""
    lost = Counter(dict(source.over)) - Counter(dict(target.over))
    won = Counter(dict(target.over)) - Counter(dict(source.over))
    kinds = {MASS, AMOUNT, EQUIVALENTS}
    if source.under != target.under or len(lost) != 1 or len(won) != 1 or {*lost, *won} - kinds:
        raise IncompatibleUnits(f"{source.code} cannot be expressed in {target.code}: they measure different things")
    if lost.total() != 1 or won.total() != 1:
        raise IncompatibleUnits(f"{source.code} cannot be expressed in {target.code}: the powers differ")
    facts = SUBSTANCES.get(substance) if substance is not None else None
    if facts is None:
        known = f"{substance!r} has no molar mass in the table" if substance else "name the substance"
        raise SubstanceNeeded(f"{source.code} to {target.code} depends on what is measured: {known}")
    return _moles_per(next(iter(lost)), facts, substance) / _moles_per(next(iter(won)), facts, substance)


def _moles_per(kind: str, facts: Substance, substance: str | None) -> Fraction:
    if kind == MASS:
        return 1 / Fraction(facts.grams_per_mole)
    if kind == AMOUNT:
        return Fraction(1)
    if facts.valence is None:
        raise SubstanceNeeded(f"{substance} has no fixed charge, so equivalents cannot be computed; use mmol or mg")
    return Fraction(1, facts.valence)
