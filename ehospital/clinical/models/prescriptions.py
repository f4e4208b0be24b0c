"""What a doctor of this hospital ordered and signed: the paper behind a line of the medicines."""

from django.db import models
from django.db.models import Q

from ehospital.clinical.models.encounters import Encounter
from ehospital.clinical.models.entries import Coded
from ehospital.clinical.models.medicines import MedicineTaken
from ehospital.foundation.models import AppendOnlyModel
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient, StaffMember


class Prescription(Coded, AppendOnlyModel):
    """A signed FHIR MedicationRequest. Nothing changes it; what became of it is told by its line of the medicines.

    `medicine` is what the patient takes by it (stopped, or entered in error, there); `replaces` the line that went on
    under this one: a repeat, or another dose.
    """

    stream_grant = ""
    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="+", db_index=False)
    medicine = models.OneToOneField(MedicineTaken, on_delete=models.PROTECT, related_name="prescription")
    replaces = models.ForeignKey(
        MedicineTaken, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    dose = models.CharField(max_length=500, help_text="How much, as the prescriber says it.")
    route = models.CharField(max_length=100, blank=True)
    frequency = models.CharField(max_length=200, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="For how long; None: until reviewed.")
    supply = models.CharField(max_length=100, blank=True, help_text="How much is handed out, in words.")
    reason = models.CharField(max_length=1000, blank=True)
    allergies_found = models.JSONField(default=list, help_text="The recorded allergies that speak against it.")
    despite_reason = models.CharField(max_length=500, blank=True, help_text="Why it is ordered all the same.")
    check_version = models.CharField(max_length=40, help_text="Of the algorithm that looked for allergies.")
    prescriber = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    prescriber_name = models.CharField(max_length=200, help_text="As they were called when they signed.")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(display__regex=r"\S"), name="prescription_has_words"),
            models.CheckConstraint(condition=Q(dose__regex=r"\S"), name="prescription_has_dose"),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=1, days__lte=366), name="prescription_days_make_sense"
            ),
            models.CheckConstraint(
                condition=Q(allergies_found=[]) | Q(despite_reason__regex=r"\S"), name="prescription_says_why_despite"
            ),
        ]
        indexes = [
            models.Index("patient", models.F("signed_at").desc(), models.F("id").desc(), name="prescription_newest"),
            models.Index(fields=["encounter"], name="prescriptions_of_visit"),
        ]

    class Privacy:
        identifying = ("patient", "prescriber", "prescriber_name")
        clinical = (
            "encounter", "medicine", "replaces", "code_system", "code", "display", "other_codes", "dose", "route",
            "frequency", "days", "supply", "reason", "allergies_found", "despite_reason", "signed_at",
        )  # fmt: skip
        technical = ("id", "check_version")
