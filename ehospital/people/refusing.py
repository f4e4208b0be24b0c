"""What a patient refused, as conditions on a patient's row: `people.access` puts them into the one predicate."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet

from ehospital.people.models import Consent

Scope = Consent.Scope


def _standing(at: datetime) -> "QuerySet[Consent]":
    """Return the refusals of the whole record that stand at that moment, of the patient of the outer query."""
    whole = Consent.objects.filter(patient=OuterRef("pk"), decision=Consent.Decision.DENY, category="")
    return whole.filter(during__contains=at)


def of_actor(
    at: datetime, staff_id: UUID | None, client_id: UUID | None, units: "QuerySet[Any, Any]"
) -> "tuple[QuerySet[Consent], QuerySet[Consent]]":
    """Return the refusals of one person or outside system by itself, and those of the units that it belongs to."""
    standing = _standing(at)
    if client_id is not None:
        mine = standing.filter(Q(client=None) | Q(client_id=client_id), scope=Scope.SHARING)
    else:
        mine = standing.filter(scope=Scope.TREATMENT, staff__isnull=False, staff_id=staff_id)
    return mine, standing.filter(scope=Scope.TREATMENT, unit_id__in=units)


def of_proxies(at: datetime) -> "QuerySet[Consent]":
    """Return the refusals of everybody who acts for the patient."""
    return _standing(at).filter(scope=Scope.PROXIES)
