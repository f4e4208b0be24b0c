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


@dataclass(frozen=True)
class PatientDied:
    """A patient has died, or died at another time than was told before: reminders, appointments and rounds stop."""

    patient_id: UUID
    died_at: datetime
    at: datetime


@dataclass(frozen=True)
class DeathWasTakenBack:
    """The certificate of a death was entered in error: the patient lives."""

    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class PatientsWereMerged:
    """Two records are one from now on: what spoke of the absorbed one speaks of the survivor."""

    survivor_id: UUID
    absorbed_id: UUID
    at: datetime


@dataclass(frozen=True)
class GlassWasBroken:
    """A clinician opened a chart outside of care."""

    glass_id: UUID
    patient_id: UUID
    staff_id: UUID
    at: datetime


@dataclass(frozen=True)
class PatientsWereUnmerged:
    """A merge was undone: they are two records again."""

    survivor_id: UUID
    absorbed_id: UUID
    at: datetime


@dataclass(frozen=True)
class LookWasQuestioned:
    """A patient asks why somebody looked."""

    question_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class LookWasAnswered:
    """A privacy officer answered a patient who had asked why somebody looked."""

    question_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class GlassWasReviewed:
    """A privacy officer judged the opening of a chart outside of care."""

    glass_id: UUID
    patient_id: UUID
    verdict: str
    at: datetime
