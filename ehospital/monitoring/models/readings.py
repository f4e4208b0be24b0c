"""What was measured: wide rows for the vital signs, narrow ones for everything else; both in daily partitions.

The migration makes both tables by hand. They carry no unique index (it costs 40 % of the speed): the replay window
of each device and the checkpoint of each partition keep repeats out, in the transaction that writes the rows.
"""

from django.db import models

from ehospital.foundation.models import AppendOnlyModel

KEPT_DAYS = 7
"""How far back a reading may have been taken and still be stored; older ones are quarantined."""


class VitalFrame(AppendOnlyModel):
    """One tick of a device, or one set of observations by a nurse. Units are those of `kernel.codes`."""

    pk = models.CompositePrimaryKey("device_id", "boot", "seq", "taken_at")
    patient_id = models.UUIDField()
    device_id = models.CharField(max_length=64, help_text="Empty when a person observed.")
    boot = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    taken_at = models.DateTimeField(help_text="By the device's clock.")
    received_at = models.DateTimeField(help_text="When the hospital took it.")
    hr = models.FloatField(null=True)
    rr = models.FloatField(null=True)
    spo2 = models.FloatField(null=True)
    pulse = models.FloatField(null=True)
    sbp = models.FloatField(null=True)
    dbp = models.FloatField(null=True)
    map = models.FloatField(null=True)
    temp = models.FloatField(null=True)
    etco2 = models.FloatField(null=True)
    glucose = models.FloatField(null=True)
    weight = models.FloatField(null=True)
    oxygen = models.FloatField(null=True)
    consciousness = models.CharField(max_length=1, null=True)  # noqa: DJ001  (not measured is not an empty text)
    source_codes = models.JSONField(null=True, help_text="alias → the device's own code, where it used another.")

    class Meta:
        db_table = "vital_frame"

    class Privacy:
        identifying = ("patient_id",)
        clinical = (
            "taken_at", "hr", "rr", "spo2", "pulse", "sbp", "dbp", "map", "temp", "etco2", "glucose", "weight",
            "oxygen", "consciousness",
        )  # fmt: skip
        technical = ("device_id", "boot", "seq", "received_at", "source_codes")


class DeviceObservation(AppendOnlyModel):
    """One observation outside the table of vital signs, exactly as the device sent it."""

    pk = models.CompositePrimaryKey("device_id", "boot", "seq", "code", "taken_at")
    patient_id = models.UUIDField()
    device_id = models.CharField(max_length=64)
    boot = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    code = models.CharField(max_length=64)
    value = models.FloatField(null=True)
    text = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "device_observation"

    class Privacy:
        identifying = ("patient_id",)
        clinical = ("taken_at", "code", "value", "text", "unit")
        technical = ("device_id", "boot", "seq", "received_at")
