"""What is confidential to an outside system, as a condition on rows of many patients."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ehospital.clinical.policies.belonging import OWNERS, belonging, widened
from ehospital.clinical.policies.confidential import KINDS, confidential, likely
from ehospital.fhir.serving.outcomes import Json
from ehospital.people import access, sight
from ehospital.people.models import Consent, Sensitivity

SUBSETTED: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
"""Said of every answer that may be incomplete, whatever it holds: by its absence nothing can be guessed."""


def hidden(model: type[Any], reader: access.Actor, patients: "QuerySet[Any]") -> Q:
    """Return the condition that a row of these patients is confidential, unless its patient allows it to this system.

    What belongs to a confidential line is hidden with it: results with their order, their report or their form. These
    lines are looked up first, by the patients alone: there are few of them, and each result is compared with their ids.

    Args:
        patients: the ids of all patients whose rows are looked at; of others nothing but their own confidentiality
            counts.
    """
    if not may_be_incomplete([model]):
        return Q(pk__in=[])
    permits = sight.words_to(reader).filter(decision=Consent.Decision.PERMIT)
    # What nobody permits to this system needs no look at what each patient said; it is nearly always all of it.
    permitted = set(permits.order_by().values_list("category", flat=True).distinct())
    found: list[UUID] = []
    for owner in OWNERS.get(model, ()):
        rows = owner._default_manager.order_by().values_list("pk", flat=True)
        if some := list(rows.filter(likely(owner), patient_id__in=patients)):
            found += rows.filter(_itself(owner, reader, permitted), pk__in=some)
    return _itself(model, reader, permitted) | belonging(model, widened(found))


def may_be_incomplete(models: "list[type[Any]]") -> bool:
    """Return whether rows of these models may be confidential."""
    return any(model in KINDS.values() for model in models)


def _itself(model: type[Any], reader: access.Actor, permitted: set[str]) -> Q:
    """Return the condition that a row is confidential by itself."""
    found = confidential(model, set(Sensitivity.values) - permitted)
    for category in sorted(permitted):
        said = sight.words_to(reader).filter(patient=OuterRef("patient_id"), category=category)
        allowed = Exists(said.filter(decision=Consent.Decision.PERMIT))
        refused = Exists(said.filter(decision=Consent.Decision.DENY))
        found |= confidential(model, [category]) & (~Q(allowed) | Q(refused))
    return found
