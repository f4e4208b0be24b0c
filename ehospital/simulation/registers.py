"""A register that was typed off paper at an outreach clinic and waits for an administrator to go on with it."""

import random
from datetime import datetime
from typing import Final

from ehospital.people import access
from ehospital.people.actions import registers
from ehospital.simulation import persons

ROWS: Final = 40
FILE: Final = "outreach-clinic-2019.csv"
_HEADINGS: Final = "No;Family name;First name;Sex;Date of birth;Telephone;Village"
_VILLAGES: Final = ("Harrowmere", "Lower Harrow", "Millbeck", "Sandford")
_WRONG: Final = ("41;Ashby;Clive;M;31/04/1962;;Millbeck", "42;;;F;1971;01632 960 771;Sandford")


def bring(*, seed: int, by: access.Actor, at: datetime) -> None:
    """Bring the register; the worker reads it as soon as there is one."""
    chance = random.Random(f"register {seed}")
    rows = [_row(number, chance, at) for number in range(1, ROWS + 1)]
    twice = rows[6].split(";")
    content = "\r\n".join([_HEADINGS, *rows, *_WRONG, ";".join(["43", *twice[1:]])])
    registers.bring_register(content.encode(), file_name=FILE, by=by, at=at)


def _row(number: int, chance: random.Random, at: datetime) -> str:
    sex = chance.choice(("female", "male"))
    given, family, _origin = persons.name(chance, sex)
    born = f"{chance.randrange(1, 29):02d}/{chance.randrange(1, 13):02d}/{at.year - chance.randrange(2, 85)}"
    phone = f"01632 960 {chance.randrange(100, 1000)}" if chance.random() < 0.6 else ""
    return ";".join([str(number), family, given, sex[0].upper(), born, phone, chance.choice(_VILLAGES)])
