"""The International Patient Summary as a file. FHIR is a neighbour of these pages: the settings say who writes it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from ehospital.people import access

FHIR_JSON = "application/fhir+json"


def patient_summary(patient_id: UUID, *, viewer: access.Actor, at: datetime, reason: str = "") -> bytes:
    """Return the summary as a FHIR document Bundle in JSON: one audit event `chart.exported`.

    Raises:
        NotPermitted: `viewer` may not take this record out, or there is no such patient.
    """
    write: Callable[..., bytes] = import_string(settings.PATIENT_SUMMARY)
    return write(patient_id, viewer=viewer, at=at, reason=reason)
