"""What is confidential to an outside system, as a condition on rows of many patients."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from ehospital.clinical.policies.belonging import owners
from ehospital.clinical.policies.confidential import KINDS, confidential
from ehospital.fhir.serving.outcomes import Json
from ehospital.people import access, sight
from ehospital.people.models import Consent, Sensitivity

SUBSETTED: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
"""Said of every answer that may be incomplete, whatever it holds: by its absence nothing can be guessed."""


def hidden(model: type[Any], reader: access.Actor) -> Q:
    """Return the condition that a row is confidential, and that its patient has not allowed it to this system.

    What belongs to such a row is hidden with it: results with their order, their report, their panel or their form.
    """
    if not may_be_incomplete([model]):
        return Q(pk__in=[])
    permits = sight.words_to(reader).filter(decision=Consent.Decision.PERMIT)
    # What nobody permits to this system needs no look at what each patient said; it is nearly always all of it.
    permitted = set(permits.order_by().values_list("category", flat=True).distinct())
    found = _itself(model, reader, permitted)
    for rows in owners(model):
        found |= Q(Exists(rows.filter(_itself(rows.model, reader, permitted))))
    return found


def may_be_incomplete(models: "list[type[Any]]") -> bool:
    """Return whether rows of these models may be hidden."""
    return any(model in KINDS.values() or owners(model) for model in models)


def _itself(model: type[Any], reader: access.Actor, permitted: set[str]) -> Q:
    """Return the condition that a row is confidential by itself."""
    if model not in KINDS.values():
        return Q(pk__in=[])
    found = confidential(model, set(Sensitivity.values) - permitted)
    for category in sorted(permitted):
        said = sight.words_to(reader).filter(patient=OuterRef("patient_id"), category=category)
        allowed = Exists(said.filter(decision=Consent.Decision.PERMIT))
        refused = Exists(said.filter(decision=Consent.Decision.DENY))
        found |= confidential(model, [category]) & (~Q(allowed) | Q(refused))
    return found
