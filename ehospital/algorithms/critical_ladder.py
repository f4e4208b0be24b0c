"""Who is told of a critical result, and when, until somebody acknowledges it.

The steps are the project's own judgement, within what is asked for elsewhere: that a laboratory reaches a responsible
clinician without delay and has a next one to go to (ISO 15189:2022, 7.4.1.3; The Joint Commission, NPSG.02.03.01), and
that a first page stays unanswered for five minutes before the next person is tried. A hospital adopts or changes them
with its clinicians; then `VERSION` changes with them.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

VERSION: Final = "critical-ladder-1"
SOURCE: Final = "ISO 15189:2022 7.4.1.3 and NPSG.02.03.01 ask for a ladder; its minutes are the project's own"


class Rung(StrEnum):
    """Who is told."""

    ORDERER = "the one who gets the result"
    UNIT = "the doctors of the unit that ordered it"
    WARD = "the doctors of the ward where the patient lies"
    EVERYBODY = "doctors and nurses of both"


EVERYBODY_AFTER: Final = timedelta(minutes=15)
"""So long after the last rung every doctor is told: those told before may be away."""
LADDER: Final[tuple[tuple[Rung, timedelta], ...]] = (
    (Rung.ORDERER, timedelta(0)),
    (Rung.UNIT, timedelta(minutes=5)),
    (Rung.WARD, timedelta(minutes=10)),
    (Rung.EVERYBODY, timedelta(minutes=15)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One step: after how long, and whom (there is somebody or nobody, never a step for nobody)."""

    rung: Rung
    after: timedelta


def steps(*, orderer: bool, unit: bool, ward: bool) -> tuple[Told, ...]:
    """Return the steps of those who are there; when nobody stands on the first rung, the next ones come earlier.

    Args:
        orderer: whoever gets the result works here and is on duty as far as is known.
        unit: a unit ordered it.
        ward: the patient lies on a ward.
    """
    there = {Rung.ORDERER: orderer, Rung.UNIT: unit, Rung.WARD: ward, Rung.EVERYBODY: unit or ward}
    found = [(rung, after) for rung, after in LADDER if there[rung]]
    first = found[0][1] if found else timedelta(0)
    return tuple(Told(rung, after - first) for rung, after in found)
