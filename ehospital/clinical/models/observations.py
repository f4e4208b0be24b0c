"""What was measured, found or answered: laboratory results, vital signs, findings, surveys."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import (
    ChartEntry,
    Coded,
    ExactDecimalField,
    ends_after_start,
    only_choices,
    precision_field,
)


class ObservationStatus(models.TextChoices):
    """FHIR observation status."""

    REGISTERED = "registered", _("Requested")
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Amended")
    CORRECTED = "corrected", _("Corrected")
    CANCELLED = "cancelled", _("Cancelled")
    SUPERSEDED = "superseded", _("Replaced by a newer version")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class ObservationCategory(models.TextChoices):
    """FHIR observation category."""

    LABORATORY = "laboratory", _("Laboratory")
    VITAL_SIGNS = "vital-signs", _("Vital signs")
    IMAGING = "imaging", _("Imaging")
    PROCEDURE = "procedure", _("Procedure")
    SURVEY = "survey", _("Questionnaire")
    EXAM = "exam", _("Examination")
    THERAPY = "therapy", _("Therapy")
    ACTIVITY = "activity", _("Activity")
    SOCIAL_HISTORY = "social-history", _("Social history")
    OTHER = "other", _("Other")


class ObservationComparator(models.TextChoices):
    """What a limit of detection does to a number."""

    LESS = "<", "<"
    AT_MOST = "<=", "≤"
    AT_LEAST = ">=", "≥"
    MORE = ">", ">"


class Observation(Coded, ChartEntry):
    """One result. A blood pressure is a panel without a value of its own, whose parts point at it.

    `concept` is what a trend is drawn over: "<system>|<code>", or "text|<words>" where there is no code.
    """

    Status = ObservationStatus
    Category = ObservationCategory
    Comparator = ObservationComparator

    status = models.CharField(max_length=16, choices=Status)
    category = models.CharField(max_length=14, choices=Category)
    concept = models.CharField(max_length=200)
    effective_at = models.DateTimeField()
    effective_precision = precision_field()
    effective_until = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    value = ExactDecimalField(null=True, blank=True)
    comparator = models.CharField(max_length=2, choices=Comparator, blank=True)
    unit = models.CharField(max_length=60, blank=True, help_text="As the source writes it.")
    ucum = models.CharField(max_length=60, blank=True, help_text="UCUM code; empty when the unit is none of UCUM's.")
    value_system = models.CharField(max_length=250, blank=True)
    value_code = models.CharField(max_length=100, blank=True)
    value_text = models.TextField(blank=True, help_text="A coded value's words, or a value that is text.")
    absent_reason = models.CharField(max_length=250, blank=True)
    interpretation = models.CharField(max_length=20, blank=True, help_text="HL7 v3: L, LL, H, HH, N, A, AA, POS, NEG …")
    reference_low = ExactDecimalField(null=True, blank=True)
    reference_high = ExactDecimalField(null=True, blank=True)
    reference_text = models.CharField(max_length=500, blank=True)
    method = models.CharField(max_length=250, blank=True)
    body_site = models.CharField(max_length=250, blank=True)
    note = models.TextField(blank=True)
    panel = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Place within the panel.")
    report = models.ForeignKey(
        "clinical.DiagnosticReport", on_delete=models.PROTECT, null=True, blank=True, related_name="results",
        db_index=False, help_text="Of a result on an order: the version of the report that brought it.",
    )  # fmt: skip

    class Meta:
        constraints = [
            only_choices("status", ObservationStatus.values, "observation_status"),
            only_choices("category", ObservationCategory.values, "observation_category"),
            only_choices("comparator", ObservationComparator.values, "observation_comparator", blank=True),
            ends_after_start("effective_at", "effective_until", "observation_ends_after_start"),
            models.CheckConstraint(
                condition=~models.Q(display="") & ~models.Q(concept=""), name="observation_has_words"
            ),
            models.CheckConstraint(
                condition=models.Q(value=None) | models.Q(value_text="", value_code=""),
                name="observation_has_one_value",
            ),
            models.CheckConstraint(
                condition=models.Q(comparator="") | models.Q(value__isnull=False), name="limit_of_a_value"
            ),
            models.CheckConstraint(
                condition=models.Q(reference_low=None)
                | models.Q(reference_high=None)
                | models.Q(reference_high__gte=models.F("reference_low")),
                name="reference_range_in_order",
            ),
        ]
        indexes = [
            # Latest and previous value of each concept, and its series, found without reading all other results.
            models.Index(
                "patient", "concept", models.F("effective_at").desc(), models.F("id").desc(), name="observation_series"
            ),
            models.Index("patient", models.F("effective_at").desc(), models.F("id").desc(), name="observation_newest"),
            models.Index("patient", name="observation_mistakes", condition=models.Q(status="entered-in-error")),
            models.Index("panel", "position", name="observation_parts", condition=models.Q(panel__isnull=False)),
            models.Index("report", "position", name="observation_of_report", condition=models.Q(report__isnull=False)),
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "status", "category",
            "concept", "effective_at", "effective_precision", "effective_until", "issued_at", "value", "comparator",
            "unit", "ucum", "value_system", "value_code", "value_text", "absent_reason", "interpretation",
            "reference_low", "reference_high", "reference_text", "method", "body_site", "note",
        )  # fmt: skip
        technical = ("id", "panel", "position", "report")
