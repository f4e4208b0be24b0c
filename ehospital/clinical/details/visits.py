"""How an outpatient visit ends."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ehospital.clinical.details.medicines import PrescriptionDetails, StopDetails
from ehospital.clinical.details.problems import ProblemDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDetails:
    """How an outpatient visit ends. The wish for the next one is a day or a number of days, or neither."""

    reason: str
    problem_ids: tuple[UUID, ...] = ()
    new_problem: ProblemDetails | None = None
    orders: tuple[PrescriptionDetails, ...] = ()
    stops: tuple[StopDetails, ...] = ()
    follow_up_on: date | None = None
    follow_up_days: int | None = None
    follow_up_for: str = ""
