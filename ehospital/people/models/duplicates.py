"""What possible duplicates are found by, and the pairs that somebody has to look at."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember


class PatientTraits(models.Model):
    """A patient's details folded for comparison, and the keys that lead to them; kept by people.actions.

    A copy, so that one index look-up answers what else would take five tables.
    """

    keeps_history = False  # a copy of what the other tables say

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, primary_key=True, related_name="traits")
    keys = ArrayField(models.TextField(), help_text="See people.comparing.")
    told = models.JSONField(help_text="See people.comparing.")
    compared = models.BooleanField(default=False, help_text="Compared with everybody since the details changed.")

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="patient_traits_keys", fastupdate=False),
            models.Index(fields=["patient"], name="patient_traits_new", condition=models.Q(compared=False)),
        ]

    class Privacy:
        identifying = ("patient", "keys", "told")
        clinical = ()
        technical = ("compared",)


class DuplicatePair(Record):
    """Two records that may be of one person, and what was decided of them. `first` has the lower id."""

    keeps_history = False  # tells of two records, not of one

    class State(models.TextChoices):
        """What became of the pair."""

        OPEN = "open", _("To be looked at")
        DIFFERENT = "different", _("Two people")
        MERGED = "merged", _("One person, merged")

    first = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    probability = models.FloatField(help_text="0 to 1, as algorithms.matching judged it.")
    reasons = models.JSONField(default=list, help_text="[[code, weight in bits], …], the weightiest first.")
    version = models.CharField(max_length=40, help_text="Of the algorithm.")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    row_version = models.PositiveIntegerField(default=1, help_text="Rises with every decision.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "different", "merged"]), name="duplicate_pair_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(decided_at__isnull=False),
                name="duplicate_pair_decided_when",
            ),
        ]
        indexes = [
            models.Index(fields=["-probability", "id"], name="duplicate_pairs_open", condition=models.Q(state="open")),
            models.Index(fields=["second"], name="duplicate_pair_second"),
        ]

    class Privacy:
        identifying = ("first", "second", "decided_by")
        clinical = ()
        technical = (
            "id", "state", "probability", "reasons", "version", "found_at", "decided_at", "row_version",
        )  # fmt: skip
