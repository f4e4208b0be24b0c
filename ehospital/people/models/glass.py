"""Broken glass: a chart opened outside of care, for an hour at most, with a reason that somebody reviews."""

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember

SHORTEST_REASON = 10
OPEN_FOR = timedelta(minutes=60)


class BrokenGlass(Record):
    """A clinician opened the chart of one patient who was not in their care; a privacy officer judges it afterwards."""

    decides_access = True

    class Kind(models.TextChoices):
        """Why it was needed, as the patient will read it."""

        EMERGENCY = "emergency", _("Emergency: the patient is in danger")
        COVERING = "covering", _("Covering for a colleague who has the patient in care")
        ADVICE = "advice", _("Asked for advice by those who care for the patient")
        ARRIVAL = "arrival", _("The patient is here and not registered with us yet")
        WISH = "wish", _("The patient asks for it")
        OTHER = "other", _("Another reason")

    class Verdict(models.TextChoices):
        """What the review found."""

        JUSTIFIED = "justified", _("Justified")
        NOT_JUSTIFIED = "not-justified", _("Not justified")

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="broken_glass")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="broken_glass")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.TextField()
    opened_at = models.DateTimeField()
    during = DateTimeRangeField(help_text="While the chart is open; its end comes nearer when it is closed early.")
    needs_second = models.BooleanField(default=False, help_text="The record was sealed: a second clinician must agree.")
    against_refusal = models.BooleanField(default=False, help_text="The patient had refused that they open it.")
    code = models.CharField(max_length=6, blank=True, help_text="What the second clinician types.")
    second = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="agreed_glass")
    verdict = models.CharField(max_length=16, choices=Verdict, blank=True)
    reviewed_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="reviewed_glass")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("reason")), SHORTEST_REASON),
                name="glass_reason_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(during__isempty=True)
                | models.Q(
                    during__upper_inf=False,
                    during__startswith=models.F("opened_at"),
                    during__endswith__lte=models.F("opened_at") + OPEN_FOR,
                ),
                name="glass_open_for_an_hour_at_most",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_by=None, reviewed_at=None, review_note="")
                | (models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~models.Q(verdict="")),
                name="glass_review_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("staff")),
                name="glass_not_reviewed_by_oneself",
            ),
            models.CheckConstraint(
                condition=models.Q(second=None) | ~models.Q(second=models.F("staff")), name="glass_second_is_another"
            ),
            ExclusionConstraint(
                name="glass_broken_once",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("patient", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-opened_at"], name="glass_of_patient"),
            models.Index(fields=["opened_at"], name="glass_to_review", condition=models.Q(verdict="")),
        ]

    class Privacy:
        identifying = ("staff", "patient", "second", "reviewed_by")
        clinical = ("kind", "reason", "review_note")
        technical = ("id", "opened_at", "during", "needs_second", "against_refusal", "code", "verdict", "reviewed_at")

    @property
    def ends_at(self) -> datetime:
        """When the chart closes, or closed."""
        ends: datetime | None = self.during.upper
        return ends or self.opened_at  # closed in the moment of its opening, the period is empty
