"""Structured forms: what they ask (one row for each version), what somebody is filling in, and what was finished."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ehospital.clinical.models.encounters import Encounter
from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient, StaffMember


class FormDefinition(AppendOnlyModel):
    """One version of a form, a FHIR Questionnaire. It never changes: what was answered stays what was asked."""

    stream_grant = ""
    guards_charts = False  # what is asked, of nobody

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=250, help_text="Which form it is, whatever its version.")
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=250)
    content = models.JSONField(help_text="The Questionnaire, whole.")
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["url", "version"], name="form_version_once")]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "url", "version", "title", "content", "loaded_at", "loaded_by")


class FilledForm(AppendOnlyModel):
    """A finished form (`edition` 1), or a later edition of one (`amends` is the first). Nothing of it ever changes.

    `answers` are as `algorithms.questionnaires` stores them; `result` is what its scores came to, in words.
    """

    stream_grant = ""
    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    definition = models.ForeignKey(FormDefinition, on_delete=models.PROTECT, related_name="+")
    amends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="amendments")
    edition = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=250)
    result = models.CharField(max_length=1000, blank=True)
    answers = models.JSONField()
    observation_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    observation_keys = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    flag_ids = ArrayField(models.UUIDField(), default=list, blank=True, help_text="The safety flags that it raised.")
    author = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    author_name = models.CharField(max_length=200, help_text="As they were called when they finished it.")
    reason = models.CharField(max_length=2000, blank=True, help_text="Why it was amended.")
    answered_at = models.DateTimeField(help_text="When the first edition was finished: the answers are of then.")
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["amends", "edition"], name="form_edition_once"),
            models.CheckConstraint(
                condition=Q(amends=None, edition=1) | Q(amends__isnull=False, edition__gt=1), name="first_edition_is_1"
            ),
            models.CheckConstraint(condition=~Q(amends=models.F("id")), name="form_amends_another"),
            models.CheckConstraint(
                condition=Q(observation_ids__len=models.F("observation_keys__len")), name="observation_has_key"
            ),
        ]
        indexes = [models.Index("patient", models.F("answered_at").desc(), models.F("id").desc(), name="form_newest")]

    class Privacy:
        identifying = ("patient", "author", "author_name")
        clinical = (
            "encounter", "definition", "amends", "edition", "title", "result", "answers", "observation_ids", "flag_ids",
            "reason", "answered_at", "finished_at",
        )  # fmt: skip
        technical = ("id", "observation_keys")


class FormDraft(Record):
    """A form that is being filled: of each kind one about a patient, open to everybody who may write there.

    That it is one is kept by the lock of the chart and not by a constraint: two records of one person may each have
    one, and are to be merged all the same. `version` counts what was kept; an `editor` (one open page) numbers it.
    """

    stream_grant = ""
    keeps_history = False  # no part of the record yet, and kept anew at every answer

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    definition = models.ForeignKey(FormDefinition, on_delete=models.PROTECT, related_name="+", db_index=False)
    amends = models.ForeignKey(
        FilledForm, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    editor = models.CharField(max_length=36, blank=True)
    turn = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    kept_by = models.CharField(max_length=200)
    kept_at = models.DateTimeField()

    class Privacy:
        identifying = ("patient", "started_by", "kept_by")
        clinical = ("encounter", "definition", "amends", "answers", "started_at", "kept_at")
        technical = ("id", "version", "editor", "turn")
