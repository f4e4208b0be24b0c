"""Those who work here, what they are, and the organisations they work for."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record


class Organisation(Record):
    """A hospital, a practice, an insurer."""

    name = models.CharField(max_length=250)
    kind = models.CharField(max_length=120, blank=True)
    identifier = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    address = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "name", "kind", "identifier", "phone", "address", "active")

    def __str__(self) -> str:
        return self.name


class Unit(Record):
    """A part of the hospital whose staff share their patients: a ward, a clinic, a laboratory."""

    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    receives_imports = models.BooleanField(
        default=False, help_text="Takes over the patients whose records come from another system."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receives_imports"], condition=models.Q(receives_imports=True), name="one_unit_receives_imports"
            )
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "name", "organisation", "receives_imports")

    def __str__(self) -> str:
        return self.name


class StaffMember(Record):
    """A FHIR Practitioner: one who works here, or one outside whom the record names."""

    name_text = models.CharField(max_length=250)
    prefix = models.CharField(max_length=60, blank=True)
    given = models.CharField(max_length=200, blank=True)
    family = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=120, blank=True, help_text="As colleagues say it: ward sister, consultant.")
    identifier = models.CharField(max_length=200, blank=True, help_text="Registration number.")
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    external = models.BooleanField(default=False, help_text="Named in imported records; does not work here.")
    active = models.BooleanField(default=True)

    class Privacy:
        identifying = ("name_text", "prefix", "given", "family", "identifier", "phone", "email")
        clinical = ()
        technical = ("id", "title", "organisation", "external", "active")

    def __str__(self) -> str:
        return self.name_text


class StaffRole(Record):
    """What a member of staff is, and while when."""

    class Role(models.TextChoices):
        """The roles that `people.access` gives permissions to."""

        DOCTOR = "doctor", _("Doctor")
        NURSE = "nurse", _("Nurse")
        PHARMACIST = "pharmacist", _("Pharmacist")
        RECEPTIONIST = "receptionist", _("Receptionist")
        CASHIER = "cashier", _("Cashier")
        LAB_TECHNICIAN = "lab_technician", _("Laboratory technician")
        RADIOGRAPHER = "radiographer", _("Radiographer")
        ADMINISTRATOR = "administrator", _("Administrator")
        PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    during = DateTimeRangeField(help_text="Half-open; no end means until further notice.")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="role_held_once",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    class Privacy:
        identifying = ("staff",)
        clinical = ()
        technical = ("id", "role", "during")
