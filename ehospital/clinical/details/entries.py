"""What every line of a chart has, and how an instant and a missing concept are said."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ehospital.kernel.codes import Code
from ehospital.kernel.identifiers import uuid7

NOTHING = Code("", "", "")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant and how much of it is known: `time`, `day`, `month` or `year` (then it is the first of its kind)."""

    at: datetime
    precision: str = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDetails:
    """What every line of a chart has; without an id it is a new line."""

    id: UUID = field(default_factory=uuid7)
    encounter_id: UUID | None = None
    recorded_at: datetime | None = None
    recorded_by_id: UUID | None = None
    recorded_by_text: str = ""
