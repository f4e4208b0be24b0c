"""Lines of one chart written together, where they come from, and what stands for their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from ehospital.clinical.details.allergies import AllergyDetails, NoKnownAllergiesDetails
from ehospital.clinical.details.documents import DocumentDetails, ReportDetails
from ehospital.clinical.details.encounters import EncounterDetails
from ehospital.clinical.details.flags import FlagDetails
from ehospital.clinical.details.histories import FamilyHistoryDetails, PregnancyDetails
from ehospital.clinical.details.medicines import MedicineDetails
from ehospital.clinical.details.observations import ObservationDetails
from ehospital.clinical.details.plans import CarePlanDetails, GoalDetails
from ehospital.clinical.details.problems import ProblemDetails
from ehospital.clinical.details.procedures import ImmunisationDetails, ProcedureDetails
from ehospital.people.details import PatientDetails

Entry = (
    EncounterDetails
    | ProblemDetails
    | AllergyDetails
    | NoKnownAllergiesDetails
    | ObservationDetails
    | DocumentDetails
    | ReportDetails
    | ProcedureDetails
    | ImmunisationDetails
    | MedicineDetails
    | CarePlanDetails
    | GoalDetails
    | FlagDetails
    | FamilyHistoryDetails
    | PregnancyDetails
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Lines of one patient's chart to be written together; a link may point at a line of the same record."""

    encounters: tuple[EncounterDetails, ...] = ()
    problems: tuple[ProblemDetails, ...] = ()
    allergies: tuple[AllergyDetails, ...] = ()
    no_known_allergies: tuple[NoKnownAllergiesDetails, ...] = ()
    observations: tuple[ObservationDetails, ...] = ()
    documents: tuple[DocumentDetails, ...] = ()
    reports: tuple[ReportDetails, ...] = ()
    procedures: tuple[ProcedureDetails, ...] = ()
    immunisations: tuple[ImmunisationDetails, ...] = ()
    medicines: tuple[MedicineDetails, ...] = ()
    care_plans: tuple[CarePlanDetails, ...] = ()
    goals: tuple[GoalDetails, ...] = ()
    flags: tuple[FlagDetails, ...] = ()
    family_history: tuple[FamilyHistoryDetails, ...] = ()
    pregnancies: tuple[PregnancyDetails, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where imported lines come from: the sending system, and for each id the source's own type and id."""

    source: str
    origins: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)
    relatives: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    """Of each relative that came whole: the lines of `Record.family_history`. What came with it before is no more."""


def digest(details: Entry | PatientDetails) -> bytes:
    """Return 16 bytes that stand for everything that is kept of it: equal when and only when nothing changed."""
    return digest_of(details)


def digest_of(value: object) -> bytes:
    """Return 16 bytes (BLAKE2b) that stand for plain values and dataclasses."""
    return hashlib.blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=16).digest()
