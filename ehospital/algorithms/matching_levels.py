"""What of two descriptions of a person agrees, and how closely: the levels that `algorithms.matching` weighs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ehospital.algorithms.name_likeness import jaro_winkler, slips, sound

NEAR_LIKENESS: Final = 0.92
"""Jaro-Winkler; Winkler's own limit for a name that was mistyped."""
SHORTEST_FOR_A_SLIP: Final = 4
"""In shorter words one letter makes another name: Ann and Jan."""
PHONE_DIGITS: Final = 7
"""Telephone numbers are compared by their last digits: country and trunk prefixes are written or not."""


class Part(StrEnum):
    """What is compared."""

    FAMILY = "family"
    GIVEN = "given"
    ORDER = "order"
    BIRTH_DAY = "birth-day"
    BIRTH_MONTH = "birth-month"
    BIRTH_YEAR = "birth-year"
    SEX = "sex"
    NUMBER = "number"
    REACH = "reach"


class Level(StrEnum):
    """How it agrees. For a birth date and a number `NEAR` is one slip, for a year of birth one year."""

    SAME = "same"
    NEAR = "near"
    SOUNDS = "sounds"
    SHARED = "shared"
    INITIAL = "initial"
    SWAPPED = "swapped"
    PHONE = "phone"
    ADDRESS = "address"
    AREA = "area"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Person:
    """One description, folded: small letters without accents, one space between words.

    names: (family, given) pairs, the present and the former ones. birth_precision: day, month, year or unknown.
    sex: male, female; anything else says nothing. numbers: (issuer, number) without the hospital's own, of which every
    record has another. phones: digits; e-mail addresses as they are. address: street, house and town; area: the postal
    code.
    """

    names: tuple[tuple[str, str], ...] = ()
    birth_on: date | None = None
    birth_precision: str = "unknown"
    sex: str = ""
    numbers: frozenset[tuple[str, str]] = frozenset()
    phones: frozenset[str] = frozenset()
    address: str = ""
    area: str = ""


def agreement(one: Person, other: Person) -> dict[Part, Level]:
    """Return the level of each part that both descriptions tell."""
    seen = _names(one, other)
    birth = _birth(one, other)
    if birth is not None:
        seen[birth[0]] = birth[1]
    if {one.sex, other.sex} <= {"male", "female"}:
        seen[Part.SEX] = Level.SAME if one.sex == other.sex else Level.DIFFERENT
    for part, level in ((Part.NUMBER, _number(one.numbers, other.numbers)), (Part.REACH, _reach(one, other))):
        if level is not None:
            seen[part] = level
    return seen


_CLOSEST: Final = (Level.SAME, Level.NEAR, Level.SHARED, Level.SOUNDS, Level.INITIAL, Level.DIFFERENT)


def _names(one: Person, other: Person) -> dict[Part, Level]:
    """Return the closest agreement of any name of the one with any name of the other, written in either order."""
    readings: list[dict[Part, Level]] = [
        reading
        for family, given in one.names
        for family_there, given_there in other.names
        for reading in (
            _straight(word_level(family, family_there), word_level(given, given_there)),
            _swapped(word_level(family, given_there), word_level(given, family_there)),
        )
        if reading
    ]
    return min(readings, key=_distance, default={})


def _distance(reading: Mapping[Part, Level]) -> tuple[int, list[tuple[Part, Level]]]:
    swapped = reading.get(Part.ORDER) is Level.SWAPPED
    untold = 2 - sum(part in reading for part in (Part.FAMILY, Part.GIVEN))
    far = sum(_CLOSEST.index(level) for part, level in reading.items() if part is not Part.ORDER)
    return far + swapped + untold, sorted(reading.items())


def _straight(family: Level | None, given: Level | None) -> dict[Part, Level]:
    if family is Level.INITIAL:
        family = Level.DIFFERENT
    told = {part: level for part, level in ((Part.FAMILY, family), (Part.GIVEN, given)) if level is not None}
    return {**told, Part.ORDER: Level.SAME} if len(told) == 2 else told


def _swapped(one: Level | None, other: Level | None) -> dict[Part, Level]:
    """Return the reading with names exchanged, which counts only when both agree; the closer one is the family's."""
    if one is None or other is None or Level.DIFFERENT in (one, other):
        return {}
    family, given = sorted((one, other), key=_CLOSEST.index)
    if family is Level.INITIAL:
        return {}
    return {Part.FAMILY: family, Part.GIVEN: given, Part.ORDER: Level.SWAPPED}


