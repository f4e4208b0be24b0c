"""What runs in an invented family, and which children an invented woman had; from a chance of its own."""

import random
from datetime import UTC, datetime
from typing import Final

from ehospital.clinical.details import FamilyHistoryDetails, Moment, PregnancyDetails
from ehospital.kernel.codes import ICD10, Code
from ehospital.simulation.pen import Pen
from ehospital.simulation.persons import Person

_ILLNESSES: Final[tuple[tuple[str, str, int, int], ...]] = (
    ("I21.9", "Heart attack", 48, 80), ("E11.9", "Type 2 diabetes", 40, 75), ("C50.9", "Breast cancer", 38, 75),
    ("I10", "High blood pressure", 35, 70), ("I63.9", "Stroke", 55, 85), ("C18.9", "Bowel cancer", 45, 80),
    ("F03", "Dementia", 65, 88),
)  # fmt: skip
_RELATIVES: Final = ("MTH", "FTH", "SIS", "BRO", "MGRMTH", "PGRFTH")
_WOMEN: Final = ("MTH", "SIS", "MGRMTH")


def relatives(pen: Pen, chance: random.Random, person: Person, *, asked_at: datetime) -> None:
    """Write what two or three relatives have or had."""
    if person.age < 16 or chance.random() > 0.5:
        return
    for relation in chance.sample(_RELATIVES, chance.choice((1, 2, 2, 3))):
        fits = [one for one in _ILLNESSES if one[0] != "C50.9" or relation in _WOMEN]
        code, words, earliest, latest = chance.choice(fits)
        onset = chance.randint(earliest, latest)
        died = chance.random() < 0.45
        death = onset + chance.randint(0, 12) if died else None
        pen.relative(
            FamilyHistoryDetails(
                code=Code(ICD10, code, words),
                relation=relation,
                onset_age=onset,
                deceased="yes" if died else "no",
                death_age=death,
                died_of_it=died and code[0] in "IC" and chance.random() < 0.6,
            ),
            asked_at,
        )


def pregnancies(pen: Pen, chance: random.Random, person: Person, *, asked_at: datetime) -> None:
    """Write the pregnancies of a woman."""
    if person.sex != "female" or person.age < 22 or chance.random() > 0.6:
        return
    age = chance.randint(18, min(30, person.age - 2))
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        if age >= person.age or age > 42:
            return
        lost = chance.random() < 0.15
        ended = datetime(person.born_on.year + age, chance.randint(1, 12), 1, tzinfo=UTC)
        pen.pregnancy(
            PregnancyDetails(
                outcome="miscarriage" if lost else "live-birth",
                ended=Moment(ended, "month" if age > 30 else "year"),
                weeks=chance.randint(7, 13) if lost else chance.choice((37, 38, 39, 40, 40, 41)),
                delivery="" if lost else chance.choice(("vaginal", "vaginal", "vaginal", "caesarean")),
            ),
            asked_at,
        )
        age += chance.randint(1, 4)
