"""What a plan answers to, what was made of it, and what was done: the last two are append-only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.care_plans import CareActivity, CarePlan
from ehospital.clinical.models.entries import only_choices
from ehospital.clinical.models.problems import Problem
from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient


class PlanProblem(Record):
    """That a plan is for a problem (FHIR CarePlan.addresses)."""

    stream_grant = ""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    care_plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="for_problems")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["care_plan", "problem"], name="plan_problem_once")]

    class Privacy:
        identifying = ("patient",)
        clinical = ("care_plan", "problem")
        technical = ("id",)


class PlanStep(models.TextChoices):
    """What somebody did with a plan."""

    MADE = "made", _("Made")
    ADAPTED = "adapted", _("Adapted")
    MOVED = "moved", _("State changed")
    JUDGED = "judged", _("Goal judged")


class PlanChange(AppendOnlyModel):
    """One thing that was made of a plan: a target that differs from the template, a state, and why.

    `before` and `after` hold the value as the column does, or an object for a target, a timing, and who does it.
    """

    Step = PlanStep
    stream_grant = ""
    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    care_plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="changes")
    step = models.CharField(max_length=8, choices=Step)
    about = models.CharField(max_length=1000, blank=True, help_text="The goal or activity, in its words.")
    field = models.CharField(max_length=20, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64, help_text="The actor, as in the audit trail.")
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [only_choices("step", PlanStep.values, "plan_change_step")]

    class Privacy:
        identifying = ("patient", "by_id", "by_name")
        clinical = ("care_plan", "step", "about", "field", "before", "after", "reason", "at")
        technical = ("id",)


class Outcome(models.TextChoices):
    """What somebody said."""

    DONE = "done", _("Done")
    MISSED = "missed", _("Could not be done")
    NOTE = "note", _("Note to the team")


class SaidBy(models.TextChoices):
    """On whose word it stands."""

    TEAM = "team", _("The team")
    PATIENT = "patient", _("The patient")
    PROXY = "proxy", _("Somebody who acts for the patient")


class CareActivityEvent(AppendOnlyModel):
    """That an activity was done or could not be, on a day; a note to the team; or, where `undoes` is set, neither."""

    Outcome = Outcome
    SaidBy = SaidBy
    stream_grant = ""
    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    care_plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="events")
    activity = models.ForeignKey(CareActivity, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    outcome = models.CharField(max_length=6, choices=Outcome)
    on = models.DateField(help_text="The day for which it counts.")
    words = models.CharField(max_length=1000, blank=True, help_text="Why it could not be done, or the note.")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    said_by = models.CharField(max_length=7, choices=SaidBy)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64, help_text="The actor, as in the audit trail.")
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            only_choices("outcome", Outcome.values, "care_event_outcome"),
            only_choices("said_by", SaidBy.values, "care_event_said_by"),
            models.CheckConstraint(condition=Q(outcome=Outcome.NOTE) ^ Q(activity__isnull=False), name="care_note"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.DONE) | Q(undoes__isnull=False) | Q(words__regex=r"\S"),
                name="care_event_has_words",
            ),
        ]
        indexes = [models.Index(fields=["care_plan", "on"], name="care_event_of_plan")]

    class Privacy:
        identifying = ("patient", "by_id", "by_name")
        clinical = ("care_plan", "activity", "outcome", "on", "words", "undoes", "said_by", "at")
        technical = ("id",)
