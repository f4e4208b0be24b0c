"""A patient's details as `algorithms.matching` compares them, and the keys under which possible duplicates are found.

Two records of one person share a key unless nearly everything differs: the whole birth date (day and month in either
order); the sound of one name with two thirds of the birth date; the sounds of a family and a given name, in either
order; a telephone number; a house. Each key leads to few records: a check reads some dozen, never the whole hospital.
"""

import itertools
import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from ehospital.algorithms.matching_levels import Person, ends
from ehospital.algorithms.name_likeness import sound
from ehospital.kernel.folding import fold
from ehospital.people import naming
from ehospital.people.details import PatientDetails, TelecomDetails

MOST_WORDS: Final = 6
"""Of the names of one person so many words make keys; whoever has more is found by the first."""
NAMES_ALONE: Final = "n:"
"""Keys of names without anything else: common names have very many records."""


def person(details: PatientDetails) -> Person:
    """Return the details, folded. Temporary names say who somebody is not."""
    address = details.addresses[0] if details.addresses else None
    names = [name for name in details.names if name.use != "temp"]
    return Person(
        names=tuple(sorted({(fold(one.family), fold(one.given)) for one in names})),
        birth_on=details.birth_on,
        birth_precision=details.birth_precision,
        sex=details.sex,
        numbers=frozenset(
            (number.system, fold(number.value).replace(" ", ""))
            for number in details.identifiers
            if number.system != naming.HOSPITAL_NUMBER and not number.system.startswith(naming.REGISTER)
        ),
        phones=frozenset(_reached(details.telecoms)),
        address=fold(f"{address.lines} {address.city}" if address and address.lines else ""),
        area=fold(address.postal_code).replace(" ", "") if address else "",
    )  # fmt: skip


def _reached(telecoms: Iterable[TelecomDetails]) -> Iterable[str]:
    for one in telecoms:
        yield one.value.strip().casefold() if "@" in one.value else re.sub(r"\D", "", one.value)


def keys(one: Person) -> list[str]:
    """Return the keys of one person, sorted; names without anything else are keys of their own kind."""
    found: set[str] = set()
    sounds: dict[str, None] = {}
    for family, given in one.names:
        families, givens = _sounds(family), _sounds(given)
        found |= {f"{NAMES_ALONE}{min(pair)}|{max(pair)}" for pair in itertools.product(families, givens)}
        sounds |= families | givens
    found |= set(_birth_keys(one.birth_on, one.birth_precision, list(sounds)[: 2 * MOST_WORDS]))
    found |= {f"p:{phone}" for phone in ends(one.phones)}
    house = "".join(word for word in one.address.split() if any(letter.isdigit() for letter in word))
    if one.area and house:
        found.add(f"a:{one.area}|{house}")
    return sorted(found)


def _sounds(name: str) -> dict[str, None]:
    """Return how the words of a name sound, and the name in one word, in order."""
    return dict.fromkeys(sound(word) for word in (*name.split()[:MOST_WORDS], name.replace(" ", "")) if word)


def _birth_keys(born: date | None, precision: str, sounds: list[str]) -> Iterable[str]:
    if born is None or precision in ("unknown", "year"):
        return
    for heard in sounds:
        yield f"ym:{born:%Y%m}|{heard}"
    if precision == "day":
        low, high = sorted((born.month, born.day))
        if (low, high) != (1, 1):  # the first of January stands for "some day" in many registers
            yield f"b:{born:%Y}{low:02d}{high:02d}"
        for heard in sounds:
            yield f"ym:{born:%Y}{born.day:02d}|{heard}"  # day and month exchanged
            yield f"yd:{born:%Y}{born.day:02d}|{heard}"
            yield f"md:{born:%m%d}|{heard}"


def as_json(one: Person) -> dict[str, Any]:
    """Return the person as a column holds them."""
    return {
        "names": [list(name) for name in one.names],
        "birth": [one.birth_on.isoformat() if one.birth_on else None, one.birth_precision],
        "sex": one.sex,
        "numbers": sorted(list(number) for number in one.numbers),
        "phones": sorted(one.phones),
        "address": one.address,
        "area": one.area,
    }


def from_json(told: dict[str, Any]) -> Person:
    """Return the person of a column."""
    born, precision = told["birth"]
    return Person(
        names=tuple((family, given) for family, given in told["names"]),
        birth_on=date.fromisoformat(born) if born else None,
        birth_precision=precision,
        sex=told["sex"],
        numbers=frozenset((issuer, number) for issuer, number in told["numbers"]),
        phones=frozenset(told["phones"]),
        address=told["address"],
        area=told["area"],
    )
