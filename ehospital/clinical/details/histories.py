"""What ran in the family, and pregnancies."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from ehospital.clinical.details.entries import EntryDetails, Moment
from ehospital.kernel.codes import Code


def condition_id(relative: UUID, place: int) -> UUID:
    """Return the id of a condition that came with others of one relative; the first has that of the relative."""
    return uuid5(relative, f"condition {place}") if place else relative


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyHistoryDetails(EntryDetails):
    """A condition of a relative; `relation` and `deceased` are words of `FamilyHistory`, ages are in years."""

    code: Code
    relation: str
    onset_age: int | None = None
    deceased: str = ""
    death_age: int | None = None
    died_of_it: bool = False
    note: str = ""
    other_codes: tuple[Code, ...] = ()
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyDetails(EntryDetails):
    """One pregnancy; `outcome` and `delivery` are words of `Pregnancy`, `weeks` those completed at its end."""

    outcome: str
    last_period_on: date | None = None
    ended: Moment | None = None
    weeks: int | None = None
    children: int = 1
    delivery: str = ""
    note: str = ""
    entered_in_error: bool = False
