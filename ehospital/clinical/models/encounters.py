"""When and where patient and clinician met."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models.entries import Coded, ends_after_start, only_choices
from ehospital.foundation.models import Record
from ehospital.people.models import Organisation, Patient, StaffMember


class EncounterStatus(models.TextChoices):
    """FHIR encounter status."""

    PLANNED = "planned", _("Planned")
    ARRIVED = "arrived", _("Arrived")
    TRIAGED = "triaged", _("Triaged")
    IN_PROGRESS = "in-progress", _("In progress")
    ON_LEAVE = "onleave", _("On leave")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")
    UNKNOWN = "unknown", _("Not known")


class EncounterSetting(models.TextChoices):
    """The settings of HL7 v3 ActEncounterCode that a hospital meets; anything else is `OTHER`."""

    AMBULATORY = "AMB", _("Outpatient")
    EMERGENCY = "EMER", _("Emergency")
    INPATIENT = "IMP", _("Inpatient")
    DAY_CASE = "SS", _("Day case")
    HOME = "HH", _("At home")
    FIELD = "FLD", _("In the field")
    VIRTUAL = "VR", _("By telephone or video")
    OTHER = "OTHER", _("Other")


class Encounter(Coded, Record):
    """A visit, a stay, a telephone call. `code` is its kind."""

    Status = EncounterStatus
    Setting = EncounterSetting

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=16, choices=Status)
    setting = models.CharField(max_length=8, choices=Setting)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason_system = models.CharField(max_length=250, blank=True)
    reason_code = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    outcome = models.CharField(max_length=250, blank=True, help_text="Where the patient went afterwards.")
    place = models.CharField(max_length=250, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    clinician = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    clinician_text = models.CharField(max_length=250, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            only_choices("status", EncounterStatus.values, "encounter_status"),
            only_choices("setting", EncounterSetting.values, "encounter_setting"),
            ends_after_start("started_at", "ended_at", "encounter_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=False)
                | models.Q(status__in=["planned", "cancelled", "entered-in-error", "unknown"]),
                name="encounter_that_took_place_has_a_start",
            ),
        ]
        indexes = [
            models.Index("patient", models.F("started_at").desc(), models.F("id").desc(), name="encounter_newest")
        ]

    class Privacy:
        identifying = ("patient", "clinician", "clinician_text")
        clinical = (
            "status", "setting", "code_system", "code", "display", "other_codes", "started_at", "ended_at",
            "reason_system", "reason_code", "reason", "outcome", "place", "organisation",
        )  # fmt: skip
        technical = ("id", "recorded_at")