def word_level(one: str, other: str) -> Level | None:
    """Return how closely two names of one kind agree; None when one of them is not told."""
    if not one or not other:
        return None
    joined, joined_there = one.replace(" ", ""), other.replace(" ", "")
    if joined == joined_there:
        return Level.SAME
    if min(len(joined), len(joined_there)) == 1:
        return Level.INITIAL if joined[0] == joined_there[0] else Level.DIFFERENT
    words, words_there = set(one.split()), set(other.split())
    if words == words_there:
        return Level.SAME
    if _slipped(joined, joined_there):
        return Level.NEAR
    if any(len(word) > 1 for word in words & words_there):
        return Level.SHARED
    if sound(joined) == sound(joined_there):
        return Level.SOUNDS
    if (len(words) > 1 or len(words_there) > 1) and any(_slipped(a, b) for a in words for b in words_there):
        return Level.SHARED
    return Level.DIFFERENT


def _slipped(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SHORTEST_FOR_A_SLIP:
        return False
    if abs(len(one) - len(other)) > 2:
        return False
    # Two letters exchanged, or a slip, and something of the likeness that a hasty hand leaves.
    return slips(one, other) <= 1 or jaro_winkler(one, other) >= NEAR_LIKENESS


def _birth(one: Person, other: Person) -> tuple[Part, Level] | None:
    """Return how the birth dates agree, as precisely as both are known. The first of January stands for a year."""
    if one.birth_on is None or other.birth_on is None:
        return None
    a, b = one.birth_on, other.birth_on
    known = {_precision(one), _precision(other)}
    if "unknown" in known:
        return None
    if "year" in known:
        apart = abs(a.year - b.year)
        return Part.BIRTH_YEAR, Level.SAME if apart == 0 else Level.NEAR if apart == 1 else Level.DIFFERENT
    if "month" in known:
        same = (a.year, a.month) == (b.year, b.month)
        return Part.BIRTH_MONTH, Level.SAME if same else Level.DIFFERENT
    if a == b:
        return Part.BIRTH_DAY, Level.SAME
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return Part.BIRTH_DAY, Level.SWAPPED
    return Part.BIRTH_DAY, Level.NEAR if _one_slip(f"{a:%Y%m%d}", f"{b:%Y%m%d}") else Level.DIFFERENT


def _precision(person: Person) -> str:
    born = person.birth_on
    if person.birth_precision == "day" and born is not None and (born.month, born.day) == (1, 1):
        return "year"
    return person.birth_precision


def _one_slip(one: str, other: str) -> bool:
    """Tell whether one figure differs, or two neighbours are swapped; nothing is inserted or dropped."""
    if len(one) != len(other):
        return False
    wrong = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return (one[wrong[0]], one[wrong[1]]) == (other[wrong[1]], other[wrong[0]])
    return len(wrong) == 1


def _number(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> Level | None:
    """Return the closest agreement of two numbers of one issuer; None when no issuer is common."""
    pairs = [(a, b) for issuer, a in one for there, b in other if issuer == there]
    if not pairs:
        return None
    if any(a == b for a, b in pairs):
        return Level.SAME
    return Level.NEAR if any(len(a) > SHORTEST_FOR_A_SLIP and slips(a, b) == 1 for a, b in pairs) else Level.DIFFERENT


def _reach(one: Person, other: Person) -> Level | None:
    """Return whether both are reached the same way. It is one part: who shares a home shares its telephone."""
    phones = ends(one.phones) & ends(other.phones)
    homes = bool(one.address and other.address)
    same_area = bool(one.area) and one.area == other.area
    same_home = homes and (same_area or not (one.area and other.area)) and _same_street(one.address, other.address)
    if phones and same_home:
        return Level.SAME
    if phones:
        return Level.PHONE
    if same_home:
        return Level.ADDRESS
    if same_area:
        return Level.AREA
    told = (one.phones and other.phones) or homes or (one.area and other.area)
    return Level.DIFFERENT if told else None


def _same_street(one: str, other: str) -> bool:
    """Tell whether two addresses name one house: the figures agree, and the words but for a slip."""
    figures, figures_there = _figures(one), _figures(other)
    if figures != figures_there:
        return False
    return jaro_winkler(one, other) >= NEAR_LIKENESS


def _figures(text: str) -> list[str]:
    return sorted(word for word in text.split() if any(letter.isdigit() for letter in word))


def ends(phones: Iterable[str]) -> frozenset[str]:
    """Return what is compared of telephone numbers and e-mail addresses."""
    return frozenset(phone if "@" in phone else phone[-PHONE_DIGITS:] for phone in phones if len(phone) >= 6)
