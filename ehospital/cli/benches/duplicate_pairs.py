"""Pairs of records, invented from a seed: of one person, with mistakes, and of two who are hard to tell apart.

Nothing here knows the weights of `algorithms.matching`, and they were not chosen by looking at these pairs. How often
each mistake happens is this file's own guess, on the hard side: no pair of one person is without a mistake.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from faker import Faker

from ehospital.people.details import AddressDetails, IdentifierDetails, NameDetails, PatientDetails, TelecomDetails

LOCALES = ("en_GB", "fr_FR", "de_DE", "no_NO", "es_ES", "tr_TR", "pl_PL")
NATION = "urn:bench:national-number"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SPELLINGS = (
    ("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("th", "t"), ("t", "th"), ("ei", "ai"),
    ("s", "z"), ("z", "s"), ("v", "w"), ("w", "v"), ("nn", "n"), ("ll", "l"), ("ou", "u"),
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One invented person, before it becomes details."""

    given: str
    family: str
    born: date
    sex: str
    phone: str = ""
    street: str = ""
    town: str = ""
    code: str = ""
    number: str = ""
    precision: str = "day"

    def details(self) -> PatientDetails:
        """The person as registration is told."""
        return PatientDetails(
            names=(NameDetails(self.given, self.family),),
            sex=self.sex,
            birth_on=self.born,
            birth_precision=self.precision,
            telecoms=(TelecomDetails("phone", self.phone, "home"),) if self.phone else (),
            addresses=(AddressDetails(self.street, self.town, postal_code=self.code),) if self.street else (),
            identifiers=(IdentifierDetails(NATION, self.number, "NI"),) if self.number else (),
        )


@dataclass(frozen=True)
class Pair:
    """Two records, and whether they are of one person."""

    one: Drawn
    other: Drawn
    same: bool
    kind: str


@dataclass
class World:
    """A seeded source of people and of mistakes."""

    seed: int
    chance: random.Random = field(init=False)
    issued: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        faker = Faker(list(LOCALES))
        faker.seed_instance(self.seed)
        self.given = {
            "female": [faker.first_name_female() for _ in range(1500)],
            "male": [faker.first_name_male() for _ in range(1500)],
        }
        self.families = [faker.last_name() for _ in range(5000)]
        self.streets = [faker.street_name() for _ in range(1500)]

    def person(self) -> Drawn:
        """Somebody; names of ranks as steep as in a real town."""
        sex = self.chance.choice(("female", "male"))
        reached = self._phone() if self.chance.random() < 0.8 else ""
        made = Drawn(
            self._ranked(self.given[sex]), self._ranked(self.families),
            date(1930, 1, 1) + timedelta(days=self.chance.randrange(34_000)), sex, reached,
            number=self._number() if self.chance.random() < 0.6 else "",
        )  # fmt: skip
        return self._moved(made) if self.chance.random() < 0.85 else made

    def _ranked(self, names: Sequence[str]) -> str:
        return names[int(len(names) * self.chance.random() ** 2)]

    def _phone(self) -> str:
        return f"0{self.chance.randrange(10**8, 10**9)}"

    def _number(self) -> str:
        self.issued += self.chance.randrange(1, 5000)
        return f"{10_000_000_000 + self.issued * 97}"

    def _moved(self, who: Drawn) -> Drawn:
        street = f"{self.chance.choice(self.streets)} {self.chance.randrange(1, 200)}"
        return replace(who, street=street, town="Harrowmere", code=f"HM{self.chance.randrange(10, 99)}")

    def same(self) -> Pair:
        """Two records of one person: one to three mistakes, and whatever changes in a life."""
        one = self.person()
        kinds = self.chance.sample(sorted(MISTAKES), self.chance.choices((1, 2, 3), (60, 30, 10))[0])
        other = one
        for kind in kinds:
            other = MISTAKES[kind](other, self)
        if self.chance.random() < 0.35:
            other = replace(other, phone=self._phone() if self.chance.random() < 0.6 else "")
        if self.chance.random() < 0.3:
            other = self._moved(other)
        if self.chance.random() < 0.4:
            other = replace(other, number="")
        if self.chance.random() < 0.03:
            other = replace(other, sex="unknown")
        return Pair(one, other, same=True, kind="+".join(sorted(kinds)))

    def two(self) -> Pair:
        """Two people who share much."""
        kind = self.chance.choices(("relatives", "namesake in the family", "twins", "namesakes", "born together"),
                                   (35, 5, 20, 30, 10))[0]  # fmt: skip
        one, someone = self.person(), self.person()
        housed = replace(someone, phone=one.phone, street=one.street, town=one.town, code=one.code)
        if kind == "relatives":
            other = replace(housed, family=one.family)
        elif kind == "namesake in the family":
            years = self.chance.randrange(18, 40)
            born = date(max(1900, one.born.year - years), one.born.month, min(one.born.day, 28))
            other = replace(housed, given=one.given, family=one.family, sex=one.sex, born=born)
        elif kind == "twins":
            other = replace(housed, family=one.family, born=one.born)
            if other.given == one.given:
                other = replace(other, given=f"{other.given}-Second")
        elif kind == "namesakes":
            other = replace(someone, given=one.given, family=one.family, sex=one.sex)
        else:
            other = replace(someone, family=one.family, born=one.born)
        return Pair(one, other, same=False, kind=kind)

    def typo(self, word: str) -> str:
        """One slip of the finger: a letter changed, doubled, dropped or swapped with its neighbour."""
        if len(word) < 3:
            return word + self.chance.choice(_LETTERS)
        at = self.chance.randrange(1, len(word) - 1)
        slip = self.chance.randrange(4)
        if slip == 0:
            return word[:at] + self.chance.choice(_LETTERS) + word[at + 1 :]
        if slip == 1:
            return word[:at] + word[at] + word[at:]
        if slip == 2:
            return word[:at] + word[at + 1 :]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def respelt(self, word: str) -> str:
        """Another spelling of about the same sound; a typo where the word has none."""
        fits = [(old, new) for old, new in _SPELLINGS if old in word.lower()[1:]]
        if not fits:
            return self.typo(word)
        old, new = self.chance.choice(fits)
        return word[0] + word[1:].replace(old, new, 1)


