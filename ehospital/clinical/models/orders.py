"""What was asked for: tests, images, opinions, care; what became of it is a report with its results."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.documents import DiagnosticReport
from ehospital.clinical.models.entries import ChartEntry, Coded, Revisable, only_choices
from ehospital.foundation.models import AppendOnlyModel
from ehospital.kernel.identifiers import uuid7
from ehospital.people.models import Patient, StaffMember, Unit


class OrderStatus(models.TextChoices):
    """FHIR request status."""

    DRAFT = "draft", _("Not signed yet")
    ACTIVE = "active", _("Open")
    ON_HOLD = "on-hold", _("On hold")
    REVOKED = "revoked", _("Cancelled")
    COMPLETED = "completed", _("Done")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class OrderKind(models.TextChoices):
    """Who it goes to."""

    LABORATORY = "laboratory", _("Laboratory")
    IMAGING = "imaging", _("Imaging")
    REFERRAL = "referral", _("Referral")
    NURSING = "nursing", _("Nursing")


class OrderIntent(models.TextChoices):
    """FHIR request intent: how far it is meant."""

    PROPOSAL = "proposal", _("Proposed")
    PLAN = "plan", _("Planned")
    ORDER = "order", _("Ordered")


class OrderPriority(models.TextChoices):
    """FHIR request priority."""

    ROUTINE = "routine", _("Routine")
    URGENT = "urgent", _("Urgent")
    ASAP = "asap", _("As soon as possible")
    STAT = "stat", _("At once")


class Order(Coded, Revisable, ChartEntry):
    """A FHIR ServiceRequest. `recorded_by` asked for it; `recipient` gets the result, until they hand it over."""

    Status = OrderStatus
    Kind = OrderKind
    Intent = OrderIntent
    Priority = OrderPriority

    status = models.CharField(max_length=16, choices=Status)
    intent = models.CharField(max_length=8, choices=Intent, default=Intent.ORDER)
    kind = models.CharField(max_length=10, choices=Kind)
    priority = models.CharField(max_length=7, choices=Priority, default=Priority.ROUTINE)
    item = models.CharField(max_length=40, blank=True, help_text="A key of the catalogue; empty for an import.")
    reason = models.CharField(max_length=1000, blank=True)
    note = models.TextField(blank=True)
    occurs_at = models.DateTimeField(null=True, blank=True, help_text="When it is to be done; none: now.")
    recipient = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="The unit that asks."
    )
    performer = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="The unit that is asked."
    )
    performer_text = models.CharField(max_length=250, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True, db_default="")
    end_reason = models.CharField(max_length=1000, blank=True, db_default="", help_text="Why it was cancelled.")

    class Meta:
        constraints = [
            only_choices("status", OrderStatus.values, "order_status"),
            only_choices("intent", OrderIntent.values, "order_intent"),
            only_choices("kind", OrderKind.values, "order_kind"),
            only_choices("priority", OrderPriority.values, "order_priority"),
            models.CheckConstraint(condition=~Q(display=""), name="order_has_words"),
            models.CheckConstraint(
                condition=Q(status__in=["revoked", "completed"], ended_at__isnull=False)
                | Q(status="entered-in-error")
                | Q(status__in=["draft", "active", "on-hold"], ended_at=None),
                name="order_that_is_over_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(status="revoked") | Q(end_reason__regex=r"\S"), name="cancelled_order_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None) | Q(accepted_at__isnull=False, kind="referral"),
                name="only_a_referral_is_accepted",
            ),
        ]
        indexes = [
            models.Index("patient", F("recorded_at").desc(), F("id").desc(), name="order_newest"),
            models.Index("kind", "recorded_at", name="order_open", condition=Q(status__in=["active", "on-hold"])),
            models.Index("recipient", name="order_recipient", condition=Q(recipient__isnull=False)),
        ]

    class Privacy:
        identifying = (
            "patient", "recorded_by", "recorded_by_text", "revised_by", "recipient", "accepted_by", "ended_by",
        )  # fmt: skip
        clinical = (
            "encounter", "recorded_at", "revised_at", "code_system", "code", "display", "other_codes", "status",
            "intent", "kind", "priority", "reason", "note", "occurs_at", "accepted_at", "ended_at", "end_reason",
        )  # fmt: skip
        technical = ("id", "version", "item", "unit", "performer", "performer_text")


class Acknowledgement(AppendOnlyModel):
    """Somebody has read one version of a result: who, when, and what follows from it."""

    refiled_by = "people_refiled_only"  # a merge of two records of one person takes it along
    stream_grant = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    report = models.ForeignKey(DiagnosticReport, on_delete=models.PROTECT, related_name="acknowledgements")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    staff_name = models.CharField(max_length=200, help_text="As they were called then.")
    comment = models.TextField(blank=True)
    follow_up = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "staff"], name="acknowledged_once")]
        indexes = [
            models.Index(fields=["patient", "at"], name="acknowledgement_of_patient"),
            models.Index(fields=["staff"], name="acknowledgement_by"),
        ]

    class Privacy:
        identifying = ("patient", "staff", "staff_name")
        clinical = ("report", "comment", "follow_up", "at")
        technical = ("id",)


class CriticalCall(AppendOnlyModel):
    """A telephone call about a critical result: who called whom, and whether it was read back."""

    refiled_by = "people_refiled_only"
    stream_grant = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(DiagnosticReport, on_delete=models.PROTECT, related_name="calls")
    caller = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", db_index=False)
    caller_name = models.CharField(max_length=200)
    called = models.CharField(max_length=250, help_text="Whom, in words.")
    read_back = models.BooleanField(help_text="Whoever was called repeated the value.")
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(called__regex=r"\S"), name="somebody_was_called")]

    class Privacy:
        identifying = ("patient", "caller", "caller_name", "called")
        clinical = ("report", "read_back", "note", "at")
        technical = ("id",)
