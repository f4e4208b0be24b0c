"""What was done to or with the patient."""

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


class ProcedureStatus(models.TextChoices):
    """FHIR event status."""

    PREPARATION = "preparation", _("In preparation")
    IN_PROGRESS = "in-progress", _("In progress")
    NOT_DONE = "not-done", _("Not done")
    ON_HOLD = "on-hold", _("On hold")
    STOPPED = "stopped", _("Stopped")
    COMPLETED = "completed", _("Completed")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class Procedure(Coded, Revisable, ChartEntry):
    """An operation, an examination, a treatment, a talk."""

    Status = ProcedureStatus

    status = models.CharField(max_length=16, choices=Status)
    performed_at = models.DateTimeField(null=True, blank=True)
    performed_precision = precision_field()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    body_site = models.CharField(max_length=250, blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            only_choices("status", ProcedureStatus.values, "procedure_status"),
            ends_after_start("performed_at", "ended_at", "procedure_ends_after_start"),
            models.CheckConstraint(condition=~models.Q(display=""), name="procedure_has_words"),
        ]
        indexes = [
            models.Index("patient", models.F("performed_at").desc(), models.F("id").desc(), name="procedure_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "status",
            "performed_at", "performed_precision", "ended_at", "reason", "body_site", "outcome", "note",
        )  # fmt: skip
        technical = ("id", "version")
