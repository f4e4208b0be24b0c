"""An outpatient visit on one page: what its author is typing, and how it was finished."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ehospital.clinical.models.encounters import Encounter
from ehospital.clinical.models.notes import Note
from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient, StaffMember


class VisitDraft(Record):
    """What an author has typed into the page of a visit, but for the note: that is a `NoteDraft` of its own.

    `version`, `editor` and `turn` are as in `NoteDraft`: two windows never overwrite each other unseen.
    """

    stream_grant = ""
    keeps_history = False  # its author's alone, and kept anew every two seconds

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    fields = models.JSONField(default=dict, help_text="Field of the page → what stands in it.")
    version = models.PositiveIntegerField(default=1)
    editor = models.CharField(max_length=36, blank=True)
    turn = models.PositiveIntegerField(default=0)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encounter", "author"], name="visit_draft_once")]

    class Privacy:
        identifying = ("patient", "author")
        clinical = ("encounter", "fields", "kept_at")
        technical = ("id", "version", "editor", "turn")


class Visit(AppendOnlyModel):
    """How a visit ended: which note tells of it, which problems it dealt with, when the patient shall come again.

    A visit that was opened again and finished again has two; the newest counts.
    """

    stream_grant = ""
    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="+")
    problem_ids = ArrayField(models.UUIDField(), default=list, blank=True, help_text="The problems dealt with.")
    follow_up_on = models.DateField(null=True, blank=True, help_text="The wished day of the next appointment.")
    follow_up_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Or after how many days.")
    follow_up_for = models.CharField(max_length=500, blank=True, help_text="What the next appointment is for.")
    finished_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    finished_by_name = models.CharField(max_length=200)
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(follow_up_on=None) | Q(follow_up_days=None), name="visit_follow_up_is_one_wish"
            ),
            models.CheckConstraint(
                condition=Q(follow_up_days=None) | Q(follow_up_days__gte=1, follow_up_days__lte=1098),
                name="visit_follow_up_days_make_sense",
            ),
        ]
        indexes = [models.Index(fields=["encounter", "-finished_at"], name="visit_of_encounter")]

    class Privacy:
        identifying = ("patient", "finished_by", "finished_by_name")
        clinical = (
            "encounter", "note", "problem_ids", "follow_up_on", "follow_up_days", "follow_up_for", "finished_at",
        )  # fmt: skip
        technical = ("id",)
