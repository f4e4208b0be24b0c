"""Vaccines that were given, or were not and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, Coded, Revisable, only_choices, precision_field


class ImmunisationStatus(models.TextChoices):
    """FHIR immunisation status."""

    COMPLETED = "completed", _("Given")
    NOT_DONE = "not-done", _("Not given")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class Immunisation(Coded, Revisable, ChartEntry):
    """One vaccination; `code` is the vaccine."""

    Status = ImmunisationStatus

    status = models.CharField(max_length=16, choices=Status)
    status_reason = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    given_precision = precision_field()
    given_text = models.CharField(max_length=250, blank=True, help_text="When words are all there is.")
    given_by = models.CharField(max_length=250, blank=True, help_text="When it was not whoever recorded it.")
    first_hand = models.BooleanField(default=True, help_text="Recorded by whoever gave it, not by hearsay.")
    lot = models.CharField(max_length=100, blank=True)
    dose_text = models.CharField(max_length=100, blank=True)
    site = models.CharField(max_length=250, blank=True)
    route = models.CharField(max_length=250, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            only_choices("status", ImmunisationStatus.values, "immunisation_status"),
            models.CheckConstraint(condition=~models.Q(display=""), name="immunisation_has_words"),
        ]
        indexes = [
            models.Index("patient", models.F("given_at").desc(), models.F("id").desc(), name="immunisation_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by", "given_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "status",
            "status_reason", "given_at", "given_precision", "given_text", "first_hand", "lot", "dose_text", "site",
            "route", "note",
        )  # fmt: skip
        technical = ("id", "version")
