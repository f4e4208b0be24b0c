"""What is confidential to an outside system, as a condition on rows of many patients."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from ehospital.clinical.policies.confidential import KINDS, confidential
from ehospital.fhir.serving.outcomes import Json
from ehospital.people import access, sight
from ehospital.people.models import Consent, Sensitivity

SUBSETTED: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
"""Said of every answer that may be incomplete, whatever it holds: by its absence nothing can be guessed."""


def hidden(model: type[Any], reader: access.Actor) -> Q:
    """Return the condition that a row is confidential, and that its patient has not allowed it to this system."""
    found = Q(pk__in=[])
    if model not in KINDS.values():
        return found
    for category in Sensitivity.values:
        said = sight.words_to(reader).filter(patient=OuterRef("patient_id"), category=category)
        allowed = Exists(said.filter(decision=Consent.Decision.PERMIT))
        refused = Exists(said.filter(decision=Consent.Decision.DENY))
        found |= confidential(model, [category]) & (~Q(allowed) | Q(refused))
    return found


def may_be_incomplete(models: "list[type[Any]]") -> bool:
    """Return whether rows of these models may be confidential."""
    return any(model in KINDS.values() for model in models)
