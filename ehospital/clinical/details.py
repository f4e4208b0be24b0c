"""What goes into a chart: plain frozen values, the same from a form, an import or a simulator.

Field names are those of the columns, except that a concept is one `Code` (its `display` is what people read, `code` and
`system` may be empty) and that a moment of doubtful precision is one `Moment`. Every status is a word of the model's
`Status`; every instant has a time zone. `id` makes a write repeatable: the same id is the same line of the chart.
`recorded_at` None means "at the time of the action".
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from ehospital.kernel.codes import LOINC, Code
from ehospital.kernel.identifiers import uuid7
from ehospital.people.details import PatientDetails

NOTHING = Code("", "", "")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant and how much of it is known: `time`, `day`, `month` or `year` (then it is the first of its kind)."""

    at: datetime
    precision: str = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDetails:
    """What every line of a chart has; without an id it is a new line."""

    id: UUID = field(default_factory=uuid7)
    encounter_id: UUID | None = None
    recorded_at: datetime | None = None
    recorded_by_id: UUID | None = None
    recorded_by_text: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an observation found: a number with its unit, or a code, or text, or the reason why there is nothing."""

    number: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    ucum: str = ""
    code: Code = NOTHING
    text: str = ""
    absent_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The range that the source calls normal, in the unit of the value."""

    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDetails:
    """One part of a panel: the systolic pressure of a blood pressure."""

    code: Code
    value: Value
    interpretation: str = ""
    reference: Reference = Reference()
    other_codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationDetails(EntryDetails):
    """One result or vital sign; a panel has parts and usually no value of its own."""

    code: Code
    effective: Moment
    category: str = "laboratory"
    status: str = "final"
    value: Value = Value()
    interpretation: str = ""
    reference: Reference = Reference()
    effective_until: datetime | None = None
    issued_at: datetime | None = None
    method: str = ""
    body_site: str = ""
    note: str = ""
    other_codes: tuple[Code, ...] = ()
    parts: tuple[PartDetails, ...] = ()


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
class OrderDetails:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDetails:
    """How an outpatient visit ends. The wish for the next one is a day or a number of days, or neither."""

    reason: str
    problem_ids: tuple[UUID, ...] = ()
    new_problem: ProblemDetails | None = None
    orders: tuple[OrderDetails, ...] = ()
    stops: tuple[StopDetails, ...] = ()
    follow_up_on: date | None = None
    follow_up_days: int | None = None
    follow_up_for: str = ""


@dataclass(frozen=True, slots=True)
class ActivityDetails:
    """One thing that a care plan asks for; `code.display` is what people read."""

    code: Code
    status: str = "in-progress"
    description: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlanDetails(EntryDetails):
    """A plan of care; `code.display` is its title."""

    code: Code
    status: str = "active"
    intent: str = "plan"
    description: str = ""
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    other_codes: tuple[Code, ...] = ()
    activities: tuple[ActivityDetails, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDetails(EntryDetails):
    """What the patient and the team want to reach; `code.display` says it."""

    code: Code
    status: str = "active"
    achievement: str = ""
    care_plan_id: UUID | None = None
    started_on: date | None = None
    due_on: date | None = None
    note: str = ""
    other_codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDetails(EntryDetails):
    """A safety flag: a word of `SafetyFlag.Kind`, and what exactly in `words`."""

    kind: str
    started_at: datetime
    words: str = ""
    ended_at: datetime | None = None
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyHistoryDetails(EntryDetails):
    """A condition of a relative; `relation` and `deceased` are words of `FamilyHistory`, ages are in years."""

    code: Code
    relation: str
    onset_age: int | None = None
    deceased: str = ""
    death_age: int | None = None
    died_of_it: bool = False
    note: str = ""
    other_codes: tuple[Code, ...] = ()
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyDetails(EntryDetails):
    """One pregnancy; `outcome` and `delivery` are words of `Pregnancy`, `weeks` those completed at its end."""

    outcome: str
    last_period_on: date | None = None
    ended: Moment | None = None
    weeks: int | None = None
    children: int = 1
    delivery: str = ""
    note: str = ""
    entered_in_error: bool = False


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


def quantity(number: Decimal | str | int, ucum: str, unit: str = "") -> Value:
    """Return a measured value in a UCUM unit: `quantity("4.1", "mmol/L")`."""
    return Value(number=Decimal(number), unit=unit or ucum, ucum=ucum)


def loinc(code: str, display: str) -> Code:
    """Return a LOINC code with its words."""
    return Code(LOINC, code, display)


def concept(code: Code) -> str:
    """Return what a trend is drawn over: "<system>|<code>", or "text|<words>" where there is no code."""
    name = f"{code.system}|{code.code}" if code.code else f"text|{' '.join(code.display.casefold().split())}"
    if len(name) <= 200:  # what the column holds
        return name
    return f"{name[:167]}#{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"


def digest(details: Entry | PatientDetails) -> bytes:
    """Return 16 bytes that stand for everything that is kept of it: equal when and only when nothing changed."""
    return digest_of(details)


def digest_of(value: object) -> bytes:
    """Return 16 bytes (BLAKE2b) that stand for plain values and dataclasses."""
    return hashlib.blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=16).digest()
