"""What the patient suffers from, or once did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import (
    ChartEntry,
    Coded,
    Revisable,
    ends_after_start,
    only_choices,
    precision_field,
)


class Verification(models.TextChoices):
    """How sure it is; the same words for problems and allergies (FHIR verification status)."""

    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    PROVISIONAL = "provisional", _("Provisional")
    DIFFERENTIAL = "differential", _("Differential")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUTED = "refuted", _("Refuted")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class ProblemStatus(models.TextChoices):
    """FHIR condition clinical status."""

    ACTIVE = "active", _("Active")
    RECURRENCE = "recurrence", _("Recurrence")
    RELAPSE = "relapse", _("Relapse")
    INACTIVE = "inactive", _("Inactive")
    REMISSION = "remission", _("In remission")
    RESOLVED = "resolved", _("Resolved")
    UNKNOWN = "unknown", _("Not known")


class ProblemCategory(models.TextChoices):
    """Where it stands."""

    PROBLEM = "problem-list-item", _("Problem list")
    DIAGNOSIS = "encounter-diagnosis", _("Diagnosis of an encounter")
    CONCERN = "health-concern", _("Concern of the patient")


class ProblemSeverity(models.TextChoices):
    """How bad it is."""

    MILD = "mild", _("Mild")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")


class Problem(Coded, Revisable, ChartEntry):
    """A FHIR Condition: a problem of the list, or a diagnosis of one encounter."""

    Status = ProblemStatus
    Category = ProblemCategory
    Severity = ProblemSeverity

    status = models.CharField(max_length=12, choices=Status)
    verification = models.CharField(max_length=16, choices=Verification, default=Verification.CONFIRMED)
    category = models.CharField(max_length=20, choices=Category, default=Category.PROBLEM)
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    body_site = models.CharField(max_length=250, blank=True)
    onset_at = models.DateTimeField(null=True, blank=True)
    onset_precision = precision_field()
    onset_text = models.CharField(max_length=250, blank=True, help_text="When words are all there is: as a child.")
    abated_at = models.DateTimeField(null=True, blank=True)
    abated_precision = precision_field()
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            only_choices("status", ProblemStatus.values, "problem_status"),
            only_choices("verification", Verification.values, "problem_verification"),
            only_choices("category", ProblemCategory.values, "problem_category"),
            only_choices("severity", ProblemSeverity.values, "problem_severity", blank=True),
            ends_after_start("onset_at", "abated_at", "problem_abates_after_onset"),
            models.CheckConstraint(condition=~models.Q(display=""), name="problem_has_words"),
        ]
        indexes = [models.Index("patient", models.F("onset_at").desc(), models.F("id").desc(), name="problem_newest")]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "status",
            "verification", "category", "severity", "body_site", "onset_at", "onset_precision", "onset_text",
            "abated_at", "abated_precision", "note",
        )  # fmt: skip
        technical = ("id", "version")
