"""Plans of care as they come from elsewhere; those made here are in `clinical.plan_details`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ehospital.clinical.details.entries import NOTHING, EntryDetails
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True)
class ActivityDetails:
    """One thing that a care plan asks for; `code.display` is what people read, `timing` is that of `kernel.timing`."""

    code: Code
    status: str = "in-progress"
    description: str = ""
    place: str = ""
    who: str = ""
    role: str = ""
    staff_id: UUID | None = None
    timing: Mapping[str, object] | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlanDetails(EntryDetails):
    """A plan of care; `code.display` is its title, `problem_ids` what it is for."""

    code: Code
    status: str = "active"
    intent: str = "plan"
    description: str = ""
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    status_reason: str = ""
    problem_ids: tuple[UUID, ...] = ()
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
    measure: Code = NOTHING
    target_low: Decimal | None = None
    target_high: Decimal | None = None
    target_unit: str = ""
    counts_for_days: int = 90
    note: str = ""
    other_codes: tuple[Code, ...] = ()
