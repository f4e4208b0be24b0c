"""Which medicines the patient takes, whoever prescribed them: what every safety check has to know."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, Coded, ends_after_start, only_choices, precision_field


class MedicineTakenKind(models.TextChoices):
    """What the source calls it."""

    REQUEST = "request", _("Prescription")
    STATEMENT = "statement", _("Reported")


class MedicineTakenStatus(models.TextChoices):
    """The statuses of both FHIR resources."""

    ACTIVE = "active", _("Active")
    INTENDED = "intended", _("Intended")
    ON_HOLD = "on-hold", _("On hold")
    COMPLETED = "completed", _("Completed")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")
    NOT_TAKEN = "not-taken", _("Not taken")
    DRAFT = "draft", _("Draft")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class MedicineTaken(Coded, ChartEntry):
    """A FHIR MedicationRequest or MedicationStatement of elsewhere. What this hospital prescribes is `medication`'s."""

    Kind = MedicineTakenKind
    Status = MedicineTakenStatus

    kind = models.CharField(max_length=9, choices=Kind)
    status = models.CharField(max_length=16, choices=Status)
    intent = models.CharField(max_length=16, blank=True, help_text="FHIR: order, plan, proposal …; of a request.")
    dosage_text = models.TextField(blank=True)
    dosage = models.JSONField(default=list, blank=True, help_text="The FHIR Dosage elements as they came.")
    as_needed = models.BooleanField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_precision = precision_field()
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            only_choices("kind", MedicineTakenKind.values, "medicine_kind"),
            only_choices("status", MedicineTakenStatus.values, "medicine_status"),
            ends_after_start("started_at", "ended_at", "medicine_ends_after_start"),
            models.CheckConstraint(condition=~models.Q(display=""), name="medicine_has_words"),
        ]
        indexes = [
            models.Index("patient", models.F("recorded_at").desc(), models.F("id").desc(), name="medicine_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "kind", "status", "intent",
            "dosage_text", "dosage", "as_needed", "reason", "started_at", "started_precision", "ended_at",
            "stop_reason", "note",
        )  # fmt: skip
        technical = ("id",)
