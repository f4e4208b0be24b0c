"""Visits and stays."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ehospital.clinical.details.entries import NOTHING
from ehospital.kernel.codes import Code
from ehospital.kernel.identifiers import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterDetails:
    """A visit or a stay; `code` is its kind, `setting` AMB, EMER, IMP, SS, HH, FLD, VR or OTHER."""

    id: UUID = field(default_factory=uuid7)
    code: Code
    setting: str = "AMB"
    status: str = "finished"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Code = NOTHING
    outcome: str = ""
    place: str = ""
    organisation_id: UUID | None = None
    clinician_id: UUID | None = None
    clinician_text: str = ""
    other_codes: tuple[Code, ...] = ()
    recorded_at: datetime | None = None
