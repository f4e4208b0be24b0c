"""What every line of a chart has: a patient, perhaps an encounter, and who wrote it down when.

Nothing of a chart is deleted. What was entered in error stays, with the status `entered-in-error`, and no query shows
it among what is true.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models import Patient, StaffMember

if TYPE_CHECKING:
    _Number = models.Field[Decimal | None, Decimal | None]
else:
    _Number = models.Field

ENTERED_IN_ERROR = "entered-in-error"


class Precision(models.TextChoices):
    """How much of an instant is known; an instant of which only the year is known holds the year's first moment."""

    TIME = "time", _("Exact time")
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


class ExactDecimalField(_Number):
    """A number with exactly the digits that were written: 3.10 stays 3.10, and nothing is rounded."""

    description = "A decimal number of any precision"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric"

    def get_internal_type(self) -> str:
        return "ExactDecimalField"


def precision_field() -> "models.CharField[str, str]":
    """Return the column that tells how much of the instant before it is known."""
    return models.CharField(max_length=5, choices=Precision, default=Precision.TIME)


def only_choices(field: str, choices: Iterable[str], name: str, *, blank: bool = False) -> models.CheckConstraint:
    """Return the constraint that a column holds one of these words."""
    words = [*choices, *([""] if blank else [])]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": words}), name=name)


def ends_after_start(start: str, end: str, name: str) -> models.CheckConstraint:
    """Return the constraint that nothing ends before it began; either may be unknown."""
    unknown = models.Q(**{f"{start}__isnull": True}) | models.Q(**{f"{end}__isnull": True})
    return models.CheckConstraint(condition=unknown | models.Q(**{f"{end}__gte": models.F(start)}), name=name)


class Coded(models.Model):
    """A concept in words, and its code where a vocabulary has one; `other_codes` are [system, code, display]."""

    code_system = models.CharField(max_length=250, blank=True, help_text="FHIR URI of the vocabulary.")
    code = models.CharField(max_length=100, blank=True)
    display = models.CharField(max_length=1000, help_text="The words that a person reads.")
    other_codes = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True


class Revisable(models.Model):
    """A line that is changed in place. A trigger counts `version` at every change, whoever makes it."""

    version = models.PositiveIntegerField(db_default=1, editable=False)
    revised_at = models.DateTimeField(null=True, blank=True, help_text="When this hospital last changed it.")
    revised_by = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        abstract = True


class ChartEntry(Record):
    """One line of a patient's chart."""

    # No index of its own: every entry has one that begins with the patient and goes on with a time.
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    encounter = models.ForeignKey(
        "clinical.Encounter", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(help_text="When it was written down; for an import, when the source says so.")
    recorded_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_by_text = models.CharField(
        max_length=250, blank=True, help_text="As the source names them, when they are not among our staff."
    )

    class Meta:
        abstract = True
