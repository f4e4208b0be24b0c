"""A notice that somebody must act on, the steps of its ladder that were told, and who has it on the screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models import Patient, StaffMember


class Notice(Record):
    """Something that somebody must act on; it is told until it is settled. One open notice per kind and subject."""

    class Kind(models.TextChoices):
        """What happened, in words that name no patient."""

        CRITICAL_RESULT = "critical_result", _("A critical result waits")
        BROKEN_GLASS = "broken_glass", _("A chart was opened outside of care")
        PATIENT_QUESTION = "patient_question", _("A patient asks why somebody looked")
        INFECTED_DOCUMENT = "infected_document", _("A virus was found in a document")

    kind = models.CharField(max_length=24, choices=Kind)
    subject = models.CharField(max_length=200, help_text="What it is about, such as result:<id>.")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    url = models.CharField(max_length=500, help_text="Where it is acted on: a path inside this hospital.")
    ladder = models.JSONField(help_text="The steps as `details.to_json` writes them.")
    announced_at = models.DateTimeField()
    position = models.PositiveIntegerField(
        default=0, help_text="The step that comes next; goes on counting in repeats."
    )
    lead = models.DurationField(help_text="How much earlier than planned everything comes by now.")
    next_at = models.DateTimeField(null=True, help_text="When the next step is due; none once settled.")
    unreached_at = models.DateTimeField(null=True, help_text="Since when the newest step is known to reach nobody.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True, help_text="Who acted, as they are called.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(settled_at=None), name="one_open_notice_per_subject"
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at=None, next_at__isnull=False, settled_by="")
                | (models.Q(settled_at__isnull=False, next_at=None) & ~models.Q(settled_by="")),
                name="notice_open_or_settled",
            ),
            models.CheckConstraint(
                condition=models.Q(url__startswith="/") & ~models.Q(url__startswith="//"),
                name="notice_leads_into_this_hospital",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="notices_due", condition=models.Q(settled_at=None)),
            models.Index(fields=["patient", "-announced_at"], name="notices_of_patient"),
        ]

    class Privacy:
        identifying = ("patient", "settled_by")
        clinical = ("kind",)
        technical = (
            "id", "subject", "url", "ladder", "announced_at", "position", "lead", "next_at", "unreached_at",
            "settled_at",
        )  # fmt: skip


class NoticeStep(Record):
    """One step of a notice that was told."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField()
    reached = models.BooleanField(null=True, help_text="Whether it reached anybody; unknown until its messages left.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "position"], name="step_told_once")]

    class Privacy:
        identifying = ()
        clinical = ()
        technical = ("id", "notice", "position", "due_at", "told_at", "reached")


class ToldPerson(Record):
    """That somebody has a notice on the screen, and whether they have seen it since they were told last."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="people")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="notices")
    told_at = models.DateTimeField(help_text="When they were told last.")
    times = models.PositiveIntegerField(default=1)
    seen_at = models.DateTimeField(null=True)
    relieved_at = models.DateTimeField(
        null=True, help_text="Since when somebody else has it in their place; being told again ends that."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "staff"], name="notice_waits_once_for_a_person")]
        indexes = [models.Index(fields=["staff", "-told_at"], name="notices_of_person")]

    class Privacy:
        identifying = ("staff",)
        clinical = ()
        technical = ("id", "notice", "told_at", "times", "seen_at", "relieved_at")
