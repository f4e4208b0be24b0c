"""What is planned for the patient, and what it is to achieve."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import (
    ChartEntry,
    Coded,
    ExactDecimalField,
    Revisable,
    ends_after_start,
    only_choices,
)
from ehospital.foundation.models import Record
from ehospital.people.models import Patient, StaffMember, StaffRole, Unit


class CarePlanStatus(models.TextChoices):
    """FHIR request status."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    ON_HOLD = "on-hold", _("On hold")
    REVOKED = "revoked", _("Revoked")
    COMPLETED = "completed", _("Completed")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class CarePlan(Coded, Revisable, ChartEntry):
    """A plan; `code` is its kind, `display` its title. Its version counts also what changes in goals and activities.

    One that was made here knows from which version of which template; `PlanChange` tells what was made of it.
    """

    Status = CarePlanStatus

    status = models.CharField(max_length=16, choices=Status)
    intent = models.CharField(max_length=16, blank=True)
    description = models.TextField(blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    status_reason = models.CharField(max_length=1000, blank=True, db_default="")
    template = models.CharField(max_length=60, blank=True, db_default="")
    template_version = models.CharField(max_length=20, blank=True, db_default="")

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
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "status",
            "intent", "description", "reason", "started_at", "ended_at", "status_reason",
        )  # fmt: skip
        technical = ("id", "version", "template", "template_version")


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


class Doer(models.TextChoices):
    """Who is to do it."""

    PATIENT = "patient", _("The patient")
    CARER = "carer", _("Family or carer")
    ROLE = "role", _("Staff of one role")
    UNIT = "unit", _("A unit")
    STAFF = "staff", _("A member of staff")


class CareActivity(Coded, Record):
    """One thing that the plan asks for: who does it, how often (FHIR Timing.repeat), from when and until when.

    `description` are instructions in plain words: the patient reads them. For what is done once, `ends_on` is by when.
    """

    Status = CareActivityStatus
    Doer = Doer

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    care_plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=Status)
    description = models.TextField(blank=True)
    place = models.CharField(max_length=250, blank=True)
    who = models.CharField(max_length=8, choices=Doer, blank=True, db_default="")
    role = models.CharField(max_length=20, choices=StaffRole.Role, blank=True, db_default="")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    timing = models.JSONField(null=True, blank=True, help_text="FHIR Timing.repeat; see `kernel.timing`.")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The last day.")
    template_key = models.CharField(max_length=60, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["care_plan", "position"], name="activity_position"),
            only_choices("status", CareActivityStatus.values, "activity_status"),
            models.CheckConstraint(condition=~models.Q(display=""), name="activity_has_words"),
            only_choices("who", Doer.values, "activity_who", blank=True),
            only_choices("role", StaffRole.Role.values, "activity_role", blank=True),
            ends_after_start("starts_on", "ends_on", "activity_ends_after_start"),
            models.CheckConstraint(
                condition=(models.Q(who=Doer.ROLE) ^ models.Q(role=""))
                & (models.Q(who=Doer.UNIT) ^ models.Q(unit=None))
                & (models.Q(who=Doer.STAFF) ^ models.Q(staff=None)),
                name="activity_names_who",
            ),
        ]

    class Privacy:
        identifying = ("patient", "staff")
        clinical = (
            "care_plan", "code_system", "code", "display", "other_codes", "status", "description", "place", "who",
            "role", "unit", "timing", "starts_on", "ends_on",
        )  # fmt: skip
        technical = ("id", "position", "template_key")


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
    """What the patient and the team want to reach; `display` says it in words.

    A measured goal names what is measured (FHIR Goal.target.measure) and between which ends it is to lie, both
    included, in a UCUM unit. `achievement` is what a clinician said of a goal that nothing measures.
    """

    Status = GoalStatus

    status = models.CharField(max_length=16, choices=Status)
    achievement = models.CharField(max_length=120, blank=True)
    care_plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, null=True, blank=True, related_name="goals")
    started_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    measure_system = models.CharField(max_length=250, blank=True, db_default="")
    measure_code = models.CharField(max_length=100, blank=True, db_default="")
    measure_display = models.CharField(max_length=250, blank=True, db_default="")
    target_low = ExactDecimalField(null=True, blank=True)
    target_high = ExactDecimalField(null=True, blank=True)
    target_unit = models.CharField(max_length=60, blank=True, db_default="", help_text="UCUM.")
    counts_for_days = models.PositiveSmallIntegerField(db_default=90, help_text="How long one value speaks for today.")
    template_key = models.CharField(max_length=60, blank=True, db_default="")

    class Meta:
        constraints = [
            only_choices("status", GoalStatus.values, "goal_status"),
            models.CheckConstraint(condition=~models.Q(display=""), name="goal_has_words"),
            models.CheckConstraint(
                condition=models.Q(target_low=None)
                | models.Q(target_high=None)
                | models.Q(target_high__gte=models.F("target_low")),
                name="goal_target_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(target_low=None, target_high=None)
                | (~models.Q(measure_code="") & ~models.Q(target_unit="")),
                name="goal_target_of_a_measure",
            ),
            models.CheckConstraint(
                condition=models.Q(counts_for_days__gte=1, counts_for_days__lte=3660), name="goal_value_counts"
            ),
        ]
        indexes = [models.Index("patient", models.F("recorded_at").desc(), models.F("id").desc(), name="goal_newest")]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "status", "achievement",
            "care_plan", "started_on", "due_on", "note", "measure_system", "measure_code", "measure_display",
            "target_low", "target_high", "target_unit", "counts_for_days",
        )  # fmt: skip
        technical = ("id", "template_key")
