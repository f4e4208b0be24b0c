"""The ledger of merges: what was moved and changed when two records became one, so that it can be undone exactly."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import AppendOnlyModel, Record
from ehospital.people.models.patients import Patient


class PatientMerge(Record, AppendOnlyModel):
    """One record was merged into another. Nothing of it is deleted; `absorbed` points to `survivor` from now on."""

    keeps_history = False  # the ledger of merges is a history itself

    stream_grant = ""

    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(survivor=models.F("absorbed")), name="merge_of_two_records")
        ]
        indexes = [models.Index(fields=["absorbed", "-at"], name="merges_of_absorbed")]

    class Privacy:
        identifying = ("survivor", "absorbed", "reason", "actor_id", "actor_name")
        clinical = ()
        technical = ("id", "at", "actor_kind")


class MergedRow(Record, AppendOnlyModel):
    """One row that a merge touched: where it was moved from and to, or which columns it changed."""

    keeps_history = False  # the ledger of merges is a history itself

    stream_grant = ""

    class Kind(models.TextChoices):
        """What was done to the row."""

        MOVED = "moved", _("Moved to the other record")
        CHANGED = "changed", _("Changed")
        REMOVED = "removed", _("Removed")

    merge = models.ForeignKey(PatientMerge, on_delete=models.PROTECT, related_name="rows")
    table = models.CharField(max_length=80, help_text="The model: people.PatientName.")
    row = models.CharField(max_length=80, help_text="Its primary key, as text.")
    kind = models.CharField(max_length=8, choices=Kind)
    column = models.CharField(max_length=60, blank=True, help_text="The column that named the patient, when moved.")
    before = models.JSONField(default=dict, help_text="Column → value before; the whole row where it may be rewritten.")
    after = models.JSONField(default=dict, help_text="Column → value that the merge set.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "table", "row", "column", "kind"], name="merged_row_once")
        ]

    class Privacy:
        identifying = ("row", "before", "after")
        clinical = ()
        technical = ("id", "merge", "table", "kind", "column")


class PatientUnmerge(Record, AppendOnlyModel):
    """A merge was undone."""

    keeps_history = False  # the ledger of merges is a history itself

    stream_grant = ""

    merge = models.OneToOneField(PatientMerge, on_delete=models.PROTECT, related_name="undone")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)

    class Privacy:
        identifying = ("reason", "actor_id", "actor_name")
        clinical = ()
        technical = ("id", "merge", "at", "actor_kind")
