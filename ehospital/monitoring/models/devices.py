"""Devices, what they last said of themselves, and whom they watch."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.estate.models import Bed, Ward
from ehospital.foundation.models import Record
from ehospital.people.models import Patient
from ehospital.wire.devices_directory import KINDS
from ehospital.wire.subjects import DEVICE_PATTERN


def every_kind() -> list[str]:
    """Return what a device may publish unless somebody says less."""
    return list(KINDS)


class Device(models.Model):
    """A device that sends readings. Its id is its user name, its client id and part of its topic."""

    class Type(models.TextChoices):
        """What it is."""

        MONITOR = "monitor", _("Bedside monitor")
        WEARABLE = "wearable", _("Wearable sensor")
        SPOT_CHECK = "spot_check", _("Spot-check monitor")
        VENTILATOR = "ventilator", _("Ventilator")
        PUMP = "pump", _("Infusion pump")
        GLUCOSE_METER = "glucose_meter", _("Glucose meter")
        SCALE = "scale", _("Scale")
        OTHER = "other", _("Other device")

    class State(models.TextChoices):
        """Whether it can be used; `revoked` is about its credentials."""

        IN_USE = "in_use", _("In use")
        REPAIR = "repair", _("In repair")
        RETIRED = "retired", _("Retired")

    id = models.CharField(primary_key=True, max_length=64)
    type = models.CharField(max_length=20, choices=Type, default=Type.MONITOR)
    model = models.CharField(max_length=120, blank=True)
    serial = models.CharField(max_length=120, blank=True)
    metrics = ArrayField(models.CharField(max_length=64), default=list, help_text="Aliases that it measures.")
    kinds = ArrayField(models.CharField(max_length=64), default=every_kind, help_text="What it may publish.")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="devices")
    state = models.CharField(max_length=12, choices=State, default=State.IN_USE)
    secret_hash = models.CharField(max_length=64, help_text="Keyed hash; the doors know it from the bucket `devices`.")
    revoked = models.BooleanField(default=False, help_text="Its credentials are taken back: no door lets it in.")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id__regex=rf"^{DEVICE_PATTERN}$"), name="device_id_is_a_name"),
        ]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = (
            "id", "type", "model", "serial", "metrics", "kinds", "ward", "state", "secret_hash", "revoked",
            "registered_at",
        )  # fmt: skip

    def __str__(self) -> str:
        return self.id


class DeviceState(models.Model):
    """What a device last said, kept apart from `Device` because it changes with every batch."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="status")
    seen_at = models.DateTimeField(help_text="When the hospital last took a message of it.")
    frame_at = models.DateTimeField(
        null=True, help_text="When the hospital last took a frame of it: silence counts from here."
    )
    boot = models.CharField(max_length=64, blank=True)
    clock_ahead_ms = models.BigIntegerField(default=0, help_text="Its clock minus ours when it last sent on time.")
    skewed_since_at = models.DateTimeField(null=True, help_text="Since when the clock is more than 30 s off.")
    battery_percent = models.FloatField(null=True)
    lead_off = models.BooleanField(null=True)
    error = models.CharField(max_length=200, blank=True, help_text="The device's own words.")
    rejected = models.BigIntegerField(default=0, help_text="Observations that made no sense, since registration.")
    rejection = models.CharField(max_length=300, blank=True, help_text="The last of them, and why.")
    memory = models.JSONField(default=dict, help_text="What the artefact check remembers of it.")

    class Privacy:
        identifying = ()
        clinical = ()
        technical = (
            "device", "seen_at", "frame_at", "boot", "clock_ahead_ms", "skewed_since_at", "battery_percent", "lead_off",
            "error", "rejected", "rejection", "memory",
        )  # fmt: skip


class DeviceAssociation(Record):
    """A device watches a patient for a time: what it measured then belongs to that patient."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="associations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="devices")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, null=True, blank=True, related_name="devices")
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="device_watches_one_patient",
                expressions=[("device", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]
        indexes = [GistIndex(fields=["patient", "during"], name="devices_of_patient")]

    class Privacy:
        identifying = ("patient",)
        clinical = ()
        technical = ("id", "device", "bed", "during")
