"""The resource types of the door."""

from typing import Final

from ehospital.fhir.serving.allergies import ALLERGY
from ehospital.fhir.serving.conditions import CONDITION
from ehospital.fhir.serving.encounters import ENCOUNTER
from ehospital.fhir.serving.kinds import Kind
from ehospital.fhir.serving.observations import OBSERVATION
from ehospital.fhir.serving.patients import PATIENT

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (PATIENT, OBSERVATION, CONDITION, ALLERGY, ENCOUNTER)}
