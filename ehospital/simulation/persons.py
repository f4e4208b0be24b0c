"""Who comes to the demo hospital: names of many languages, addresses of one town, numbers that are nobody's.

The town of Harrowmere is invented and so is its postcode area HM. NHS numbers come from the range 999, which is never
issued, with a valid check digit; telephone numbers from the ranges that Ofcom keeps for drama (01632 960000 to 960999,
07700 900000 to 900999); e-mail from domains that are reserved for examples (RFC 2606).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from faker import Faker

from ehospital.kernel.folding import fold
from ehospital.kernel.identifiers import nhs_digit
from ehospital.people import naming
from ehospital.people.details import (
    AddressDetails,
    ContactDetails,
    IdentifierDetails,
    NameDetails,
    PatientDetails,
    TelecomDetails,
)

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
TOWN = "Harrowmere"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Names of one language and, for those who rather speak it, its BCP 47 tag."""

    share: float
    locale: str
    language: str


_ORIGINS = (
    _Origin(0.60, "en_GB", "en"),
    _Origin(0.04, "en_IE", "en"),
    _Origin(0.09, "en_IN", "hi"),
    _Origin(0.06, "pl_PL", "pl"),
    _Origin(0.04, "ar", "ar"),
    _Origin(0.03, "ro_RO", "ro"),
    _Origin(0.03, "tr_TR", "tr"),
    _Origin(0.03, "yo_NG", "yo"),
    _Origin(0.02, "ig_NG", "ig"),
    _Origin(0.02, "tw_GH", "en"),
    _Origin(0.02, "pt_PT", "pt"),
    _Origin(0.01, "es_ES", "es"),
    _Origin(0.01, "fr_FR", "fr"),
)
# Faker's Arabic names are in Arabic letters; a British hospital writes them so.
_ARABIC = {
    "female": ("Amina", "Layla", "Maryam", "Fatima", "Noor", "Salma", "Huda", "Zainab", "Samira", "Yasmin", "Rania"),
    "male": ("Yusuf", "Omar", "Ali", "Hassan", "Karim", "Ibrahim", "Tariq", "Samir", "Khalid", "Bilal", "Mustafa"),
    "family": ("Haddad", "Rahman", "El-Masri", "Nasser", "Khoury", "Said", "Mansour", "Aziz", "Farouk", "Al-Amin"),
}
_DISTRICTS = ("Eastmere", "Priory Park", "Harrow Cross", "Mill Lane", "St Bride's", "Northgate", "Weirside")
_RELATIONSHIPS = ("daughter", "son", "sister", "brother", "friend", "neighbour")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: what registration is told, and what the rest of a history is built upon."""

    details: PatientDetails
    sex: str
    born_on: date
    age: int


@lru_cache(maxsize=32)
def _faker(locale: str) -> Faker:
    return Faker(locale)


def name(chance: random.Random, sex: str, *, origin: _Origin | None = None) -> tuple[str, str, _Origin]:
    """Return a given name, a family name and where they come from."""
    chosen = origin or chance.choices(_ORIGINS, [one.share for one in _ORIGINS])[0]
    if chosen.locale == "ar":
        return chance.choice(_ARABIC[sex]), chance.choice(_ARABIC["family"]), chosen
    fake = _faker(chosen.locale)
    fake.seed_instance(chance.getrandbits(32))
    given = fake.first_name_female() if sex == "female" else fake.first_name_male()
    family = fake.last_name_female() if sex == "female" else fake.last_name_male()
    return given, family, chosen


def nhs_number(chance: random.Random) -> str:
    """Return ten digits that begin with 999 and end with the right check digit."""
    while True:
        nine = f"999{chance.randrange(10**6):06d}"
        if (check := nhs_digit(nine)) is not None:
            return nine + check


def person(chance: random.Random, *, sex: str, age: int, today: date, number: str) -> Person:
    """Return one invented person.

    Args:
        age: whole years on `today`.
        number: the NHS number, unique among the people of one hospital.
    """
    born_on = _birthday(chance, age, today)
    given, family, origin = name(chance, sex)
    language, interpreter = _language(chance, origin, age)
    married = age >= 24 and chance.random() < 0.55
    names = [NameDetails(given=given, family=family, prefix=_title(chance, sex, age, married=married))]
    if sex == "female" and married and chance.random() < 0.5:
        names.append(NameDetails(given=given, family=name(chance, sex, origin=origin)[1], use="maiden"))
    address = _address(chance)
    details = PatientDetails(
        names=tuple(names),
        sex=sex,
        birth_on=born_on,
        birth_precision="day",
        identifiers=(IdentifierDetails(NHS_NUMBER, number, "NI"),),
        telecoms=tuple(_telecoms(chance, given, family, age)),
        addresses=(address,),
        contacts=tuple(_contacts(chance, sex, family, origin, age=age, married=married)),
        language=language,
        interpreter_needed=interpreter,
        communication_needs=_needs(chance, age),
        marital_status="married" if married else ("widowed" if age > 70 and chance.random() < 0.4 else "single"),
    )
    return Person(details, sex, born_on, age)


def unique_numbers(chance: random.Random, count: int) -> Sequence[str]:
    """Return that many different NHS numbers."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[nhs_number(chance)] = None
    return list(found)


