"""Sites, wards, rooms and beds; and which patient lies in which bed."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from ehospital.foundation.models import Record
from ehospital.people.models import Organisation, Patient, Unit


class Site(Record):
    """One address of the hospital."""

    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "name", "organisation")

    def __str__(self) -> str:
        return self.name


class Ward(Record):
    """A ward; its unit is who works there."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="wards")
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="ward")
    name = models.CharField(max_length=120)
    specialty = models.CharField(max_length=120, blank=True)

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "site", "unit", "name", "specialty")

    def __str__(self) -> str:
        return self.name


class Room(Record):
    """A room or bay of a ward."""

    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ward", "name"], name="room_name_within_ward")]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "ward", "name")

    def __str__(self) -> str:
        return self.name


class Bed(Record):
    """A bed, known by its short code: A3."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    code = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "code"], name="bed_code_within_room")]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "room", "code")

    def __str__(self) -> str:
        return self.code


class Occupancy(Record):
    """A patient lies in a bed for a time: never two in one bed, never one in two."""

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="occupancies")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="occupancies")
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_patient_in_a_bed",
                expressions=[("bed", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="one_bed_for_a_patient",
                expressions=[("patient", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    class Privacy:
        identifying = ("patient",)
        clinical = ()
        technical = ("id", "bed", "during")
