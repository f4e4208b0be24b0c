"""Which encounters of a patient run: one rule for notes, forms, orders and visits. Who is on leave is here too."""

from uuid import UUID

from django.db.models import QuerySet

from ehospital.algorithms import encounter_course
from ehospital.clinical.models import Encounter


def running(patient_id: UUID) -> "QuerySet[Encounter]":
    """Return the encounters that run, the newest first; the caller permits."""
    here = Encounter.objects.filter(patient_id=patient_id, status__in=encounter_course.HERE)
    return here.order_by("-started_at", "-id")


def running_id(patient_id: UUID) -> UUID | None:
    """Return the newest encounter that runs: what is written now belongs to it, unless it names another."""
    return running(patient_id).values_list("pk", flat=True).first()
