"""What a row of each table says, as a value."""

from collections.abc import Collection
from dataclasses import dataclass

from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True)
class Condition:
    """A long-term condition and what comes with it.

    Attributes:
        from_age: younger people do not have it.
        share_young, share_old: of those just above that age, and of those aged 85.
        brings: other conditions with their probability.
        medicines: groups; one medicine of each group is taken.
        sometimes: medicines that some take beside.
        tests: keys of panels that are checked at each review.
    """

    key: str
    name: str
    snomed: str
    icd10: str
    sex: str
    from_age: int
    share_young: float
    share_old: float
    brings: tuple[tuple[str, float], ...]
    excludes: tuple[str, ...]
    medicines: tuple[tuple[str, ...], ...]
    sometimes: tuple[str, ...]
    tests: tuple[str, ...]
    note: str

    def share(self, age: int, sex: str) -> float:
        """Return how many of that age and sex have it."""
        if age < self.from_age or self.sex not in ("", sex):
            return 0.0
        way = min(1.0, (age - self.from_age) / max(1, 85 - self.from_age))
        return self.share_young + way * (self.share_old - self.share_young)


@dataclass(frozen=True, slots=True)
class Medicine:
    """One product as it is prescribed; `dosages` begin with the usual one; nobody with one of `avoid` is given it."""

    key: str
    name: str
    atc: str
    rxnorm: str
    route: str
    avoid: frozenset[str]
    dosages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabTest:
    """One test: unit in UCUM, range by sex, and how healthy people scatter around their mean."""

    key: str
    name: str
    loinc: str
    unit: str
    decimals: int
    low: float | None
    high: float | None
    low_female: float | None
    high_female: float | None
    mean: float
    spread: float

    def reference(self, sex: str) -> tuple[float | None, float | None]:
        """Return what is called normal, (low, high); either may be open."""
        if sex != "female":
            return self.low, self.high
        low = self.low if self.low_female is None else self.low_female
        return low, self.high if self.high_female is None else self.high_female


@dataclass(frozen=True, slots=True)
class Admission:
    """A reason to lie in hospital.

    Attributes:
        stories: of `plots` that fit it.
        wards: keys of `staff.WARDS`.
        needs: a condition that the patient has.
        never: conditions and allergies that the patient has not.
        medicines: groups, given on the ward.
        acute: test → (on arrival, now); with a sign it is added to the patient's own value.
    """

    key: str
    stories: tuple[str, ...]
    wards: tuple[str, ...]
    weight: float
    reason: str
    snomed: str
    icd10: str
    from_age: int
    to_age: int
    sex: str
    needs: str
    never: frozenset[str]
    medicines: tuple[tuple[str, ...], ...]
    acute: tuple[tuple[str, str, str], ...]
    flags: tuple[str, ...]
    procedure: str
    procedure_snomed: str
    days: int
    seen: str


@dataclass(frozen=True, slots=True)
class AllergyKind:
    """Something that people do not tolerate, and how often."""

    key: str
    substance: Code
    categories: tuple[str, ...]
    share: float
    criticality: str
    manifestations: tuple[str, ...]
    severity: str
    kind: str


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine and at which ages it is given."""

    key: str
    code: Code
    first_age: int
    every_years: int
    last_age: int
    share: float
    dose: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of care for those who have one of these conditions."""

    conditions: frozenset[str]
    title: str
    snomed: str
    activities: tuple[str, ...]
    goal: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Something done in earlier years: to whom, how often, and how many years ago."""

    name: str
    snomed: str
    conditions: frozenset[str]
    sex: str
    from_age: int
    share: float
    years: tuple[float, float]

    def fits(self, keys: Collection[str], *, age: int, sex: str) -> bool:
        """Tell whether somebody of that age and sex with these conditions may have had it."""
        needed = not self.conditions or bool(self.conditions & set(keys))
        return needed and self.sex in ("", sex) and age - self.years[0] >= self.from_age
