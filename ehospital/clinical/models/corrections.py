"""That a line was entered in error, and that this was taken back: who said so, when and why."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from ehospital.foundation.models import AppendOnlyModel
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient


class Correction(AppendOnlyModel):
    """A mark that a line is a mistake; or, where `undoes` is set, that the mark was one.

    `before` holds what the marked column of each row said until then, so that undoing restores exactly that.
    """

    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="A key of `policies.mistakes.KINDS`, or `notes`.")
    entry_id = models.UUIDField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict, help_text="Row → what its column said: status, verification or false.")
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64, help_text="The actor, as in the audit trail.")
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes__isnull=False) | Q(reason__regex=r"\S"), name="correction_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["patient", "entry_id"], name="correction_of_entry")]

    class Privacy:
        identifying = ("patient", "by_id", "by_name")
        clinical = ("kind", "entry_id", "undoes", "reason", "before", "at")
        technical = ("id",)


def standing() -> "QuerySet[Correction]":
    """Return the marks that nobody took back."""
    taken_back = Correction.objects.filter(undoes=OuterRef("pk"))
    return Correction.objects.filter(~Exists(taken_back), undoes=None)
