"""Letters, notes, and reports that group results."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ehospital.clinical.details.entries import EntryDetails, Moment
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDetails(EntryDetails):
    """A letter or note; `code` is its kind. `foundation.files.store` has its content, in the same transaction."""

    code: Code
    written_at: datetime
    status: str = "current"
    category: str = ""
    title: str = ""
    file_key: str = ""
    file_name: str = ""
    content_type: str = ""
    size_bytes: int = 0
    location: str = ""
    other_codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDetails(EntryDetails):
    """A report that groups observations of the same patient by their ids."""

    code: Code
    effective: Moment
    status: str = "final"
    category: str = ""
    effective_until: datetime | None = None
    issued_at: datetime | None = None
    conclusion: str = ""
    result_ids: tuple[UUID, ...] = ()
    document_id: UUID | None = None
    other_codes: tuple[Code, ...] = ()
