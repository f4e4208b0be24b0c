"""Letters, notes and reports: who wrote what when; the content is a file of the record."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, Coded, ends_after_start, only_choices, precision_field
from ehospital.foundation.models import OPEN_STATES, FileState


class DocumentStatus(models.TextChoices):
    """FHIR document reference status."""

    CURRENT = "current", _("Current")
    SUPERSEDED = "superseded", _("Superseded")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class StateNotAsked(RuntimeError):
    """A page asks whether a document opens, and its query did not (`queries.lists.with_file_state`)."""


class Document(Coded, ChartEntry):
    """A FHIR DocumentReference, or the printed form of a report. `file_key` is a key of `foundation.files`."""

    Status = DocumentStatus
    status = models.CharField(max_length=16, choices=Status)
    category = models.CharField(max_length=250, blank=True)
    title = models.CharField(max_length=500, blank=True)
    written_at = models.DateTimeField()
    file_key = models.CharField(max_length=64, blank=True, help_text="Empty when the source kept the content.")
    file_name = models.CharField(max_length=250, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    location = models.CharField(max_length=1000, blank=True, help_text="Where the source keeps the content.")

    class Meta:
        constraints = [
            only_choices("status", DocumentStatus.values, "document_status"),
            models.CheckConstraint(
                condition=models.Q(file_key="") | models.Q(file_key__regex="^[0-9a-f]{64}$"), name="document_key"
            ),
        ]
        indexes = [
            models.Index("patient", models.F("written_at").desc(), models.F("id").desc(), name="document_newest")
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "file_name")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "status", "category",
            "title", "written_at", "file_key",
        )  # fmt: skip
        technical = ("id", "content_type", "size_bytes", "location")

    @property
    def state(self) -> str:
        """The state of its file, where a query asked for it; empty without a file. Never a guess."""
        try:
            return str(self.__dict__["file_state"])
        except KeyError:
            raise StateNotAsked(f"the state of the file of document {self.pk} was not asked for") from None

    @property
    def opens(self) -> bool:
        """Whether its content may be read here."""
        return self.state in OPEN_STATES

    @property
    def waits(self) -> bool:
        """Whether its content waits for the virus scanner."""
        return self.state == FileState.WAITING

    @property
    def infected(self) -> bool:
        """Whether the virus scanner found something in it."""
        return self.state == FileState.INFECTED

    @property
    def too_large(self) -> bool:
        """Whether the virus scanner takes no file of its size: nobody opens it."""
        return self.state == FileState.TOO_LARGE

    @property
    def lost(self) -> bool:
        """Whether its content is missing or damaged."""
        return self.state == FileState.LOST


class DiagnosticReportStatus(models.TextChoices):
    """FHIR diagnostic report status."""

    REGISTERED = "registered", _("Requested")
    PARTIAL = "partial", _("Partial")
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Amended")
    CORRECTED = "corrected", _("Corrected")
    APPENDED = "appended", _("Appended")
    SUPERSEDED = "superseded", _("Replaced by a newer version")
    CANCELLED = "cancelled", _("Cancelled")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class Weight(models.TextChoices):
    """How much of a report is not as usual; empty for a report whose source did not say."""

    CRITICAL = "critical", _("Critical")
    ABNORMAL = "abnormal", _("Not normal")
    UNJUDGED = "unjudged", _("Not judged")
    NORMAL = "normal", _("Normal")


class DiagnosticReport(Coded, ChartEntry):
    """A report that groups results; `result_ids` are observations of the same patient, in the report's order.

    A report on an order of this hospital never changes: whoever has something else to say writes a new one that points
    at it with `amends`, and only the status of the old one tells that it was replaced. A trigger holds this.
    """

    Status = DiagnosticReportStatus
    Weight = Weight

    status = models.CharField(max_length=16, choices=Status)
    category = models.CharField(max_length=250, blank=True)
    effective_at = models.DateTimeField()
    effective_precision = precision_field()
    effective_until = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    result_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    order = models.ForeignKey(
        "clinical.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="reports", db_index=False
    )
    amends = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="amended_by", db_index=False
    )
    amend_reason = models.CharField(max_length=1000, blank=True, db_default="")
    weight = models.CharField(max_length=8, choices=Weight, blank=True, db_default="")

    class Meta:
        constraints = [
            only_choices("status", DiagnosticReportStatus.values, "report_status"),
            ends_after_start("effective_at", "effective_until", "report_ends_after_start"),
            only_choices("weight", Weight.values, "report_weight", blank=True),
            models.CheckConstraint(
                condition=models.Q(order=None) | ~models.Q(weight=""), name="report_on_an_order_is_weighed"
            ),
            models.CheckConstraint(condition=~models.Q(amends=models.F("id")), name="report_amends_another"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(order__isnull=False) & ~models.Q(status__in=["superseded", "entered-in-error"]),
                name="one_standing_report_of_an_order",
            ),
        ]
        indexes = [
            models.Index("patient", models.F("effective_at").desc(), models.F("id").desc(), name="report_newest"),
            models.Index("order", name="report_of_order", condition=models.Q(order__isnull=False)),
        ]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = (
            "encounter", "recorded_at", "code_system", "code", "display", "other_codes", "status", "category",
            "effective_at", "effective_precision", "effective_until", "issued_at", "conclusion", "result_ids",
            "document", "order", "amends", "amend_reason", "weight",
        )  # fmt: skip
        technical = ("id",)
