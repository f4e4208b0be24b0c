"""Problems and diagnoses."""

from dataclasses import dataclass

from ehospital.clinical.details.entries import EntryDetails, Moment
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetails(EntryDetails):
    """A problem or a diagnosis."""

    code: Code
    status: str = "active"
    verification: str = "confirmed"
    category: str = "problem-list-item"
    severity: str = ""
    body_site: str = ""
    onset: Moment | None = None
    onset_text: str = ""
    abated: Moment | None = None
    note: str = ""
    other_codes: tuple[Code, ...] = ()
