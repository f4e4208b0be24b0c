"""What patients want to know of who looked: questions about a look, and messages when the record is opened."""

from django.db import models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember


class LookQuestion(Record):
    """A patient asks why somebody looked; a privacy officer answers, and the answer is shown beside the look."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="look_questions")
    event = models.BigIntegerField(help_text="The number of the audit event that is asked about.")
    looker_id = models.CharField(max_length=64)
    looker_name = models.CharField(max_length=200)
    looked_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "event"], name="look_asked_about_once"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_by=None, answered_at=None)
                | models.Q(
                    GreaterThanOrEqual(Length(Trim("answer")), 1),
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="look_answer_whole",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="look_to_answer", condition=models.Q(answer=""))]

    class Privacy:
        identifying = ("patient", "looker_id", "looker_name", "answered_by")
        clinical = ("answer",)
        technical = ("id", "event", "looked_at", "asked_at", "answered_at")


class LookNotice(Record):
    """A patient wants a message when the record is opened; the row goes when they want it no more."""

    keeps_history = False  # what the worker has seen already is noted here every minute

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="look_notice")
    email = models.EmailField()
    since = models.DateTimeField()
    scanned_to = models.BigIntegerField(help_text="Up to which audit event looks have been told.")

    class Privacy:
        identifying = ("patient", "email")
        clinical = ()
        technical = ("id", "since", "scanned_to")


class LookMessage(Record):
    """One message to a patient: that one person opened the record on one day."""

    keeps_history = False  # of the machinery of messages

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="look_messages")
    looker_id = models.CharField(max_length=64)
    on = models.DateField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "looker_id", "on"], name="one_message_a_viewer_and_day")
        ]

    class Privacy:
        identifying = ("patient", "looker_id")
        clinical = ()
        technical = ("id", "on", "sent_at")
