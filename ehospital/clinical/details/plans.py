"""Plans of care as they come from elsewhere; those made here are in `clinical.plan_details`."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ehospital.clinical.details.entries import EntryDetails
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True)
class ActivityDetails:
    """One thing that a care plan asks for; `code.display` is what people read."""

    code: Code
    status: str = "in-progress"
    description: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlanDetails(EntryDetails):
    """A plan of care; `code.display` is its title."""

    code: Code
    status: str = "active"
    intent: str = "plan"
    description: str = ""
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    other_codes: tuple[Code, ...] = ()
    activities: tuple[ActivityDetails, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDetails(EntryDetails):
    """What the patient and the team want to reach; `code.display` says it."""

    code: Code
    status: str = "active"
    achievement: str = ""
    care_plan_id: UUID | None = None
    started_on: date | None = None
    due_on: date | None = None
    note: str = ""
    other_codes: tuple[Code, ...] = ()
