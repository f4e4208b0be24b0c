"""Who cares for whom: the ground of every decision on who may open a chart."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember, Unit


class UnitMembership(Record):
    """A member of staff works in a unit, and while when."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="membership_held_once",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    class Privacy:
        identifying = ("staff",)
        clinical = ()
        technical = ("id", "unit", "during")


class CareRelationship(Record):
    """A patient is cared for by a member of staff or by a unit, for a time, and for a stated reason."""

    class Kind(models.TextChoices):
        """Why they care for the patient."""

        WARD = "ward", _("Lies on the ward")
        CLINIC = "clinic", _("On the clinic's list")
        REFERRAL = "referral", _("Referred")
        NAMED = "named", _("Named clinician")

    decides_access = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="care")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="care")
    kind = models.CharField(max_length=12, choices=Kind)
    during = DateTimeRangeField()
    source = models.CharField(max_length=100, help_text="What made it: occupancy:<id>, encounter:<id>.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(staff=None, unit__isnull=False) | models.Q(staff__isnull=False, unit=None),
                name="care_by_one_person_or_one_unit",
            )
        ]
        indexes = [
            GistIndex(fields=["patient", "during"], name="care_of_patient"),
            models.Index(fields=["unit", "patient"], name="care_by_unit"),
            models.Index(fields=["staff", "patient"], name="care_by_staff"),
            models.Index(fields=["source"], name="care_source"),
        ]

    class Privacy:
        identifying = ("patient", "staff")
        clinical = ("kind",)
        technical = ("id", "unit", "during", "source")
