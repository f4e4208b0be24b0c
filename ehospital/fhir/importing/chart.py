"""Which resources become lines of a chart: what reads each, and which list of a `Record` takes what is read."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from ehospital.clinical.details import NoKnownAllergiesDetails, PregnancyDetails
from ehospital.fhir.elements import Element
from ehospital.fhir.mapping import (
    allergies,
    care_plans,
    documents,
    encounters,
    families,
    flags,
    immunisations,
    medicines,
    patients,
    pregnancies,
    problems,
    procedures,
    questionnaires,
    targets,
)
from ehospital.fhir.mapping.links import Links

_Read = Callable[[Element, UUID, Links], Any]

# In the order in which they are read: what is referred to comes before what refers.
CHART: dict[str, tuple[str, _Read]] = {
    "Encounter": ("encounters", encounters.read),
    "Condition": ("problems", problems.read),
    "AllergyIntolerance": ("allergies", allergies.read),
    "CarePlan": ("care_plans", care_plans.read_plan),
    "Goal": ("goals", care_plans.read_goal),
    "Observation": ("observations", pregnancies.read),
    "DocumentReference": ("documents", documents.read_document),
    "DiagnosticReport": ("reports", documents.read_report),
    "Procedure": ("procedures", procedures.read),
    "Immunization": ("immunisations", immunisations.read),
    "MedicationRequest": ("medicines", medicines.read_request),
    "MedicationStatement": ("medicines", medicines.read_statement),
    "Flag": ("flags", flags.read),
    "QuestionnaireResponse": ("documents", questionnaires.read),
    "FamilyMemberHistory": ("family_history", families.read),
}
KEPT_EXTENSIONS: Final = frozenset(
    {
        medicines.TAKEN,
        patients.NEEDS,
        patients.INTERPRETER,
        families.RECORDER,
        families.ENCOUNTER,
        care_plans.REASON,
        targets.COUNTS,
    }
)
"""Extensions that are read; every other is counted as not kept."""
PLACE = {kind: place for place, kind in enumerate(CHART)}

_OTHERWISE: Final[dict[type[Any], str]] = {
    NoKnownAllergiesDetails: "no_known_allergies",
    PregnancyDetails: "pregnancies",
}


def list_of(kind: str, details: object) -> str:
    """Return the list that takes what a resource was read as."""
    return _OTHERWISE.get(type(details), CHART[kind][0])
