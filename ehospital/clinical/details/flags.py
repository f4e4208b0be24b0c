"""Safety flags."""

from dataclasses import dataclass
from datetime import datetime

from ehospital.clinical.details.entries import EntryDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDetails(EntryDetails):
    """A safety flag: a word of `SafetyFlag.Kind`, and what exactly in `words`."""

    kind: str
    started_at: datetime
    words: str = ""
    ended_at: datetime | None = None
    entered_in_error: bool = False
