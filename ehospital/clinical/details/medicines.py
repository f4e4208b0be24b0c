"""Medicines that somebody takes, and those that are prescribed and stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ehospital.clinical.details.entries import NOTHING, EntryDetails, Moment
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineDetails(EntryDetails):
    """A medicine that the patient takes, took, or was prescribed elsewhere; `dosage` holds FHIR Dosage elements."""

    code: Code
    kind: str = "request"
    status: str = "active"
    intent: str = ""
    dosage_text: str = ""
    dosage: tuple[Mapping[str, object], ...] = ()
    as_needed: bool | None = None
    reason: str = ""
    started: Moment | None = None
    ended_at: datetime | None = None
    stop_reason: str = ""
    note: str = ""
    other_codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionDetails:
    """One prescription: a medicine in words (and by its codes), or one that goes on under a new one (`replaces_id`).

    `dose` is how much at a time, `days` for how long (None: until it is reviewed), `supply` how much is handed out;
    `despite` why it is ordered although a recorded allergy speaks against it.
    """

    code: Code = NOTHING
    other_codes: tuple[Code, ...] = ()
    replaces_id: UUID | None = None
    dose: str
    route: str = ""
    frequency: str = ""
    days: int | None = None
    supply: str = ""
    reason: str = ""
    despite: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDetails:
    """A medicine that the patient shall not take any more, and why."""

    medicine_id: UUID
    reason: str
