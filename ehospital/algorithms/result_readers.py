"""Who is shown an answer that nobody has read: always somebody who works here, whoever has left meanwhile.

The rule is the project's own judgement, within what is asked for elsewhere: that responsibility for a test result is
never with nobody, and passes on when whoever asked is away (NHS England, "Standards for the communication of patient
diagnostic test results", 2016; The Joint Commission, NPSG.02.03.01). It goes down four rungs and stops at the first on
which anybody stands: whoever gets the answer; the doctors who care for the patient now; the doctors of the unit that
asked; every doctor. Whoever gets it and may open the chart, but works elsewhere by now, keeps it, and not alone. Nobody
is shown their own record, nor a record whose patient refused them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

VERSION: Final = "result-readers-2"
SOURCE: Final = "NHS England 2016 and NPSG.02.03.01 ask that somebody answers for it; the rungs are the project's own"


class Rung(StrEnum):
    """On which rung the readers stand."""

    RECIPIENT = "whoever gets the answer"
    TEAM = "the doctors who care for the patient now"
    UNIT = "the doctors of the unit that asked"
    ANYBODY = "every doctor"
    NOBODY = "no doctor works here who may read it"


class Away(StrEnum):
    """Why whoever gets the answer does not count as its reader."""

    UNNAMED = "nobody is named"
    LEFT = "left the hospital, or has no role here and no way to sign in any more"
    NO_UNIT = "works in no unit any more"
    OUT_OF_REACH = "may not open the chart any more"
    MOVED = "works in another unit than the one for which they asked"


NOT_ALONE: Final = frozenset({Away.NO_UNIT, Away.MOVED})
"""Who is away so keeps the answer, and not alone: they work here and open the chart, and may not look for it again."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff at that moment.

    Attributes:
        reads: works here, can sign in, and holds a role that acknowledges results.
        doctor: and acknowledges those of others too.
        units: where they work.
        unplaced: they work in no unit, and did before.
    """

    reads: bool
    doctor: bool
    units: frozenset[UUID] = frozenset()
    unplaced: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The order that was answered: who gets the answer, who asked, and for which unit."""

    recipient: UUID | None
    asker: UUID | None
    unit: UUID | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is shown an answer, and why not its recipient alone (`away`)."""

    rung: Rung
    readers: frozenset[UUID]
    away: Away | None = None


def away(asked: Asked, people: Mapping[UUID, Person], *, opens: Collection[UUID]) -> Away | None:
    """Return why the recipient does not count as the reader; None when they do.

    Who took an order over for another unit has not moved; nor is away who took it over and never worked in any.

    Args:
        opens: who may open the chart now.
    """
    if asked.recipient is None:
        return Away.UNNAMED
    person = people.get(asked.recipient)
    if person is None or not person.reads:
        return Away.LEFT
    if asked.recipient not in opens:
        return Away.OUT_OF_REACH
    if asked.unit is not None and not person.units and (person.unplaced or asked.recipient == asked.asker):
        return Away.NO_UNIT
    if asked.unit is not None and asked.unit not in person.units and asked.recipient == asked.asker:
        return Away.MOVED
    return None


def readers(
    asked: Asked,
    people: Mapping[UUID, Person],
    *,
    opens: Collection[UUID],
    team: Collection[UUID],
    kept_from: Collection[UUID],
) -> Shown:
    """Return who is shown an unread answer: below the first rung, always somebody besides its recipient, if there is.

    Args:
        people: everybody who works or has worked here.
        opens: who may open the chart now, on whatever ground.
        team: those of them who care for the patient.
        kept_from: whoever the patient refused, and the patient, when they work here.
    """
    why = away(asked, people, opens=opens)
    if why is None and asked.recipient is not None:
        return Shown(Rung.RECIPIENT, frozenset({asked.recipient}))
    recipient = frozenset({asked.recipient}) if asked.recipient else frozenset[UUID]()
    keeps = recipient if why in NOT_ALONE else frozenset[UUID]()
    doctors = frozenset(key for key, one in people.items() if one.reads and one.doctor)
    rungs = {
        Rung.TEAM: doctors & frozenset(team),
        Rung.UNIT: frozenset(key for key in doctors if asked.unit in people[key].units) - frozenset(kept_from),
        Rung.ANYBODY: doctors - frozenset(kept_from),
    }
    for rung, found in rungs.items():
        if found - recipient:
            return Shown(rung, found | keeps, why)
    if keeps:
        return Shown(Rung.RECIPIENT, keeps, why)
    last = rungs[Rung.ANYBODY]
    return Shown(Rung.ANYBODY if last else Rung.NOBODY, last, why)
