"""The banner over every page of a chart: who this is, and what harms them."""

from dataclasses import dataclass
from enum import StrEnum

from ehospital.web.kit.news import NewsChip


class AllergyState(StrEnum):
    """Three different facts. Nothing recorded is not the same as none known."""

    LISTED = "listed"
    NONE_KNOWN = "none"
    NOT_RECORDED = "unknown"


@dataclass(frozen=True, slots=True)
class Allergy:
    """One allergy as the banner says it."""

    substance: str
    reaction: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class PatientBanner:
    """Identity and allergies of one patient.

    `name` as FAMILY, Given; `facts` are further (label, value) pairs such as sex, number, place, consultant; `opened`
    holds the words of a chart opened under break-the-glass. Without `photo_url` the initials stand in its place;
    `photo_edit_url` is empty for whoever may not change it.
    """

    patient_id: str
    name: str
    facts: tuple[tuple[str, str], ...]
    allergy_state: AllergyState
    allergies: tuple[Allergy, ...] = ()
    allergy_url: str = ""
    news: NewsChip | None = None
    opened: str = ""
    photo_url: str = ""
    photo_edit_url: str = ""
