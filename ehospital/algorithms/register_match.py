"""What becomes of a row of a register: a new record, somebody known, the same person twice, or a question.

It stands on `algorithms.matching`. A row is taken for somebody known without asking only far above the limit at which a
desk is asked: nobody looks at each of 20,000 rows, and what is taken for known adds to a record (never overwrites).
With the numbers of `matching`, an equal name, sex and whole birth date reach it; a name and a year of birth do not.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from ehospital.algorithms import matching
from ehospital.algorithms.matching import Match
from ehospital.algorithms.matching_levels import Person

VERSION: Final = "register-match-1"
TAKEN_FOR_KNOWN: Final = 0.99
"""So probably one person that a row is filed with a record unasked."""

Key = TypeVar("Key", bound=Hashable)


class Finding(StrEnum):
    """What was found for a row."""

    NEW = "new"
    SAME = "same"
    INSIDE = "inside"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judged(Generic[Key]):
    """The finding; the record or the row that is most like it, and how probable it is that they are one person."""

    finding: Finding
    match: Match | None = None
    record: Key | None = None
    row: int | None = None


def judge(told: Person, *, records: Iterable[tuple[Key, Person]], rows: Iterable[tuple[int, Person]]) -> Judged[Key]:
    """Return what a row is, from the records and the earlier rows that could be of the same person.

    A record comes before a row: whoever is known is known, however often the file names them. Of several that are
    equally likely the first counts.
    """
    record, match = _best(told, records)
    if match is not None and match.probability >= TAKEN_FOR_KNOWN:
        return Judged(Finding.SAME, match, record=record)
    row, inside = _best(told, rows)
    if inside is not None and inside.probability >= TAKEN_FOR_KNOWN:
        return Judged(Finding.INSIDE, inside, row=row)
    nearest = max((one for one in (match, inside) if one is not None), key=lambda one: one.probability, default=None)
    if nearest is None or nearest.probability < matching.ONE_PERSON:
        return Judged(Finding.NEW)
    if nearest is match:
        return Judged(Finding.UNSURE, match, record=record)
    return Judged(Finding.UNSURE, inside, row=row)


def _best(told: Person, others: Iterable[tuple[Key, Person]]) -> tuple[Key | None, Match | None]:
    found: tuple[Key | None, Match | None] = (None, None)
    for key, other in others:
        match = matching.compare(told, other)
        if found[1] is None or match.probability > found[1].probability:
            found = (key, match)
    return found


def namesakes_only(one: Person, other: Person) -> bool:
    """Tell whether two who are found by their names alone cannot reach the limit of a question.

    Their birth dates are known to the day (the first of January stands for a year) and differ in year and day of the
    month: no slip makes the one of the other. They live in no common postal area, and not in one house as far as that
    is told. Whoever shares a telephone or a number is found by that.
    """
    a, b = one.birth_on, other.birth_on
    if a is None or b is None or not one.birth_precision == other.birth_precision == "day":
        return False
    if (1, 1) in ((a.month, a.day), (b.month, b.day)) or a.year == b.year or a.day == b.day:
        return False
    if one.area and other.area:
        return one.area != other.area
    return not (one.address and other.address)
