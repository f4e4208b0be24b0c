"""Pregnancies, past and present: what gravida, para and the day of delivery are worked out from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import ChartEntry, Revisable, only_choices, precision_field


class PregnancyOutcome(models.TextChoices):
    """How it ended."""

    ONGOING = "ongoing", _("Pregnant now")
    LIVE_BIRTH = "live-birth", _("Live birth")
    STILLBIRTH = "stillbirth", _("Stillbirth")
    MISCARRIAGE = "miscarriage", _("Miscarriage")
    TERMINATION = "termination", _("Termination")
    ECTOPIC = "ectopic", _("Ectopic pregnancy")
    MOLAR = "molar", _("Molar pregnancy")


class PregnancyDelivery(models.TextChoices):
    """How the child was born."""

    NOT_TOLD = "", _("Not told")
    VAGINAL = "vaginal", _("Vaginal")
    ASSISTED = "assisted", _("Vaginal, with forceps or vacuum")
    CAESAREAN = "caesarean", _("Caesarean")


class Pregnancy(Revisable, ChartEntry):
    """One pregnancy. `weeks` are the completed weeks at its end; an ongoing one is dated by `last_period_on`."""

    Outcome = PregnancyOutcome
    Delivery = PregnancyDelivery

    outcome = models.CharField(max_length=11, choices=PregnancyOutcome)
    last_period_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_precision = precision_field()
    weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    children = models.PositiveSmallIntegerField(default=1)
    delivery = models.CharField(max_length=9, choices=PregnancyDelivery, blank=True)
    note = models.TextField(blank=True)
    entered_in_error = models.BooleanField(default=False)

    class Meta:
        constraints = [
            only_choices("outcome", PregnancyOutcome.values, "pregnancy_outcome"),
            only_choices("delivery", PregnancyDelivery.values, "pregnancy_delivery"),
            models.CheckConstraint(condition=models.Q(weeks=None) | models.Q(weeks__lte=45), name="pregnancy_weeks"),
            models.CheckConstraint(
                condition=models.Q(children__gte=1) & models.Q(children__lte=9), name="pregnancy_children"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="ongoing") | models.Q(ended_at=None, weeks=None, delivery=""),
                name="ongoing_has_not_ended",
            ),
        ]
        indexes = [models.Index("patient", models.F("ended_at").desc(), models.F("id").desc(), name="pregnancy_newest")]

    class Privacy:
        identifying = ("patient", "recorded_by", "recorded_by_text", "revised_by")
        clinical = (
            "encounter", "recorded_at", "revised_at", "outcome", "last_period_on", "ended_at", "ended_precision",
            "weeks", "children", "delivery", "note", "entered_in_error",
        )  # fmt: skip
        technical = ("id", "version")
