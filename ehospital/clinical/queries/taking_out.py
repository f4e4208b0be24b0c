"""What leaves the house: a record printed or given out as a file, on record with the reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from ehospital.clinical.models import SafetyFlag
from ehospital.clinical.queries import lists, whole_record
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.foundation import audit
from ehospital.people import access
from ehospital.people.models import Patient

PRINTED, EXPORTED = "printed", "exported"
MOST_LINES = 500


class Reason(models.TextChoices):
    """What somebody takes a record out for."""

    ELSEWHERE = "elsewhere", _("Treatment elsewhere: referral, transfer, travel")
    WARD = "ward", _("Work here: handover, round, theatre")
    PATIENT = "patient", _("The patient asked for it")
    LAW = "law", _("A court, an authority or an insurer asks, and may")


@dataclass(frozen=True)
class Taken:
    """What is taken out: the record as the viewer may see it; for staff the flags that stand. Contacts are loaded.

    `hidden` are the ids of the lines that the viewer does not see: what a line is written with may be among them.
    """

    patient: Patient
    record: whole_record.WholeRecord
    flags: tuple[SafetyFlag, ...]
    hidden: frozenset[UUID]


def permission_of(viewer: access.Actor) -> access.Permission:
    """Return what the viewer needs: a patient takes their own record along, staff one that they may take out."""
    own = viewer.kind == "patient"
    return access.Permission.OWN_RECORD_READ if own else access.Permission.CHART_TAKE_OUT


def told(patient_id: UUID, *, viewer: access.Actor, at: datetime, how: str, form: str, reason: str) -> Patient:
    """Return the patient, once it is on record that their record leaves the house.

    Args:
        how: `PRINTED` or `EXPORTED`; `form` is that of the file.
        reason: a word of `Reason`; empty when patients take their own along.
    Raises:
        NotPermitted: `viewer` may not take this record out, or there is no such patient.
    """
    permission = permission_of(viewer)
    parts = ("identifiers", "names", "contacts", "telecoms", "addresses")
    patient = access.patient(viewer, permission, patient_id, *parts)
    if patient is None:
        raise access.NotPermitted(f"{viewer.name} may not {permission.value}")
    details: dict[str, Any] = {"form": form, "reason": reason} if reason else {"form": form}
    with transaction.atomic():
        audit.record(f"chart.{how}", by=viewer, at=at, patient_id=patient_id, details=details)
    return patient


def taken_out(
    patient_id: UUID, *, viewer: access.Actor, at: datetime, form: str, reason: str = "", most: int = MOST_LINES
) -> Taken:
    """Return a whole record to print: one audit event `chart.printed` that names the reason.

    Args:
        most: how many lines of each long list are wanted.
    Raises:
        NotPermitted: `viewer` may not take this record out, or there is no such patient.
    """
    patient = told(patient_id, viewer=viewer, at=at, how=PRINTED, form=form, reason=reason)
    return read(patient, viewer=viewer, at=at, most=most)


def read(patient: Patient, *, viewer: access.Actor, at: datetime, most: int) -> Taken:
    """Return what is taken out of a record, once `told` has written down that it is.

    Safety flags are words between staff: the portal does not show them, so patients do not take them along.
    """
    record = whole_record.read(patient, viewer=viewer, at=at, most=most)
    flags = () if viewer.kind == "patient" else tuple(lists.raised_flags_of(patient.id, at=at))
    return Taken(patient, record, flags, hidden_from(viewer, patient.id))
