"""What is planned for the patient, and what it is to achieve."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, Coded, ends_after_start, only_choices
from ehospital.foundation.models import Record
from ehospital.people.models import Patient


class CarePlanStatus(models.TextChoices):
    """FHIR request status."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    ON_HOLD = "on-hold", _("On hold")
    REVOKED = "revoked", _("Revoked")
    COMPLETED = "completed", _("Completed")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class CarePlan(Coded, ChartEntry):
    """A plan; `code` is its kind, `display` its title."""

    Status = CarePlanStatus

    status = models.CharField(max_length=16, choices=Status)
    intent = models.CharField(max_length=16, blank=True)
    description = models.TextField(blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            only_choices("status", CarePlanStatus.values, "care_plan_status"),
            ends_after_start("started_at", "ended_at", "care_plan_ends_after_start"),
            models.CheckConstraint(condition=~models.Q(display=""), name="care_plan_has_words"),
        ]
        indexes = [
            models.Index("patient", models.F("started_at").desc(), models.F("id").desc(), name="care_plan_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "status", "intent",
            "description", "reason", "started_at", "ended_at",
        )  # fmt: skip
        technical = ("id",)


class CareActivityStatus(models.TextChoices):
    """FHIR care plan activity status."""

    NOT_STARTED = "not-started", _("Not started")
    SCHEDULED = "scheduled", _("Scheduled")
    IN_PROGRESS = "in-progress", _("In progress")
    ON_HOLD = "on-hold", _("On hold")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    STOPPED = "stopped", _("Stopped")
    UNKNOWN = "unknown", _("Not known")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class CareActivity(Coded, Record):
    """One thing that the plan asks for."""

    Status = CareActivityStatus

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    care_plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=Status)
    description = models.TextField(blank=True)
    place = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["care_plan", "position"], name="activity_position"),
            only_choices("status", CareActivityStatus.values, "activity_status"),
            models.CheckConstraint(condition=~models.Q(display=""), name="activity_has_words"),
        ]

    class Privacy:
        identifying = ("patient",)
        clinical = (
            "care_plan", "code_system", "code", "display", "other_codes", "status", "description", "place",
        )  # fmt: skip
        technical = ("id", "position")


class GoalStatus(models.TextChoices):
    """FHIR goal lifecycle status."""

    PROPOSED = "proposed", _("Proposed")
    PLANNED = "planned", _("Planned")
    ACCEPTED = "accepted", _("Accepted")
    ACTIVE = "active", _("Active")
    ON_HOLD = "on-hold", _("On hold")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Rejected")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class Goal(Coded, ChartEntry):
    """What the patient and the team want to reach; `display` says it in words."""

    Status = GoalStatus

    status = models.CharField(max_length=16, choices=Status)
    achievement = models.CharField(max_length=120, blank=True)
    care_plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, null=True, blank=True, related_name="goals")
    started_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            only_choices("status", GoalStatus.values, "goal_status"),
            models.CheckConstraint(condition=~models.Q(display=""), name="goal_has_words"),
        ]
        indexes = [models.Index("patient", models.F("recorded_at").desc(), models.F("id").desc(), name="goal_newest")]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "status", "achievement",
            "care_plan", "started_on", "due_on", "note",
        )  # fmt: skip
        technical = ("id",)
