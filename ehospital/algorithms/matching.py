"""Are these two the same person? The evidence of each part of two descriptions, weighed against who else it could be.

Method: Fellegi and Sunter, "A Theory for Record Linkage", JASA 64 (1969). Each part of a person falls into one level of
agreement; how often a level is seen among records of one person (m) and among records of two (u) gives its weight,
log2(m / u). Two refinements: part of the pairs of two people are no strangers to each other (the mixture of Larsen and
Rubin, JASA 96, 2001): **relatives** share a family name and a home, **twins** a birth date too. So a pair is weighed
against strangers, relatives and twins together, each as numerous as they are; and an agreement which a twin would show
as well proves little.

Source of the numbers: the u of strangers follow by counting (a day of 80 years of births, one of some thousand family
names, one of some hundred given names, half of all people of one sex). The m, and the u of relatives and twins, are the
project's own judgement, rounded from what studies of hospital registers report about how often each part of a record
differs between two records of one person (Grannis and others, AMIA 2003; Just and others, AHIMA Perspectives 2016:
about one record in ten is a second one). They are not fitted: they were looked over with pairs of other seeds than
the one that the bench is judged by. `VERSION` names the levels, the numbers and the limits; it is stored with each
judgement.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import log2
from types import MappingProxyType
from typing import Final

from ehospital.algorithms import matching_levels as levels
from ehospital.algorithms.matching_levels import Level, Part, Person

VERSION: Final = "fellegi-sunter-1"

LIKELY: Final = 0.9
POSSIBLE: Final = 0.05
"""Two of one name, of whom nothing else is told, are shown: the desk asks."""
ONE_PERSON: Final = 0.5
"""Above this it is rather one person than two: the one limit where a plain yes or no is wanted."""


class Verdict(StrEnum):
    """What a probability means for the desk."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


class Other(StrEnum):
    """Whom a pair of two different people may be."""

    STRANGER = "stranger"
    RELATIVE = "relative"
    TWIN = "twin"


# How many such records a patient's record has beside it in a hospital of 200,000 patients. A hospital of 20,000 has ten
# times fewer strangers, so the judgement errs there towards "two people". Where one record in ten is a second one, it
# and the first of its person have another: two in ten.
SAME_PERSON_RECORDS: Final = 0.2
OTHER_RECORDS: Final = MappingProxyType({Other.STRANGER: 200_000.0, Other.RELATIVE: 2.0, Other.TWIN: 0.03})

_Row = tuple[float, float, float, float]

# level: (m of one person, u of strangers, u of relatives, u of twins); each column of a part sums to 1.
WEIGHTS: Final[dict[Part, dict[Level, _Row]]] = {
    Part.FAMILY: {
        Level.SAME: (0.86, 0.001, 0.70, 0.95),
        Level.NEAR: (0.06, 0.0015, 0.01, 0.02),
        Level.SOUNDS: (0.02, 0.0025, 0.01, 0.005),
        Level.SHARED: (0.02, 0.001, 0.05, 0.02),
        Level.DIFFERENT: (0.04, 0.994, 0.23, 0.005),
    },
    Part.GIVEN: {
        Level.SAME: (0.82, 0.006, 0.02, 0.0005),
        Level.NEAR: (0.06, 0.004, 0.01, 0.03),
        Level.SOUNDS: (0.02, 0.006, 0.01, 0.01),
        Level.SHARED: (0.05, 0.004, 0.01, 0.02),
        Level.INITIAL: (0.01, 0.02, 0.05, 0.04),
        Level.DIFFERENT: (0.04, 0.96, 0.90, 0.8995),
    },
    Part.ORDER: {
        # Strangers of one name abound; strangers who bear each other's given name as a family name hardly exist.
        Level.SAME: (0.97, 0.998, 0.998, 0.998),
        Level.SWAPPED: (0.03, 0.002, 0.002, 0.002),
    },
    Part.BIRTH_DAY: {
        Level.SAME: (0.92, 0.00004, 0.0005, 0.995),
        Level.SWAPPED: (0.015, 0.00002, 0.0003, 0.0005),
        Level.NEAR: (0.04, 0.001, 0.003, 0.002),
        Level.DIFFERENT: (0.025, 0.99894, 0.9962, 0.0025),
    },
    Part.BIRTH_MONTH: {
        Level.SAME: (0.94, 0.0012, 0.002, 0.998),
        Level.DIFFERENT: (0.06, 0.9988, 0.998, 0.002),
    },
    Part.BIRTH_YEAR: {
        Level.SAME: (0.85, 0.0125, 0.02, 0.996),
        Level.NEAR: (0.10, 0.025, 0.04, 0.002),
        Level.DIFFERENT: (0.05, 0.9625, 0.94, 0.002),
    },
    Part.SEX: {
        Level.SAME: (0.985, 0.5, 0.45, 0.65),
        Level.DIFFERENT: (0.015, 0.5, 0.55, 0.35),
    },
    Part.NUMBER: {
        Level.SAME: (0.93, 0.00000001, 0.002, 0.002),
        Level.NEAR: (0.04, 0.00001, 0.003, 0.02),
        Level.DIFFERENT: (0.03, 0.99998999, 0.995, 0.978),
    },
    Part.REACH: {
        Level.SAME: (0.30, 0.000001, 0.55, 0.70),
        Level.PHONE: (0.20, 0.00001, 0.15, 0.10),
        Level.ADDRESS: (0.15, 0.00002, 0.15, 0.10),
        Level.AREA: (0.10, 0.003, 0.05, 0.03),
        Level.DIFFERENT: (0.25, 0.996969, 0.10, 0.07),
    },
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the evidence: what agreed how, and its weight in bits; below zero it speaks against."""

    part: Part
    level: Level
    weight: float

    @property
    def code(self) -> str:
        """The reason as it is stored and translated: `birth-day:swapped`."""
        return f"{self.part}:{self.level}"


@dataclass(frozen=True, slots=True)
class Match:
    """The judgement on two descriptions.

    `weight` is the sum of the reasons in bits, against strangers; `probability` is the whole judgement; `otherwise` is
    whom it would be if it were two people.
    """

    probability: float
    weight: float
    verdict: Verdict
    otherwise: Other
    reasons: tuple[Reason, ...]
    version: str = VERSION


def compare(one: Person, other: Person) -> Match:
    """Return how probable it is that two descriptions are of one person, with the reasons, the weightiest first.

    The order of the two does not matter. A part that one of them does not tell says nothing. About 0.1 ms.
    """
    seen = levels.agreement(one, other)
    same, others = SAME_PERSON_RECORDS, dict(OTHER_RECORDS)
    reasons = []
    for part, level in seen.items():
        row = WEIGHTS[part][level]
        same *= row[0]
        for place, kind in enumerate(Other, 1):
            others[kind] *= row[place]
        reasons.append(Reason(part, level, round(log2(row[0] / row[1]), 2)))
    probability = same / (same + sum(others.values()))
    return Match(
        probability=probability,
        weight=round(sum(reason.weight for reason in reasons), 2),
        verdict=_verdict(probability),
        otherwise=max(others, key=lambda kind: others[kind]),
        reasons=tuple(sorted(reasons, key=lambda reason: (-reason.weight, reason.part))),
    )


def _verdict(probability: float) -> Verdict:
    if probability >= LIKELY:
        return Verdict.LIKELY
    return Verdict.POSSIBLE if probability >= POSSIBLE else Verdict.UNLIKELY
