"""The lists of a chart, newest first with a unique last key, without what was entered in error.

The functions that take a viewer leave out what is confidential to them. The others (`…_of`) return every line: they are
for checks, which must not miss what their reader may not see, and for what is shown through `shown`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from ehospital.clinical import models
from ehospital.clinical.models.entries import ENTERED_IN_ERROR
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look
from ehospital.foundation import files
from ehospital.people import access

_PRESENT_PROBLEM = ("active", "recurrence", "relapse")
_LATELY = timedelta(days=30)
_TAKEN = ("active", "on-hold", "intended", "unknown")


def problems(
    patient_id: UUID, *, viewer: access.Actor, at: datetime, active_only: bool = False
) -> "QuerySet[models.Problem]":
    """Return the problems and diagnoses that were not refuted; with `active_only`, those that the patient has now."""
    look(patient_id, viewer=viewer, at=at, part="problems")
    rows = active_problems_of(patient_id) if active_only else problems_of(patient_id)
    return shown(rows, viewer=viewer, patient_id=patient_id)


def problems_of(patient_id: UUID) -> "QuerySet[models.Problem]":
    """Return the problems of a chart that is open already."""
    found = models.Problem.objects.filter(patient_id=patient_id)
    untrue = Q(verification__in=[ENTERED_IN_ERROR, "refuted"])
    return found.exclude(untrue).order_by(F("onset_at").desc(nulls_last=True), "-recorded_at", "-id")


def ruled_out_problems(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Problem]":
    """Return what was thought of and refuted; it counts nowhere, and may be taken up again."""
    look(patient_id, viewer=viewer, at=at, part="problems")
    rows = models.Problem.objects.filter(patient_id=patient_id, verification="refuted")
    return shown(rows, viewer=viewer, patient_id=patient_id).order_by("-recorded_at", "-id")


def active_problems_of(patient_id: UUID) -> "QuerySet[models.Problem]":
    """Return what the patient has now."""
    return problems_of(patient_id).filter(status__in=_PRESENT_PROBLEM)


def medicines(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.MedicineTaken]":
    """Return every medicine that the patient takes or took."""
    look(patient_id, viewer=viewer, at=at, part="medicines")
    return shown(medicines_of(patient_id), viewer=viewer, patient_id=patient_id)


def current_medicines(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.MedicineTaken]":
    """Return what the patient takes at that moment; paused, intended and unknown ones count, and say so themselves."""
    look(patient_id, viewer=viewer, at=at, part="medicines")
    return shown(current_medicines_of(patient_id, at=at), viewer=viewer, patient_id=patient_id)


def medicines_of(patient_id: UUID) -> "QuerySet[models.MedicineTaken]":
    """Return every medicine of a chart that is open already."""
    found = models.MedicineTaken.objects.filter(patient_id=patient_id).exclude(status=ENTERED_IN_ERROR)
    return found.order_by("-recorded_at", "-id")


def current_medicines_of(patient_id: UUID, *, at: datetime) -> "QuerySet[models.MedicineTaken]":
    """Return the current medicines of a chart that is open already."""
    ended = Q(ended_at__lte=at)
    proposed = Q(intent__in=["proposal", "option"])
    return medicines_of(patient_id).filter(status__in=_TAKEN).exclude(ended | proposed)


def encounters(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Encounter]":
    """Return the encounters with their organisation and clinician."""
    look(patient_id, viewer=viewer, at=at, part="encounters")
    return shown(encounters_of(patient_id), viewer=viewer, patient_id=patient_id)


def encounters_of(patient_id: UUID) -> "QuerySet[models.Encounter]":
    """Return the encounters of a chart that is open already."""
    found = models.Encounter.objects.filter(patient_id=patient_id).exclude(status=ENTERED_IN_ERROR)
    return found.select_related("organisation", "clinician").order_by(F("started_at").desc(nulls_last=True), "-id")


def procedures(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Procedure]":
    """Return the procedures, those that were not done included (their status says it)."""
    look(patient_id, viewer=viewer, at=at, part="procedures")
    return shown(procedures_of(patient_id), viewer=viewer, patient_id=patient_id)


def procedures_of(patient_id: UUID) -> "QuerySet[models.Procedure]":
    """Return the procedures of a chart that is open already."""
    found = models.Procedure.objects.filter(patient_id=patient_id).exclude(status=ENTERED_IN_ERROR)
    return found.order_by(F("performed_at").desc(nulls_last=True), "-id")


def immunisations(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Immunisation]":
    """Return the vaccinations, those that were not given included (their status says it)."""
    look(patient_id, viewer=viewer, at=at, part="immunisations")
    return shown(immunisations_of(patient_id), viewer=viewer, patient_id=patient_id)


def immunisations_of(patient_id: UUID) -> "QuerySet[models.Immunisation]":
    """Return the immunisations of a chart that is open already."""
    found = models.Immunisation.objects.filter(patient_id=patient_id).exclude(status=ENTERED_IN_ERROR)
    return found.order_by(F("given_at").desc(nulls_last=True), "-id")


def care_plans(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.CarePlan]":
    """Return the plans with their activities and goals; a patient is shown none that is still a draft."""
    look(patient_id, viewer=viewer, at=at, part="care plans")
    found = shown(care_plans_of(patient_id), viewer=viewer, patient_id=patient_id)
    return found.exclude(status="draft") if viewer.kind == "patient" else found


def care_plans_of(patient_id: UUID) -> "QuerySet[models.CarePlan]":
    """Return the care plans of a chart that is open already."""
    found = models.CarePlan.objects.filter(patient_id=patient_id).exclude(status=ENTERED_IN_ERROR)
    true_activities = models.CareActivity.objects.exclude(status=ENTERED_IN_ERROR).order_by("position")
    goals = Prefetch("goals", models.Goal.objects.exclude(status=ENTERED_IN_ERROR).order_by("recorded_at", "id"))
    activities = Prefetch("activities", true_activities)
    return found.prefetch_related(activities, goals).order_by(F("started_at").desc(nulls_last=True), "-id")


def active_care_plans_of(patient_id: UUID, *, at: datetime) -> "QuerySet[models.CarePlan]":
    """Return the running plans of a chart that is open already."""
    running = models.CarePlan.objects.filter(patient_id=patient_id, status__in=["active", "on-hold"])
    return running.exclude(ended_at__lte=at).order_by(F("started_at").desc(nulls_last=True), "-id")


def documents(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Document]":
    """Return letters and notes; superseded ones say so themselves."""
    look(patient_id, viewer=viewer, at=at, part="documents")
    return shown(documents_of(patient_id), viewer=viewer, patient_id=patient_id)


def documents_of(patient_id: UUID) -> "QuerySet[models.Document]":
    """Return the documents of a chart that is open already."""
    found = models.Document.objects.filter(patient_id=patient_id).exclude(status=ENTERED_IN_ERROR)
    return with_file_state(found).order_by("-written_at", "-id")


def with_file_state(found: "QuerySet[models.Document]") -> "QuerySet[models.Document]":
    """Return documents that know whether their file may be opened, waits for the virus scanner or was infected."""
    state = {"file_state": files.state_of("file_key")}  # the model names the attribute, for whoever reads its class
    return found.annotate(**state)


def infected_documents(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.Document]":
    """Return, of a chart that is open already, the documents that the virus scanner took away lately: what was `found`.

    A month later nobody waits for them any more; as mistakes they stay on record.
    """
    rows = models.Document.objects.filter(patient_id=patient_id, status=ENTERED_IN_ERROR).exclude(file_key="")
    found = (
        rows.annotate(found=files.found_in("file_key", since=at - _LATELY))
        .exclude(found="")
        .order_by("-written_at", "-id")
    )
    return shown(found, viewer=viewer, patient_id=patient_id)


def reports(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.DiagnosticReport]":
    """Return the reports; their results are observations with the ids in `result_ids`."""
    look(patient_id, viewer=viewer, at=at, part="reports")
    gone = (ENTERED_IN_ERROR, models.DiagnosticReport.Status.SUPERSEDED)
    found = models.DiagnosticReport.objects.filter(patient_id=patient_id).exclude(status__in=gone)
    rows = found.select_related("document").order_by("-effective_at", "-id")
    return shown(rows, viewer=viewer, patient_id=patient_id)


def flags(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> "QuerySet[models.SafetyFlag]":
    """Return every safety flag, also those that were lowered."""
    look(patient_id, viewer=viewer, at=at, part="flags")
    found = models.SafetyFlag.objects.filter(patient_id=patient_id, entered_in_error=False)
    return found.order_by("-started_at", "-id")


def raised_flags_of(patient_id: UUID, *, at: datetime) -> "QuerySet[models.SafetyFlag]":
    """Return the flags that stand at that moment, of a chart that is open already."""
    found = models.SafetyFlag.objects.filter(patient_id=patient_id, entered_in_error=False, started_at__lte=at)
    return found.exclude(ended_at__lte=at).order_by("kind", "started_at", "id")
