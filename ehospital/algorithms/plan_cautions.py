"""What a plan's template says that does not fit this patient: shown beside the line that it is about, never left out.

A caution names when it holds: below or above an age, in pregnancy, with an allergy, with another problem, with a safety
flag. Where the record does not tell (no birth date, nobody asked about allergies), a caution that would need it is
shown as not known rather than passed over. Each template names the source of its cautions; that one holds is the
project's own reading of the record. `VERSION` changes with it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VERSION: Final = "plan-cautions-1"
SOURCE: Final = "the template's own, each with its source"


class Fit(StrEnum):
    """Whether a caution holds for this patient."""

    HOLDS = "holds"
    NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class When:
    """When a caution holds: one of these is enough. Codes are the beginnings of ICD-10 codes or whole other codes."""

    age_below: int | None = None
    age_above: int | None = None
    pregnant: bool = False
    allergies: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """What to mind about a line of a template; `about` is the key of a goal or activity, empty for the whole plan."""

    about: str
    when: When
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record says of the patient; None is not known. `allergies` are words, None when nobody asked."""

    age_years: int | None
    pregnant: bool | None
    female: bool | None
    allergies: tuple[str, ...] | None
    problem_codes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A caution that holds, or of which nobody knows whether it does."""

    caution: Caution
    fit: Fit


def conflicts(cautions: Iterable[Caution], facts: Facts) -> list[Conflict]:
    """Return the cautions to show, in the order of the template."""
    found = []
    for caution in cautions:
        answers = list(_answers(caution.when, facts))
        if True in answers:
            found.append(Conflict(caution, Fit.HOLDS))
        elif None in answers:
            found.append(Conflict(caution, Fit.NOT_KNOWN))
    return found


def _answers(when: When, facts: Facts) -> Iterable[bool | None]:
    age = facts.age_years
    if when.age_below is not None:
        yield None if age is None else age < when.age_below
    if when.age_above is not None:
        yield None if age is None else age > when.age_above
    if when.pregnant:
        yield facts.pregnant if facts.pregnant is not None else _may_be_pregnant(facts)
    if when.allergies:
        yield None if facts.allergies is None else _named(when.allergies, facts.allergies)
    if when.problems:
        yield any(fits(code, wanted) for code in facts.problem_codes for wanted in when.problems)
    if when.flags:
        yield bool(set(when.flags) & set(facts.flags))


def _may_be_pregnant(facts: Facts) -> bool | None:
    """Return False where nobody needs to ask: not female, or of an age outside 10 to 55 years; None otherwise."""
    outside = facts.age_years is not None and not 10 <= facts.age_years <= 55
    return False if facts.female is False or outside else None


def _named(wanted: Sequence[str], allergies: Sequence[str]) -> bool:
    words = [word.casefold() for word in allergies]
    return any(one.casefold() in word for one in wanted for word in words)


_ICD10: Final = re.compile(r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")


def fits(code: str, wanted: str) -> bool:
    """Tell whether a code is one that a template answers to: below it in ICD-10 (E11.9 below E11), else the same."""
    if code == wanted:
        return True
    return bool(_ICD10.match(wanted)) and code.startswith(wanted) and bool(_ICD10.match(code))


def best(codes: Iterable[str], answered: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the keys of what answers to one of the codes, the closest first.

    Args:
        answered: key → codes that it answers to.
    """
    told = list(codes)
    found = []
    for key, wanted in answered.items():
        length = max((len(one) for one in wanted for code in told if fits(code, one)), default=0)
        if length:
            found.append((-length, key))
    return [key for _, key in sorted(found)]
