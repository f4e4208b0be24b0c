"""What harms the patient; and the statement that nothing is known to, which is not the same as nothing written."""

from django.contrib.postgres.fields import ArrayField
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
from ehospital.clinical.models.problems import Verification
from ehospital.foundation.models import Record
from ehospital.people.models import Patient


class AllergyStatus(models.TextChoices):
    """FHIR allergy clinical status."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    RESOLVED = "resolved", _("Resolved")


class AllergyKind(models.TextChoices):
    """Whether the immune system takes part."""

    ALLERGY = "allergy", _("Allergy")
    INTOLERANCE = "intolerance", _("Intolerance")


class AllergyCategory(models.TextChoices):
    """What kind of substance."""

    FOOD = "food", _("Food")
    MEDICATION = "medication", _("Medicine")
    ENVIRONMENT = "environment", _("Environment")
    BIOLOGIC = "biologic", _("Biologic")


class AllergyCriticality(models.TextChoices):
    """How dangerous the next exposure may be."""

    LOW = "low", _("Low risk")
    HIGH = "high", _("High risk")
    UNASSESSABLE = "unable-to-assess", _("Risk cannot be assessed")


class Allergy(Coded, Revisable, ChartEntry):
    """An allergy or intolerance; `code` is the substance, or the condition where the source names only that."""

    Status = AllergyStatus
    Kind = AllergyKind
    Category = AllergyCategory
    Criticality = AllergyCriticality

    status = models.CharField(max_length=8, choices=Status)
    verification = models.CharField(max_length=16, choices=Verification, default=Verification.CONFIRMED)
    kind = models.CharField(max_length=11, choices=Kind, blank=True)
    categories = ArrayField(models.CharField(max_length=11, choices=Category), default=list, blank=True)
    criticality = models.CharField(max_length=16, choices=Criticality, blank=True)
    onset_at = models.DateTimeField(null=True, blank=True)
    onset_precision = precision_field()
    last_reaction_at = models.DateTimeField(null=True, blank=True)
    last_reaction_precision = precision_field()
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            only_choices("status", AllergyStatus.values, "allergy_status"),
            only_choices("verification", Verification.values, "allergy_verification"),
            only_choices("kind", AllergyKind.values, "allergy_kind", blank=True),
            only_choices("criticality", AllergyCriticality.values, "allergy_criticality", blank=True),
            models.CheckConstraint(
                condition=models.Q(categories__contained_by=list(AllergyCategory.values)), name="allergy_categories"
            ),
            models.CheckConstraint(condition=~models.Q(display=""), name="allergy_has_words"),
        ]
        indexes = [
            models.Index("patient", models.F("recorded_at").desc(), models.F("id").desc(), name="allergy_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "status",
            "verification", "kind", "categories", "criticality", "onset_at", "onset_precision", "last_reaction_at",
            "last_reaction_precision", "note",
        )  # fmt: skip
        technical = ("id", "version")


class AllergyReactionSeverity(models.TextChoices):
    """How bad it was."""

    MILD = "mild", _("Mild")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")


class AllergyReaction(Record):
    """What happened at one exposure, or happens each time."""

    Severity = AllergyReactionSeverity

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    allergy = models.ForeignKey(Allergy, on_delete=models.CASCADE, related_name="reactions")
    position = models.PositiveSmallIntegerField()
    manifestations = ArrayField(models.CharField(max_length=500), help_text="In words, at least one.")
    severity = models.CharField(max_length=8, choices=Severity, blank=True)
    substance = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    route = models.CharField(max_length=250, blank=True)
    onset_at = models.DateTimeField(null=True, blank=True)
    onset_precision = precision_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["allergy", "position"], name="reaction_position"),
            only_choices("severity", AllergyReactionSeverity.values, "reaction_severity", blank=True),
            models.CheckConstraint(condition=models.Q(manifestations__len__gt=0), name="reaction_manifests"),
        ]

    class Privacy:
        identifying = ("patient",)
        clinical = (
            "allergy", "manifestations", "severity", "substance", "description", "route", "onset_at", "onset_precision",
        )  # fmt: skip
        technical = ("id", "position")


class NoKnownAllergiesScope(models.TextChoices):
    """What was asked about."""

    ALL = "all", _("No known allergies")
    MEDICATION = "medication", _("No known medicine allergies")
    FOOD = "food", _("No known food allergies")
    ENVIRONMENT = "environment", _("No known environmental allergies")
    LATEX = "latex", _("No known latex allergy")


class NoKnownAllergies(ChartEntry):
    """Somebody asked, and nothing is known: of any kind, or of one kind only. It ends when an allergy is recorded."""

    Scope = NoKnownAllergiesScope

    scope = models.CharField(max_length=11, choices=Scope, default=Scope.ALL)
    ended_at = models.DateTimeField(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)

    class Meta:
        constraints = [
            only_choices("scope", NoKnownAllergiesScope.values, "no_known_allergies_scope"),
            ends_after_start("recorded_at", "ended_at", "no_known_allergies_ends_after_start"),
        ]
        indexes = [
            models.Index("patient", models.F("recorded_at").desc(), models.F("id").desc(), name="no_allergies_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = ("encounter", "recorded_at", "scope", "ended_at", "entered_in_error")
        technical = ("id",)
