"""What was done, and what was given against infections."""

from dataclasses import dataclass
from datetime import datetime

from ehospital.clinical.details.entries import EntryDetails, Moment
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureDetails(EntryDetails):
    """What was done."""

    code: Code
    status: str = "completed"
    performed: Moment | None = None
    ended_at: datetime | None = None
    reason: str = ""
    body_site: str = ""
    outcome: str = ""
    note: str = ""
    other_codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunisationDetails(EntryDetails):
    """One vaccination; `code` is the vaccine."""

    code: Code
    status: str = "completed"
    status_reason: str = ""
    given: Moment | None = None
    given_text: str = ""
    given_by: str = ""
    first_hand: bool = True
    lot: str = ""
    dose_text: str = ""
    site: str = ""
    route: str = ""
    note: str = ""
    other_codes: tuple[Code, ...] = ()
