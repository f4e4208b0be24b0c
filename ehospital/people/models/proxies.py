"""Who may open somebody else's record in the portal: parents, carers, for a time and on evidence."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ehospital.foundation.models import Record
from ehospital.people.models.accounts import Account
from ehospital.people.models.patients import Patient


class Proxy(Record):
    """The holder of an account may open the record of a patient, and act on it when the scope says so."""

    decides_access = True

    class Relation(models.TextChoices):
        """What the holder is to the patient; the first three end when a child is old enough."""

        MOTHER = "mother", pgettext_lazy("what a proxy is to the patient", "mother")
        FATHER = "father", pgettext_lazy("what a proxy is to the patient", "father")
        GUARDIAN = "guardian", pgettext_lazy("what a proxy is to the patient", "guardian")
        PARTNER = "partner", pgettext_lazy("what a proxy is to the patient", "partner")
        CHILD = "child", pgettext_lazy("what a proxy is to the patient", "son or daughter")
        RELATIVE = "relative", pgettext_lazy("what a proxy is to the patient", "relative")
        CARER = "carer", pgettext_lazy("what a proxy is to the patient", "carer")
        LEGAL = "legal", pgettext_lazy("what a proxy is to the patient", "legal representative")

    class Extent(models.TextChoices):
        """How far it goes."""

        READ = "read", _("Read the record")
        ACT = "act", _("Read the record and act for the patient")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="proxies")
    holder = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="proxies")
    relation = models.CharField(max_length=12, choices=Relation)
    extent = models.CharField(max_length=4, choices=Extent)
    evidence = models.TextField(help_text="What was shown: birth certificate, power of attorney, the patient's word.")
    during = DateTimeRangeField(help_text="Half-open; no end means until further notice.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=GreaterThanOrEqual(Length(Trim("evidence")), 3), name="proxy_on_evidence"),
            ExclusionConstraint(
                name="proxy_held_once",
                expressions=[
                    ("holder", RangeOperators.EQUAL),
                    ("patient", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["patient", "id"], name="proxy_of_patient")]

    class Privacy:
        identifying = ("patient", "holder", "relation", "evidence")
        clinical = ()
        technical = ("id", "extent", "during")
