"""Who works in the demo hospital and where: sites, wards, rooms, and one person per role for a visitor to be."""

import random
from dataclasses import dataclass

from ehospital.simulation import persons
from ehospital.simulation.plots import WARD

HOSPITAL = "Harrowmere General Hospital"
SITES = ("Harrowmere General Hospital", "Weirside Day Centre")
CLINIC = "clinic"
SYSTEM = "Weirside Laboratory System"
MONITORED = "medicine"


@dataclass(frozen=True, slots=True)
class Room:
    """A bay or side room and the codes of its beds."""

    name: str
    beds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward; `filled` is the share of its beds in which somebody lies."""

    key: str
    name: str
    specialty: str
    rooms: tuple[Room, ...]
    filled: float = 0.85

    @property
    def beds(self) -> tuple[str, ...]:
        """The codes of all beds, in order."""
        return tuple(code for room in self.rooms for code in room.beds)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One who works here.

    Attributes:
        role: as `people.access` knows it.
        sign_in: the key in demo.json under which a visitor may be this person; empty for the others.
        places: keys of wards, and "clinic".
    """

    given: str
    family: str
    prefix: str
    title: str
    role: str
    username: str
    sign_in: str = ""
    places: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The name as it stands below a letter."""
        return " ".join(part for part in (self.prefix, self.given, self.family) if part)


# Role, title, places, how many; the first of each role is the one a visitor may be.
_ROSTER: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("doctor", "Consultant, acute medicine", (MONITORED, CLINIC), 1),
    ("doctor", "Resident doctor, acute medicine", (MONITORED,), 2),
    ("doctor", "Consultant, general surgery", ("surgery", CLINIC), 2),
    ("doctor", "Consultant, cardiology", ("cardiology", CLINIC), 2),
    ("doctor", "Consultant, care of the elderly", ("elderly", CLINIC), 2),
    ("nurse", "Ward sister", (MONITORED,), 1),
    ("nurse", "Staff nurse", (MONITORED,), 5),
    ("nurse", "Staff nurse", ("surgery",), 3),
    ("nurse", "Staff nurse", ("cardiology",), 3),
    ("nurse", "Staff nurse", ("elderly",), 3),
    ("pharmacist", "Ward pharmacist", (MONITORED, "cardiology"), 1),
    ("pharmacist", "Pharmacist", ("surgery", "elderly"), 1),
    ("receptionist", "Receptionist", (CLINIC,), 2),
    ("cashier", "Patient accounts", (), 1),
    ("lab_technician", "Biomedical scientist", (), 2),
    ("radiographer", "Radiographer", (), 2),
    ("administrator", "Systems administrator", (), 1),
    ("privacy_officer", "Privacy officer", (), 1),
)
ROLES = tuple(dict.fromkeys(role for role, *_ in _ROSTER))


def wards(beds: int = 24) -> tuple[Ward, ...]:
    """Return the wards, the monitored one first, with that many monitored beds in bays of six, and two side rooms.

    The side rooms have spot-check monitors that nobody simulates: whoever holds a device's password may play there.
    """
    size = len(WARD[0])
    bays = [range(start, min(start + size, beds)) for start in range(0, beds, size)]
    monitored = [
        Room(f"Bay {_letter(n)}", tuple(f"{_letter(n)}{code - bay.start + 1}" for code in bay))
        for n, bay in enumerate(bays)
    ]
    side = [Room(f"Side room {n}", (f"S{n}",)) for n in (1, 2)]
    return (
        Ward(MONITORED, "Ward 4", "Acute medicine", (*monitored, *side), 1.0),
        Ward("surgery", "Ward 6", "General surgery and orthopaedics", _bays(3, 6), 0.85),
        Ward("cardiology", "Ward 7", "Cardiology", _bays(2, 6), 0.8),
        Ward("elderly", "Ward 9", "Care of the elderly", _bays(3, 6), 0.9),
    )


def roster(seed: int) -> list[Colleague]:
    """Return everybody who works here; exactly one of each role has a `sign_in`."""
    chance = random.Random(f"{seed}/staff")
    found: list[Colleague] = []
    usernames: set[str] = set()
    signed: set[str] = set()
    for role, title, places, count in _ROSTER:
        for _ in range(count):
            sex = chance.choice(("female", "male"))
            given, family, _ = persons.name(chance, sex)
            username = persons.username(given, family, usernames)
            sign_in = "" if role in signed else role
            signed.add(role)
            prefix = "Dr" if role == "doctor" else ""
            found.append(Colleague(given, family, prefix, title, role, username, sign_in, places))
    return found


def _bays(count: int, size: int) -> tuple[Room, ...]:
    return tuple(Room(f"Bay {_letter(n)}", tuple(f"{_letter(n)}{m + 1}" for m in range(size))) for n in range(count))


def _letter(n: int) -> str:
    """Return A to Z, then AA, AB, …"""
    return (_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)
