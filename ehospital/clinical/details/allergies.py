"""Allergies, their reactions, and that none are known."""

from dataclasses import dataclass
from datetime import datetime

from ehospital.clinical.details.entries import EntryDetails, Moment
from ehospital.kernel.codes import Code


@dataclass(frozen=True, slots=True)
class ReactionDetails:
    """What happened at an exposure; at least one manifestation, in words."""

    manifestations: tuple[str, ...]
    severity: str = ""
    substance: str = ""
    description: str = ""
    route: str = ""
    onset: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyDetails(EntryDetails):
    """An allergy or intolerance; `code` is the substance."""

    code: Code
    status: str = "active"
    verification: str = "confirmed"
    kind: str = ""
    categories: tuple[str, ...] = ()
    criticality: str = ""
    onset: Moment | None = None
    last_reaction: Moment | None = None
    note: str = ""
    other_codes: tuple[Code, ...] = ()
    reactions: tuple[ReactionDetails, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoKnownAllergiesDetails(EntryDetails):
    """Somebody asked and nothing is known: `all`, `medication`, `food`, `environment` or `latex`."""

    scope: str = "all"
    ended_at: datetime | None = None
    entered_in_error: bool = False
