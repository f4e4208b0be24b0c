"""What goes into a chart: plain frozen values, the same from a form, an import or a simulator.

Field names are those of the columns, except that a concept is one `Code` (its `display` is what people read, `code` and
`system` may be empty) and that a moment of doubtful precision is one `Moment`. Every status is a word of the model's
`Status`; every instant has a time zone. `id` makes a write repeatable: the same id is the same line of the chart.
`recorded_at` None means "at the time of the action".
"""

from ehospital.clinical.details.allergies import AllergyDetails, NoKnownAllergiesDetails, ReactionDetails
from ehospital.clinical.details.documents import DocumentDetails, ReportDetails
from ehospital.clinical.details.encounters import EncounterDetails
from ehospital.clinical.details.entries import NOTHING, EntryDetails, Moment
from ehospital.clinical.details.flags import FlagDetails
from ehospital.clinical.details.histories import FamilyHistoryDetails, PregnancyDetails
from ehospital.clinical.details.medicines import MedicineDetails, PrescriptionDetails, StopDetails
from ehospital.clinical.details.observations import (
    ObservationDetails,
    PartDetails,
    Reference,
    Value,
    concept,
    loinc,
    quantity,
)
from ehospital.clinical.details.plans import ActivityDetails, CarePlanDetails, GoalDetails
from ehospital.clinical.details.problems import ProblemDetails
from ehospital.clinical.details.procedures import ImmunisationDetails, ProcedureDetails
from ehospital.clinical.details.records import Entry, Provenance, Record, digest, digest_of
from ehospital.clinical.details.visits import VisitDetails
from ehospital.kernel.codes import Code

__all__ = [
    "NOTHING",
    "ActivityDetails",
    "AllergyDetails",
    "CarePlanDetails",
    "Code",
    "DocumentDetails",
    "EncounterDetails",
    "Entry",
    "EntryDetails",
    "FamilyHistoryDetails",
    "FlagDetails",
    "GoalDetails",
    "ImmunisationDetails",
    "MedicineDetails",
    "Moment",
    "NoKnownAllergiesDetails",
    "ObservationDetails",
    "PartDetails",
    "PregnancyDetails",
    "PrescriptionDetails",
    "ProblemDetails",
    "ProcedureDetails",
    "Provenance",
    "ReactionDetails",
    "Record",
    "Reference",
    "ReportDetails",
    "StopDetails",
    "Value",
    "VisitDetails",
    "concept",
    "digest",
    "digest_of",
    "loinc",
    "quantity",
]
