"""What the clinical domain tells the others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ChartWasChanged:
    """A line was written or changed; `what` is the audit action, such as `allergy.recorded`."""

    patient_id: UUID
    entry_id: UUID
    what: str
    at: datetime


@dataclass(frozen=True)
class SafetyFlagsWereChanged:
    """A safety flag was raised or lowered: a board that shows the patient reads the flags again."""

    patient_id: UUID
    at: datetime
