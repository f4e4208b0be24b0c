"""Alerts: one open per patient and cause, each with an owner, each step kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.estate.models import Ward
from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.monitoring.models.devices import Device
from ehospital.people.models import Patient, StaffMember, Unit


class Alert(Record):
    """Something about a patient, or about a device that watches one, that a person must see."""

    class Kind(models.TextChoices):
        """Whose trouble it is."""

        CLINICAL = "clinical", _("Patient")
        TECHNICAL = "technical", _("Device")

    class Priority(models.TextChoices):
        """After IEC 60601-1-8."""

        HIGH = "high", _("High")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Low")

    class State(models.TextChoices):
        """What happens with it."""

        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CLOSED = "closed", _("Closed")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    cause = models.CharField(max_length=32, help_text="One of algorithms.escalation.Cause.")
    kind = models.CharField(max_length=10, choices=Kind)
    priority = models.CharField(max_length=6, choices=Priority)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    facts = models.JSONField(default=dict, help_text="What the words of the alert are made of: score, value, metric …")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    owner_staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "cause"], condition=models.Q(closed_at=None), name="one_open_alert_per_cause"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", acknowledged_at=None, closed_at=None)
                | models.Q(state="acknowledged", acknowledged_at__isnull=False, closed_at=None)
                | models.Q(state="closed", closed_at__isnull=False),
                name="alert_state_and_times_agree",
            ),
        ]
        indexes = [
            models.Index(fields=["ward", "-opened_at"], name="open_alerts_of_ward", condition=models.Q(closed_at=None)),
            models.Index(fields=["patient", "-opened_at"], name="alerts_of_patient"),
        ]

    class Privacy:
        identifying = ("patient", "owner_staff")
        clinical = ("cause", "kind", "priority", "facts")
        technical = (
            "id", "state", "device", "ward", "opened_at", "updated_at", "acknowledged_at", "closed_at", "owner_unit",
        )  # fmt: skip


class AlertEvent(Record, AppendOnlyModel):
    """One step of an alert: who did what, and when."""

    class Kind(models.TextChoices):
        """The step."""

        OPENED = "opened", _("Opened")
        UPDATED = "updated", _("Updated")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CLOSED = "closed", _("Closed")

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["alert", "at"], name="events_of_alert")]

    class Privacy:
        identifying = ("actor_id", "actor_name")
        clinical = ("note", "facts")
        technical = ("id", "alert", "kind", "at", "actor_kind")
