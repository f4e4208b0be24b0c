"""The photo of a patient: which one stands, and every one that stood before."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember


class PatientPhoto(Record):
    """One photo, square and without what the camera wrote into it, in two sizes. One stands; the others have an end."""

    class Consent(models.TextChoices):
        """Why it may be kept."""

        GIVEN = "given", _("The patient agrees")
        REPRESENTED = "represented", _("A parent or representative agrees")
        IDENTIFICATION = "identification", _("Cannot be asked now: needed to tell the patient apart")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photos")
    large_key = models.CharField(max_length=64, help_text="Key of the file store.")
    small_key = models.CharField(max_length=64, help_text="Key of the file store.")
    consent = models.CharField(max_length=16, choices=Consent)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=200, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True, help_text="Why it was removed; empty when replaced.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(ended_at=None), name="one_photo_stands"),
            models.CheckConstraint(
                condition=Q(large_key__regex="^[0-9a-f]{64}$", small_key__regex="^[0-9a-f]{64}$"),
                name="photo_has_both_files",
            ),
            models.CheckConstraint(
                condition=Q(consent__in=["given", "represented", "identification"]), name="photo_consent"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_reason="") | Q(ended_at__gte=models.F("taken_at")),
                name="photo_ends_after_it_was_taken",
            ),
        ]

    class Privacy:
        identifying = ("patient", "large_key", "small_key", "taken_by", "taken_by_name", "ended_by_name")
        clinical = ("consent", "taken_at", "ended_at", "ended_reason")
        technical = ("id",)