def username(given: str, family: str, taken: set[str]) -> str:
    """Return a free user name made of a person's name, and add it to those taken."""
    plain = ".".join(fold(part).replace(" ", "") for part in (given, family) if part)
    found, n = plain, 1
    while found in taken:
        n += 1
        found = f"{plain}{n}"
    taken.add(found)
    return found


def shown(who: Person) -> str:
    """Return the name as a chart shows it."""
    return naming.shown(who.details.names)


def _birthday(chance: random.Random, age: int, today: date) -> date:
    newest = date(today.year - age, today.month, min(today.day, 28))
    return newest - timedelta(days=chance.randrange(0, 364))


def _title(chance: random.Random, sex: str, age: int, *, married: bool) -> str:
    if age < 16:
        return ""
    if chance.random() < 0.02:
        return "Dr"
    if sex == "male":
        return "Mr"
    return "Mrs" if married else chance.choice(("Ms", "Miss"))


def _language(chance: random.Random, origin: _Origin, age: int) -> tuple[str, bool]:
    """Most who have lived here for long speak English with us; the older ones less often."""
    if origin.language == "en" or chance.random() > (0.55 if age > 55 else 0.3):
        return "en", False
    return origin.language, chance.random() < 0.7


def _address(chance: random.Random) -> AddressDetails:
    fake = _faker("en_GB")
    fake.seed_instance(chance.getrandbits(32))
    district = chance.randrange(len(_DISTRICTS))
    letters = "".join(chance.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
    return AddressDetails(
        lines=f"{chance.randrange(1, 180)} {fake.street_name()}",
        city=TOWN,
        district=_DISTRICTS[district],
        postal_code=f"HM{district + 1} {chance.randrange(1, 10)}{letters}",
        country="GB",
        use="home",
    )


def _telecoms(chance: random.Random, given: str, family: str, age: int) -> list[TelecomDetails]:
    found = []
    if age >= 12 and chance.random() < 0.93:
        found.append(TelecomDetails("phone", f"07700 900{chance.randrange(1000):03d}", "mobile"))
    if not found or (age > 55 and chance.random() < 0.6):
        found.append(TelecomDetails("phone", f"01632 960{chance.randrange(1000):03d}", "home"))
    if 16 <= age < 85 and chance.random() < 0.75:
        local = ".".join(fold(part).replace(" ", "") for part in (given, family))
        found.append(TelecomDetails("email", f"{local}{chance.randrange(10, 99)}@example.org", "home"))
    return found


def _contacts(
    chance: random.Random, sex: str, family: str, origin: _Origin, *, age: int, married: bool
) -> list[ContactDetails]:
    def one(relationship: str, of_sex: str, *, same_family: bool, next_of_kin: bool) -> ContactDetails:
        given, other, _ = name(chance, of_sex, origin=origin)
        phone = f"07700 900{chance.randrange(1000):03d}"
        return ContactDetails(f"{given} {family if same_family else other}", relationship, phone, next_of_kin)

    other_sex = "male" if sex == "female" else "female"
    if age < 18:
        return [
            one("mother", "female", same_family=True, next_of_kin=True),
            one("father", "male", same_family=True, next_of_kin=False),
        ]
    found = []
    if married:
        found.append(one("wife" if other_sex == "female" else "husband", other_sex, same_family=True, next_of_kin=True))
    if not married or chance.random() < 0.4:
        grown = _RELATIONSHIPS if age > 45 else _RELATIONSHIPS[2:]
        relationship = chance.choice(grown)
        of_sex = {"daughter": "female", "sister": "female", "son": "male", "brother": "male"}.get(relationship, sex)
        kin = relationship not in {"friend", "neighbour"}
        found.append(one(relationship, of_sex, same_family=kin, next_of_kin=not found))
    return found


def _needs(chance: random.Random, age: int) -> str:
    if age > 75 and chance.random() < 0.25:
        return chance.choice(("Hearing aid, left ear.", "Hard of hearing: face the patient.", "Large print letters."))
    if chance.random() < 0.02:
        return chance.choice(("British Sign Language.", "Easy-read letters.", "Registered blind."))
    return ""
