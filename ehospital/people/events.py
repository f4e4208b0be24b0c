"""What people tell the other domains."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PatientWasRegistered:
    """A new patient is known."""

    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class PatientWasRevised:
    """A patient's demographics were corrected."""

    patient_id: UUID
    at: datetime
