"""What a life has left in the chart: allergies, illnesses and what is taken for them, vaccines, operations, habits."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from ehospital.algorithms.growth import LYING_UNTIL_DAY, Indicator, by_age, value_at
from ehospital.clinical.details import Moment, Value
from ehospital.kernel.codes import SNOMED, Code
from ehospital.simulation import catalogue
from ehospital.simulation.laboratory import Levels, Result
from ehospital.simulation.pen import Doctor, Pen, quantity
from ehospital.simulation.persons import Person
from ehospital.simulation.regimes import Regime

YEAR = timedelta(days=365.25)
_SMOKING = (
    Code(SNOMED, "266919005", "Never smoked tobacco"),
    Code(SNOMED, "8517006", "Ex-smoker"),
    Code(SNOMED, "449868002", "Smokes tobacco daily"),
)
_RECENT_YEARS = 5

Acute = Mapping[str, tuple[float, bool]]
"""Test → what an acute illness makes of it: (value, whether it is added to the person's own)."""


@dataclass(slots=True)
class Subject:
    """The person whose chart is being written, and what is known of them so far."""

    chance: random.Random
    person: Person
    doctor: Doctor
    now: datetime
    pen: Pen
    illnesses: list[catalogue.Condition]
    allergic: list[str] = field(default_factory=list)
    height_cm: float = 0.0
    weight_kg: float = 0.0
    regime: Regime = field(init=False)
    levels: Levels = field(init=False)

    def __post_init__(self) -> None:
        self.regime = Regime(self.chance, illnesses=self.keys, allergies=())
        self.levels = Levels(self.chance, sex=self.person.sex, age=self.person.age, illnesses=self.keys)

    @property
    def keys(self) -> list[str]:
        """The keys of the long-term conditions."""
        return [condition.key for condition in self.illnesses]

    def ago(self, years: float) -> datetime:
        """Return the instant that many years ago, to the minute; never before birth."""
        return (self.now - min(years, max(0.02, self.person.age - 0.1)) * YEAR).replace(second=0, microsecond=0)

    def sample(self, panels: list[str], at: datetime, visit: UUID, acute: Acute | None = None) -> list[Result]:
        """Take one blood sample, write its results, and return them."""
        years_ago = (self.now - at) / YEAR
        found = [one for panel in panels for one in self.levels.panel(panel, years_ago=years_ago, acute=acute)]
        self.pen.results(found, at, visit)
        return found


def allergies(subject: Subject, *, asked: bool, never: Collection[str] = ()) -> None:
    """Write allergies, or that there are none, or, when nobody asked, nothing; `never` names those not to have."""
    chance, at = subject.chance, subject.ago(subject.chance.uniform(0.2, 6))
    for key, kind in catalogue.allergies().items():
        if chance.random() < kind.share and key not in never:
            subject.allergic.append(key)
            subject.pen.allergy(kind, chance.choice(kind.manifestations), at)
    if asked and not subject.allergic:
        subject.pen.no_known_allergies(at)


def long_term(subject: Subject) -> None:
    """Write the long-term conditions, what is taken for them, and their plans of care."""
    chance, pen = subject.chance, subject.pen
    subject.regime = Regime(chance, illnesses=subject.keys, allergies=subject.allergic)
    for condition in subject.illnesses:
        onset = _onset(subject, condition.from_age)
        code, other = catalogue.diagnosis(condition.name, condition.snomed, condition.icd10)
        status = "remission" if "remission" in condition.note else "active"
        pen.problem(code, other, onset, status=status, note=condition.note)
        before = len(subject.regime.taken)
        subject.regime.treat(condition.medicines, reason=condition.name)
        subject.regime.some(condition.sometimes, share=0.35, reason=condition.name)
        for taken in subject.regime.taken[before:]:
            pen.medicine(taken, max(onset.at, subject.ago(chance.uniform(0.1, 7))))
    marks = [*subject.keys, *(["warfarin"] if subject.regime.contains("warfarin") else [])]
    subject.levels = Levels(chance, sex=subject.person.sex, age=subject.person.age, illnesses=marks)
    for plan in catalogue.plans():
        if plan.conditions & set(subject.keys):
            pen.plan(plan.title, plan.snomed, plan.activities, plan.goal, subject.ago(chance.uniform(0.2, 3)))


def lifestyle(subject: Subject) -> None:
    """Decide height and weight, and write whether the person smokes."""
    chance, age = subject.chance, subject.person.age
    if age < 16:
        subject.height_cm = 76 + 6.1 * age + chance.gauss(0, 3)
        index = chance.gauss(16.5 + 0.2 * age, 1)
    else:
        subject.height_cm = chance.gauss(162 if subject.person.sex == "female" else 176, 6)
        index = max(30.5, chance.gauss(34, 3)) if "obesity" in subject.keys else min(29.5, chance.gauss(25.5, 2.6))
    subject.weight_kg = max(13.0, index) * (subject.height_cm / 100) ** 2
    if age >= 16:
        smoked = chance.random() < (0.92 if "copd" in subject.keys else 0.35)
        habit = chance.choice(_SMOKING[1:]) if smoked else _SMOKING[0]
        at = subject.ago(chance.uniform(0.1, 3))
        subject.pen.finding("72166-2", "Tobacco smoking status", Value(code=habit), at, category="social-history")


def vaccinations(subject: Subject) -> None:
    """Write the vaccines that came due in this life and were given; of adults only the last years are known."""
    chance, person = subject.chance, subject.person
    for vaccine in catalogue.vaccines().values():
        for age in range(vaccine.first_age, min(person.age, vaccine.last_age) + 1, vaccine.every_years):
            at = datetime(person.born_on.year + age, 10, 3 + chance.randrange(24), 10, 30, tzinfo=UTC)
            after_birth = at.date() > person.born_on + timedelta(days=50)
            known = after_birth and subject.ago(_RECENT_YEARS if person.age > 15 else 99) < at < subject.now
            if known and chance.random() < vaccine.share:
                lot = f"{chance.choice('ABDFKMX')}{chance.randrange(10_000, 99_999)}"
                subject.pen.immunisation(vaccine, at, lot=lot, site="Left deltoid" if age > 2 else "Left thigh")


def growing(subject: Subject) -> None:
    """Write how a child was measured: close to a line of WHO's of its own, most often in the first two years."""
    person = subject.person
    if person.age >= 16 or person.sex not in ("female", "male"):
        return
    chance = random.Random(f"growth/{person.born_on}/{person.sex}")
    tall, heavy = chance.gauss(0, 0.8), chance.gauss(0, 0.7)
    today = (subject.now.date() - person.born_on).days
    for age_days in (0, 42, 98, 183, 274, 365, 548, *range(731, today, 365)):
        if age_days >= today:
            break
        at = datetime.combine(person.born_on + timedelta(days=age_days), time(10, 15), UTC)
        _grown(subject, age_days, at, tall + chance.gauss(0, 0.15), heavy + chance.gauss(0, 0.2))


def _grown(subject: Subject, age_days: int, at: datetime, tall: float, heavy: float) -> None:
    sex, lying = subject.person.sex, age_days < LYING_UNTIL_DAY
    length = by_age(Indicator.HEIGHT, sex, age_days)
    shape = by_age(Indicator.BMI, sex, age_days)
    head = by_age(Indicator.HEAD, sex, age_days)
    if length is None or shape is None:
        return
    cm = value_at(length, tall)
    kg = value_at(shape, heavy) * (cm / 100) ** 2
    code, words = ("8306-3", "Body height --lying") if lying else ("8308-9", "Body height --standing")
    subject.pen.finding(code, words, quantity(f"{cm:.1f}", "cm"), at)
    subject.pen.finding("29463-7", "Body weight", quantity(f"{kg:.2f}", "kg"), at)
    if head and age_days <= 1100:
        around = quantity(f"{value_at(head, tall / 2):.1f}", "cm")
        subject.pen.finding("9843-4", "Head Occipital-frontal circumference", around, at)


def operations(subject: Subject) -> None:
    """Write what was done in earlier years."""
    for done in catalogue.operations():
        fits = done.fits(subject.keys, age=subject.person.age, sex=subject.person.sex)
        if fits and subject.chance.random() < done.share:
            oldest = min(done.years[1], subject.person.age - done.from_age)
            at = subject.ago(subject.chance.uniform(done.years[0], oldest))
            subject.pen.procedure(done.name, done.snomed, Moment(at, "day"))


def measure(subject: Subject, at: datetime, visit: UUID) -> None:
    """Write weight, height and pressure of a visit; children are measured in `growing`."""
    if subject.person.age < 16:
        return
    chance, years_ago = subject.chance, (subject.now - at) / YEAR
    weight = subject.weight_kg * (1 + 0.01 * chance.gauss(0, 1) - 0.004 * years_ago)
    subject.pen.finding("29463-7", "Body weight", quantity(f"{weight:.1f}", "kg"), at, visit=visit)
    subject.pen.finding("8302-2", "Body height", quantity(f"{subject.height_cm:.0f}", "cm"), at, visit=visit)
    systolic = chance.gauss(138 if "hypertension" in subject.keys else 124, 8)
    diastolic = systolic * chance.uniform(0.55, 0.63)
    parts = (
        ("8480-6", "Systolic blood pressure", quantity(f"{systolic:.0f}", "mm[Hg]")),
        ("8462-4", "Diastolic blood pressure", quantity(f"{diastolic:.0f}", "mm[Hg]")),
    )
    subject.pen.finding("85354-9", "Blood pressure", Value(), at, visit=visit, parts=parts)


def _onset(subject: Subject, from_age: int) -> Moment:
    years = min(subject.chance.uniform(0.6, 18), max(0.3, subject.person.age - from_age))
    at = subject.ago(years)
    if years > 5:
        return Moment(datetime(at.year, 1, 1, tzinfo=UTC), "year")
    return Moment(datetime(at.year, at.month, 1, tzinfo=UTC), "month")
