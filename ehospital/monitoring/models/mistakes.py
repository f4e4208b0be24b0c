"""That a set observed at the bedside was entered in error: who said so, when and why. The set itself stays."""

from django.db import models
from django.db.models import Q

from ehospital.foundation.models import AppendOnlyModel
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient


class MistakenSet(AppendOnlyModel):
    """A mark over one set; `filed_under` is the record for which it was observed, merged since or not."""

    stream_grant = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    filed_under = models.UUIDField()
    boot = models.CharField(max_length=64, help_text="Of the set: who observed it.")
    seq = models.BigIntegerField(help_text="Of the set: when it was charted, in ms since 1970.")
    taken_at = models.DateTimeField(help_text="Of the set: bedside time.")
    reason = models.TextField()
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64, help_text="The actor, as in the audit trail.")
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filed_under", "boot", "seq", "taken_at"], name="set_marked_once"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="mistaken_set_has_reason"),
        ]

    class Privacy:
        identifying = ("patient", "filed_under", "boot", "by_id", "by_name")
        clinical = ("taken_at", "reason", "at")
        technical = ("id", "seq")


STANDS = """(frame.device_id <> '' OR NOT EXISTS (
    SELECT FROM monitoring_mistakenset AS mistake
    WHERE mistake.filed_under = frame.patient_id AND mistake.boot = frame.boot AND mistake.seq = frame.seq
        AND mistake.taken_at = frame.taken_at
))"""
"""Of a `vital_frame AS frame`: nobody said that it was entered in error. What devices send nobody can mark."""
