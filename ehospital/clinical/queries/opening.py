"""The door of every chart: may they, and write down that they did."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import Patient


def permission_of(viewer: access.Actor) -> access.Permission:
    """Return what the viewer needs: a patient opens their own record, everybody else a chart."""
    return access.Permission.OWN_RECORD_READ if viewer.kind == "patient" else access.Permission.CHART_READ


def opened(patient_id: UUID, *, viewer: access.Actor, at: datetime, part: str) -> Patient:
    """Return the patient with their numbers loaded, once the look is on record.

    Raises:
        NotPermitted: `viewer` may not open this chart, or there is no such patient.
    """
    permission = permission_of(viewer)
    patient = access.patient(viewer, permission, patient_id, "identifiers")
    if patient is None:
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    with transaction.atomic():
        audit.record("chart.read", by=viewer, at=at, patient_id=patient_id, details={"part": part})
    return patient


def look(patient_id: UUID, *, viewer: access.Actor, at: datetime, part: str) -> None:
    """Return when the viewer may open this chart, and the look at one part of it is on record.

    Raises:
        NotPermitted: `viewer` may not open this chart, or there is no such patient.
    """
    access.require(viewer, permission_of(viewer), patient_id=patient_id)
    with transaction.atomic():
        audit.record("chart.read", by=viewer, at=at, patient_id=patient_id, details={"part": part})
