"""What is ordered, and what came out of it: plain frozen values, as in `clinical.details`."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ehospital.clinical.details import Moment
from ehospital.kernel.identifiers import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """One thing to be ordered; `item` is a key of the catalogue. The same id is the same order, however often sent."""

    item: str
    id: UUID = field(default_factory=uuid7)
    priority: str = "routine"
    reason: str = ""
    note: str = ""
    occurs_at: datetime | None = None
    performer_id: UUID | None = None
    performer_text: str = ""
    encounter_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A number for one measure of an order, in the unit of the catalogue."""

    measure: str
    number: Decimal
    comparator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDetails:
    """What came out of an order: numbers, or words and how much they weigh (critical, abnormal, unjudged, normal).

    `confirmed` names the measures whose improbable number was read again. `amend_reason` is needed when a final result
    stands already.
    """

    measured: tuple[Measured, ...] = ()
    conclusion: str = ""
    weight: str = "unjudged"
    preliminary: bool = False
    taken: Moment | None = None
    amend_reason: str = ""
    confirmed: frozenset[str] = frozenset()