def _transposed(who: Drawn, world: World) -> Drawn:
    if who.born.day > 12 or who.born.day == who.born.month:
        return _slipped(who, world)
    return replace(who, born=date(who.born.year, who.born.day, who.born.month))


def _slipped(who: Drawn, world: World) -> Drawn:
    """One figure of the birth date is wrong, and it is still a date of the last century."""
    for _ in range(50):
        text = list(f"{who.born:%Y%m%d}")
        at = world.chance.randrange(2, 8)
        text[at] = str(world.chance.randrange(10))
        try:
            born = date(int("".join(text[:4])), int("".join(text[4:6])), int("".join(text[6:])))
        except ValueError:
            continue
        if born != who.born and born.year <= 2023:
            return replace(who, born=born)
    return who


def _another_given(who: Drawn, world: World) -> Drawn:
    return replace(
        who, given=f"{who.given} {world.chance.choice(world.given[who.sex if who.sex in world.given else 'male'])}"
    )


def _married(who: Drawn, world: World) -> Drawn:
    """Takes a name on: half of them keep the old one before a hyphen."""
    new = world.chance.choice(world.families)
    return replace(who, family=f"{who.family}-{new}" if world.chance.random() < 0.7 else new)


MISTAKES: dict[str, Callable[[Drawn, World], Drawn]] = {
    "typo in family name": lambda who, world: replace(who, family=world.typo(who.family)),
    "typo in given name": lambda who, world: replace(who, given=world.typo(who.given)),
    "family name by ear": lambda who, world: replace(who, family=world.respelt(who.family)),
    "given name by ear": lambda who, world: replace(who, given=world.respelt(who.given)),
    "names swapped": lambda who, world: replace(who, family=who.given, given=who.family),
    "day and month swapped": _transposed,
    "slip in the birth date": _slipped,
    "second given name": _another_given,
    "name of marriage": _married,
}


def pairs(seed: int, count: int) -> list[Pair]:
    """Return so many pairs, half of them of one person."""
    world = World(seed)
    return [pair for _ in range(count // 2) for pair in (world.same(), world.two())]
