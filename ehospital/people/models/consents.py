"""What a patient allowed and refused: who may see the record, or a kind of entries of it, and for what."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from ehospital.foundation.models import Record
from ehospital.people.models.clients import ClientApplication
from ehospital.people.models.patients import Patient
from ehospital.people.models.staff import StaffMember, Unit


class Sensitivity(models.TextChoices):
    """Categories of entries that fewer people see (HL7 v3 ActCode, information sensitivity)."""

    MENTAL_HEALTH = "mental-health", _("Mental health")
    HIV = "hiv", _("HIV")
    SEXUAL_HEALTH = "sexual-health", _("Sexual health")
    SUBSTANCES = "substances", _("Alcohol and other substances")
    VIOLENCE = "violence", _("Violence and abuse")
    OTHER = "other", _("Confidential for another reason")


class Consent(Record):
    """The patient's word, permitting or denying, and how it was given. What is withdrawn stays, with its end.

    It is about one unit, one member of staff or one outside system, or about everybody of its scope; and about the
    whole record, or one category of confidential entries.
    """

    decides_access = True

    class Scope(models.TextChoices):
        """What the word is about (FHIR consent scope, and the portal)."""

        TREATMENT = "treatment", _("Care here: who of the hospital sees the record")
        SHARING = "sharing", _("Outside systems that read the record")
        RESEARCH = "research", _("Use for research")
        PROXIES = "proxies", _("People who act for the patient in the portal")

    class Decision(models.TextChoices):
        """FHIR provision type; a deny beats a permit."""

        PERMIT = "permit", _("Allows")
        DENY = "deny", _("Refuses")

    class Way(models.TextChoices):
        """How it was given."""

        VERBAL = "verbal", _("Spoken, before a witness")
        WRITTEN = "written", _("Written and signed")
        PORTAL = "portal", _("By the patient in the portal")

    class Giver(models.TextChoices):
        """Who gave it."""

        PATIENT = "patient", _("The patient")
        GUARDIAN = "guardian", _("A parent or guardian")
        LEGAL = "legal", _("A legal representative")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    scope = models.CharField(max_length=9, choices=Scope)
    decision = models.CharField(max_length=6, choices=Decision)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    client = models.ForeignKey(ClientApplication, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.CharField(max_length=13, choices=Sensitivity, blank=True, help_text="Empty: the whole record.")
    during = DateTimeRangeField(help_text="Half-open; no end means until it is withdrawn.")
    way = models.CharField(max_length=7, choices=Way)
    giver = models.CharField(max_length=8, choices=Giver, default=Giver.PATIENT)
    giver_name = models.CharField(max_length=200, blank=True, help_text="Who, when it was not the patient.")
    document = models.CharField(max_length=250, blank=True, help_text="Where the signed form is.")
    witness = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(scope="treatment", client=None)
                    & (Q(unit=None, staff__isnull=False) | Q(staff=None, unit__isnull=False))
                )
                | Q(scope="sharing", unit=None, staff=None)
                | Q(scope="proxies", unit=None, staff=None, client=None)
                | Q(scope="research", unit=None, staff=None, client=None, category=""),
                name="consent_about_whom_its_scope_knows",
            ),
            # Care here needs no permission; what a permit opens is a category of confidential entries.
            models.CheckConstraint(
                condition=~Q(decision="permit", scope__in=["treatment", "proxies"], category=""),
                name="consent_permits_a_category",
            ),
            models.CheckConstraint(
                condition=~Q(way="verbal") | Q(witness__isnull=False), name="consent_spoken_before_a_witness"
            ),
            models.CheckConstraint(
                condition=~Q(way="written") | Q(GreaterThanOrEqual(Length(Trim("document")), 3)),
                name="consent_written_lies_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(giver="patient") | Q(GreaterThanOrEqual(Length(Trim("giver_name")), 2)),
                name="consent_given_by_somebody_named",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
                name="consent_withdrawn_whole",
            ),
        ]
        indexes = [models.Index(fields=["patient", "id"], name="consent_of_patient")]

    class Privacy:
        identifying = ("patient", "staff", "giver_name", "witness", "recorded_by", "withdrawn_by")
        clinical = ("category", "note", "document")
        technical = (
            "id", "scope", "decision", "unit", "client", "during", "way", "giver", "recorded_at", "withdrawn_at",
        )  # fmt: skip


class ConfidentialEntry(Record):
    """A line of the chart that somebody marked as confidential, or said that it is not although its code is.

    `kind` is a key of `clinical.policies.confidential.KINDS`. No foreign key: the lines stand on a higher floor.
    """

    decides_access = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    entry_id = models.UUIDField()
    category = models.CharField(max_length=13, choices=Sensitivity)
    open = models.BooleanField(default=False, help_text="Not confidential, although its code says so.")
    note = models.CharField(max_length=250, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry_id", "category"], name="confidential_once")]
        indexes = [models.Index(fields=["patient", "entry_id"], name="confidential_of_patient")]

    class Privacy:
        identifying = ("patient", "made_by")
        clinical = ("kind", "entry_id", "category", "open", "note")
        technical = ("id", "made_at")
