"""What a patient says is wrong in the record, and what became of it (GDPR art. 16)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import only_choices
from ehospital.foundation.models import Record
from ehospital.people.models import Patient, StaffMember


class RectificationState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Corrected")
    DECLINED = "declined", _("Not changed")
    WITHDRAWN = "withdrawn", _("Taken back")


class Rectification(Record):
    """One request of a patient, about one line of the record or, without one, about the patient's details.

    An accepted one names the change that was made (`change`, a number of the audit trail). A declined one keeps the
    patient's own statement with the line.
    """

    State = RectificationState

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, blank=True, help_text="A key of `policies.mistakes.KINDS`; empty: details.")
    entry_id = models.UUIDField(null=True, blank=True)
    about = models.CharField(max_length=1000, help_text="What the line said when the patient asked.")
    wrong = models.TextField(help_text="What is wrong, in the patient's words.")
    should_be = models.TextField(blank=True, help_text="What should be there instead.")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    asked_by_id = models.CharField(max_length=64, help_text="The actor: the patient, or who acts for them.")
    asked_by_name = models.CharField(max_length=200)
    due_on = models.DateField(help_text="The last day on which an answer is in time.")
    answer = models.TextField(blank=True, help_text="What the patient reads.")
    answered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    change = models.BigIntegerField(null=True, blank=True, help_text="The audit event of the change that was made.")
    statement = models.TextField(blank=True, help_text="Of disagreement, in the patient's words.")
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            only_choices("state", RectificationState.values, "rectification_state"),
            models.CheckConstraint(condition=Q(wrong__regex=r"\S"), name="rectification_says_what"),
            models.CheckConstraint(
                condition=Q(kind="", entry_id=None) | (~Q(kind="") & Q(entry_id__isnull=False)),
                name="rectification_of_a_line_or_of_details",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"], answer="", answered_by=None, answered_at=None)
                | Q(
                    state__in=["accepted", "declined"],
                    answer__regex=r"\S",
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="rectification_answered_whole",
            ),
            models.CheckConstraint(
                condition=(Q(state="accepted") & Q(change__isnull=False)) | (~Q(state="accepted") & Q(change=None)),
                name="rectification_accepted_with_its_change",
            ),
            models.CheckConstraint(
                condition=Q(statement="", stated_at=None)
                | Q(state="declined", statement__regex=r"\S", stated_at__isnull=False),
                name="statement_against_a_refusal",
            ),
            models.UniqueConstraint(
                fields=["patient", "kind", "entry_id"],
                condition=Q(state="open") & ~Q(kind=""),
                name="rectification_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-asked_at", "-id"], name="rectification_newest"),
            models.Index(fields=["due_on", "id"], name="rectification_due", condition=Q(state="open")),
        ]

    class Privacy:
        identifying = ("patient", "asked_by_id", "asked_by_name", "answered_by")
        clinical = ("kind", "entry_id", "about", "wrong", "should_be", "answer", "statement", "change")
        technical = ("id", "state", "asked_at", "due_on", "answered_at", "stated_at")
