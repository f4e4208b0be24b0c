"""What clinicians write in words: a draft of its author's alone, a note once it is signed, and what was added later."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.encounters import Encounter
from ehospital.clinical.models.entries import only_choices
from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient, StaffMember


class NoteKind(models.TextChoices):
    """What a note is for; each has its template."""

    ADMISSION = "admission", _("Admission")
    WARD_ROUND = "ward-round", _("Ward round")
    OUTPATIENT = "outpatient", _("Outpatient visit")
    DISCHARGE = "discharge", _("Discharge summary")
    OTHER = "other", _("Note")


class Note(AppendOnlyModel):
    """A signed note, or an addendum to one (`amends`). Nothing changes it any more, in Python or in SQL."""

    Kind = NoteKind
    stream_grant = ""
    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    amends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="addenda")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    author = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    author_name = models.CharField(max_length=200, help_text="As they were called when they signed.")
    started_at = models.DateTimeField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            only_choices("kind", NoteKind.values, "note_kind"),
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="note_says_something"),
            models.CheckConstraint(condition=~Q(amends=models.F("id")), name="note_amends_another"),
        ]
        indexes = [models.Index("patient", models.F("signed_at").desc(), models.F("id").desc(), name="note_newest")]

    class Privacy:
        identifying = ("patient", "author", "author_name")
        clinical = ("encounter", "amends", "kind", "text", "started_at", "signed_at")
        technical = ("id",)


class NoteDraft(Record):
    """What an author is writing: one of each kind about a patient, and one addendum to a note. It becomes the note.

    `version` counts what was kept. One editor (one open page) numbers what it sends, so that its last word stands also
    when it comes before an answer to the word before.
    """

    Kind = NoteKind
    stream_grant = ""
    keeps_history = False  # its author's alone, and kept anew every two seconds

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    amends = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(blank=True)
    begun_with = models.TextField(blank=True, help_text="What the template said: that alone cannot be signed.")
    author = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    editor = models.CharField(max_length=36, blank=True)
    turn = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            only_choices("kind", NoteKind.values, "draft_kind"),
            models.UniqueConstraint(
                fields=["author", "patient", "kind", "amends"], name="draft_once", nulls_distinct=False
            ),
        ]

    class Privacy:
        identifying = ("patient", "author")
        clinical = ("encounter", "amends", "kind", "text", "begun_with", "started_at", "kept_at")
        technical = ("id", "version", "editor", "turn")
