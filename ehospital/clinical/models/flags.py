"""What everybody who enters the room must know before they touch the patient."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, ends_after_start, only_choices


class SafetyFlagKind(models.TextChoices):
    """The flags that a ward board knows; `OTHER` says it in words."""

    FALLS = "falls", _("Falls risk")
    ISOLATION = "isolation", _("Isolation")
    DNACPR = "dnacpr", _("Do not attempt CPR")
    NIL_BY_MOUTH = "nil-by-mouth", _("Nil by mouth")
    ONE_TO_ONE = "one-to-one", _("One-to-one care")
    PRESSURE_ULCER = "pressure-ulcer", _("Pressure ulcer risk")
    WANDERING = "wandering", _("May leave unattended")
    VIOLENCE = "violence", _("Risk of violence")
    SELF_HARM = "self-harm", _("Risk of self-harm")
    DIFFICULT_AIRWAY = "difficult-airway", _("Difficult airway")
    BLEEDING = "bleeding", _("Bleeding risk")
    SWALLOWING = "swallowing", _("Swallowing risk")
    SAFEGUARDING = "safeguarding", _("Safeguarding")
    OTHER = "other", _("Other")


class SafetyFlag(ChartEntry):
    """A risk or an instruction for everybody at the bedside, from when until when; never summed up as “+1”."""

    Kind = SafetyFlagKind

    kind = models.CharField(max_length=16, choices=Kind)
    words = models.CharField(max_length=250, blank=True, help_text="What exactly: contact isolation, MRSA.")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)

    class Meta:
        constraints = [
            only_choices("kind", SafetyFlagKind.values, "flag_kind"),
            ends_after_start("started_at", "ended_at", "flag_ends_after_start"),
            models.CheckConstraint(
                condition=~models.Q(kind="other") | ~models.Q(words=""), name="other_flag_has_words"
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=models.Q(ended_at=None, entered_in_error=False) & ~models.Q(kind="other"),
                name="flag_raised_once",
            ),
        ]
        indexes = [models.Index("patient", models.F("started_at").desc(), models.F("id").desc(), name="flag_newest")]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text")
        clinical = ("encounter", "recorded_at", "kind", "words", "started_at", "ended_at", "entered_in_error")
        technical = ("id",)
