"""How a patient is now, and how the score changed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.people.models import Patient


class Band(models.TextChoices):
    """How ill a score says the patient is; what is not known is never called zero."""

    ZERO = "zero", _("0")
    LOW = "low", _("1–4")
    LOWMED = "lowmed", _("One 3")
    MEDIUM = "medium", _("5–6")
    HIGH = "high", _("7+")
    UNKNOWN = "unknown", _("Not known")


class PatientState(models.Model):
    """The newest value of every metric, the score they make, and where each alert rule stands. One row is locked
    while a patient is scored, in the order of patients, so two devices of one patient never score at once."""

    class Signal(models.TextChoices):
        """Whether what is shown is what is."""

        LIVE = "live", _("Live")
        PARTIAL = "partial", _("Some observations are missing")
        SILENT = "silent", _("No signal")

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, primary_key=True, related_name="monitoring")
    monitored = models.BooleanField(default=False, help_text="Time alone may change something.")
    signal = models.CharField(max_length=8, choices=Signal, default=Signal.SILENT)
    heard_at = models.DateTimeField(null=True, help_text="When the hospital last took a reading on time.")
    current = models.JSONField(default=dict, help_text="metric → [value, taken ms, device or empty, gone ms or null].")
    spo2_scale = models.PositiveSmallIntegerField(default=1, help_text="NEWS2 scale 2 is for hypercapnia.")
    pregnant = models.BooleanField(default=False, help_text="NEWS2 is not valid in pregnancy.")
    score = models.PositiveSmallIntegerField(null=True)
    band = models.CharField(max_length=8, choices=Band, default=Band.UNKNOWN)
    partial = models.BooleanField(default=True)
    missing = ArrayField(models.CharField(max_length=16), default=list)
    parts = models.JSONField(default=dict, help_text="metric → its points.")
    response = models.CharField(max_length=32, blank=True)
    trail = models.JSONField(default=list, help_text="[[ms, score], …]: the last hour, for the trend.")
    scored_at = models.DateTimeField(null=True, help_text="Since when the score is what it is.")
    observed_at = models.DateTimeField(null=True, help_text="When a person last observed the patient.")
    due_at = models.DateTimeField(null=True, help_text="When the next observations are due; follows the score.")
    late_at = models.DateTimeField(null=True, help_text="When they are late.")
    rules = models.JSONField(default=dict, help_text="alert cause → where its state machine stands.")
    check_at = models.DateTimeField(null=True, help_text="When time alone may change something.")
    version = models.BigIntegerField(default=0, help_text="Rises with every change.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(spo2_scale__in=[1, 2]), name="spo2_scale_is_1_or_2"),
            models.CheckConstraint(
                condition=models.Q(score=None, band="unknown") | models.Q(score__isnull=False),
                name="no_band_without_score",
            ),
        ]
        # Few patients of all who ever were are watched now; the sweep looks at those alone. No column of this index
        # changes with a reading, so readings stay heap-only updates.
        indexes = [models.Index(fields=["patient"], name="patients_monitored", condition=models.Q(monitored=True))]

    class Privacy:
        identifying = ("patient",)
        clinical = (
            "current", "spo2_scale", "pregnant", "score", "band", "partial", "missing", "parts", "response", "trail",
            "scored_at", "observed_at", "due_at", "late_at",
        )  # fmt: skip
        technical = ("monitored", "signal", "heard_at", "rules", "check_at", "version")


class ScoreEntry(Record, AppendOnlyModel):
    """A score at the moment when it changed."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="scores")
    at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(null=True)
    band = models.CharField(max_length=8, choices=Band)
    partial = models.BooleanField()
    missing = ArrayField(models.CharField(max_length=16), default=list)
    parts = models.JSONField(default=dict)
    version = models.CharField(max_length=40, help_text="Of the algorithm.")

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="scores_of_patient")]

    class Privacy:
        identifying = ("patient",)
        clinical = ("at", "score", "band", "partial", "missing", "parts")
        technical = ("id", "version")
