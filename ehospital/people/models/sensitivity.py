"""Records that fewer people may open: restricted or sealed as a whole, and those of the hospital's own staff."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember


class Restriction(Record):
    """The record of a patient is kept from most of those who would see it otherwise, for a time."""

    decides_access = True

    class Level(models.TextChoices):
        """How far it goes; `people.access` says who is left."""

        RESTRICTED = "restricted", _("Restricted: named clinicians, and the ward where the patient lies")
        SEALED = "sealed", _("Sealed: the same, and opening it with a reason takes two clinicians")

    class Kind(models.TextChoices):
        """What makes the record sensitive."""

        PUBLIC = "public", _("Known to the public")
        MENTAL_HEALTH = "mental-health", _("Mental health")
        HIV = "hiv", _("HIV")
        VIOLENCE = "violence", _("Threatened by somebody who may have access")
        WISH = "wish", _("The patient's wish")
        OTHER = "other", _("Another reason")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="restrictions")
    level = models.CharField(max_length=12, choices=Level)
    kind = models.CharField(max_length=16, choices=Kind)
    note = models.TextField(blank=True)
    during = DateTimeRangeField(help_text="Half-open; no end means until further notice.")
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="restricted_once_for_each_kind",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [GistIndex(fields=["patient", "during"], name="restriction_of_patient")]

    class Privacy:
        identifying = ("patient", "made_by")
        clinical = ("kind", "note")
        technical = ("id", "level", "during")


class StaffAsPatient(Record):
    """A member of staff is also a patient here: clinics do not see the record, and they open it in the portal alone."""

    decides_access = True

    staff = models.OneToOneField(StaffMember, on_delete=models.PROTECT, related_name="as_patient")
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="as_staff")

    class Privacy:
        identifying = ("staff", "patient")
        clinical = ()
        technical = ("id",)
