"""Which categories of confidential entries an actor does not see of a patient whose chart is open to them."""

from typing import Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from ehospital.people import access
from ehospital.people.models import CareRelationship, Consent, Patient, Sensitivity

EVERY: Final = frozenset(Sensitivity.values)
Scope = Consent.Scope


def hidden_categories(actor: access.Actor, patient_id: UUID) -> frozenset[str]:
    """Return the categories whose entries are not shown: one question to the database for each patient and page.

    The patient sees all of it, and so does who broke the glass. Named clinicians and the ward where the patient lies
    see all but what the patient refused them; everybody else, those who act for the patient and outside systems
    included, sees only what the patient allowed.
    """
    if actor.kind == "system" or (actor.patient_id == patient_id and actor.acting is None):
        return frozenset()
    if actor.staff_id is not None and access.glass_of(actor, patient_id) is not None:
        return frozenset()
    said = ArraySubquery(
        words_to(actor).filter(patient=OuterRef("pk")).values(of=JSONObject(decision="decision", category="category"))
    )
    found = Patient.objects.filter(pk=patient_id).annotate(trusted=_trusted(actor), said=said)
    for trusted, words in found.values_list("trusted", "said"):
        allowed = {one["category"] for one in words if one["decision"] == Consent.Decision.PERMIT}
        refused = {one["category"] for one in words if one["decision"] == Consent.Decision.DENY}
        return frozenset(refused if trusted else (EVERY - allowed) | refused)
    return EVERY


def words_to(actor: access.Actor) -> "QuerySet[Consent]":
    """Return what patients said to this actor about single categories."""
    words = Consent.objects.filter(during__contains=actor.at).exclude(category="")
    if actor.client_id is not None:
        return words.filter(Q(client=None) | Q(client_id=actor.client_id), scope=Scope.SHARING)
    if actor.acting is not None:
        return words.filter(scope=Scope.PROXIES)
    mine = Q(staff__isnull=False, staff_id=actor.staff_id) | Q(unit_id__in=access.unit_ids(actor))
    return words.filter(mine, scope=Scope.TREATMENT)


def _trusted(actor: access.Actor) -> Exists:
    care = CareRelationship.objects.filter(patient=OuterRef("pk"), during__contains=actor.at)
    ward = Q(unit_id__in=access.unit_ids(actor), kind=CareRelationship.Kind.WARD)
    if actor.staff_id is None:
        return Exists(care.none())
    # Whoever merely waits for the result of an order sees that result, not everything.
    named = Q(staff_id=actor.staff_id) & ~Q(source__startswith="results:")
    return Exists(care.filter(named | ward))
