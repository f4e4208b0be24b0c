"""Plausible patients of a hospital: who they are, what they have, take and had, and why some of them lie here now.

Pure: the same seed, moment and doctors give the same people; only plain values come out, ready for
`people.actions.register_patient` and `clinical.actions.import_record`.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ehospital.clinical.details import Record
from ehospital.simulation import catalogue, families, lifetimes, persons, stays
from ehospital.simulation.catalogue import Admission
from ehospital.simulation.lifetimes import Subject
from ehospital.simulation.pen import Doctor, Pen
from ehospital.simulation.persons import Person
from ehospital.simulation.plots import STORIES

# Whoever comes to a hospital is iller than the town.
_ILLER = 1.25
_ALLERGY_ASKED = {True: 0.95, False: 0.82}


@dataclass(frozen=True, slots=True)
class Bedded:
    """A place to lie: the ward's key, and the story that the bed's monitor plays, if any."""

    ward: str
    story: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """One invented patient.

    Attributes:
        number: 0, 1, … within the hospital.
        person: demographics.
        record: the lines of the chart, with ids that follow from seed and number.
        files: contents of the documents, by the key that their lines name.
        admission: why the patient lies here; None for outpatients.
        bedded: where; None for outpatients.
        spo2_scale: the NEWS2 scale that suits the patient.
        doctor: who looks after the patient.
    """

    number: int
    person: Person
    record: Record
    files: dict[str, bytes]
    admission: Admission | None
    bedded: Bedded | None
    spo2_scale: int
    doctor: Doctor
    illnesses: tuple[str, ...]


def invent(
    *, seed: int, count: int, places: Sequence[Bedded], now: datetime, doctors: Sequence[Doctor]
) -> Iterator[History]:
    """Yield that many patients; the first ones lie in the places given.

    Args:
        now: timezone-aware; everything in the charts lies before it.
        doctors: at least one for each ward key and one for "clinic".
    Raises:
        ValueError: more places than patients.
    """
    if len(places) > count:
        raise ValueError(f"{len(places)} beds to fill and only {count} patients; ask for more patients or fewer beds")
    numbers = persons.unique_numbers(random.Random(f"{seed}/numbers"), count)
    used: set[str] = set()
    for n in range(count):
        bedded = places[n] if n < len(places) else None
        yield _one(seed, n, bedded, numbers[n], now=now, doctors=doctors, used=used)


def _one(
    seed: int, n: int, bedded: Bedded | None, number: str, *, now: datetime, doctors: Sequence[Doctor], used: set[str]
) -> History:
    chance = random.Random(f"{seed}/patient/{n}")
    admission = _admission(chance, bedded, used)
    age, sex = _age(chance, admission), _sex(chance, admission)
    person = persons.person(chance, sex=sex, age=age, today=now.date(), number=number)
    illnesses = _illnesses(chance, age, sex, admission)
    department = bedded.ward if bedded else "clinic"
    doctor = chance.choice([one for one in doctors if one.department == department])
    pen = Pen(seed=seed, number=n, now=now, doctor=doctor)
    conditions = [catalogue.conditions()[key] for key in illnesses]
    subject = Subject(chance, person, doctor, now, pen, conditions)
    never = admission.never if admission is not None else frozenset[str]()
    lifetimes.allergies(subject, asked=chance.random() < _ALLERGY_ASKED[admission is not None], never=never)
    lifetimes.long_term(subject)
    lifetimes.lifestyle(subject)
    lifetimes.vaccinations(subject)
    lifetimes.growing(subject)
    lifetimes.operations(subject)
    family = random.Random(f"{seed}/family/{n}")
    families.relatives(pen, family, person, asked_at=now)
    families.pregnancies(pen, family, person, asked_at=now)
    stays.reviews(subject)
    stays.past_stays(subject, chance.choices((0, 1, 2), (6, 3, 1) if age > 55 else (16, 3, 1))[0])
    if admission is not None:
        stays.admit(subject, admission)
    scale = STORIES[bedded.story].spo2_scale if bedded and bedded.story else 1
    return History(n, person, pen.record(), pen.files, admission, bedded, scale, doctor, tuple(illnesses))


def _admission(chance: random.Random, bedded: Bedded | None, used: set[str]) -> Admission | None:
    """Choose a reason that fits ward and story; on a ward the same one comes back only when all are used."""
    if bedded is None:
        return None
    every = catalogue.admissions().values()
    if bedded.story:
        fits = [one for one in every if bedded.story in one.stories]
    else:
        fits = [one for one in every if bedded.ward in one.wards and (not one.stories or "stable" in one.stories)]
    fresh = [one for one in fits if f"{bedded.ward}/{one.key}" not in used]
    if not fresh:
        used.difference_update(f"{bedded.ward}/{one.key}" for one in fits)
    chosen = chance.choices(fresh or fits, [one.weight for one in fresh or fits])[0]
    used.add(f"{bedded.ward}/{chosen.key}")
    return chosen


def _age(chance: random.Random, admission: Admission | None) -> int:
    if admission is not None:
        return chance.randint(admission.from_age, admission.to_age)
    youngest, oldest = chance.choices(((1, 15), (16, 39), (40, 64), (65, 97)), (8, 20, 34, 38))[0]
    return chance.randint(youngest, oldest)


def _sex(chance: random.Random, admission: Admission | None) -> str:
    if admission is not None and admission.sex:
        return admission.sex
    return "female" if chance.random() < 0.52 else "male"


def _illnesses(chance: random.Random, age: int, sex: str, admission: Admission | None) -> list[str]:
    """Return the keys of the long-term conditions, what the admission needs first."""
    found: list[str] = []
    banned: set[str] = set(admission.never) if admission is not None else set()
    if admission is not None and admission.needs:
        _add(chance, admission.needs, found, banned)
    keys = list(catalogue.conditions())
    chance.shuffle(keys)
    for key in keys:
        if chance.random() < _ILLER * catalogue.conditions()[key].share(age, sex):
            _add(chance, key, found, banned)
    return found


def _add(chance: random.Random, key: str, found: list[str], banned: set[str]) -> None:
    condition = catalogue.conditions()[key]
    if key in found or key in banned or set(condition.excludes) & set(found):
        return
    found.append(key)
    banned.update(condition.excludes)
    for other, share in condition.brings:
        if chance.random() < share:
            _add(chance, other, found, banned)
