"""What the estate tells the other domains."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PatientWasPlaced:
    """A patient lies in a bed from now on."""

    patient_id: UUID
    bed_id: UUID
    ward_id: UUID
    at: datetime


@dataclass(frozen=True)
class PatientLeftBed:
    """A patient has left a bed."""

    patient_id: UUID
    bed_id: UUID
    ward_id: UUID
    at: datetime
