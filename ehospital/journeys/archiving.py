"""Archiving a record that should not have been made: never of somebody who lies here."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.estate import queries as estate
from ehospital.people import access
from ehospital.people import actions as people


class LiesInBed(RuntimeError):
    """The patient lies in a bed, so somebody needs the record; nothing was written."""


@transaction.atomic
def archive(patient_id: UUID, *, reason: str, seen_version: int, by: access.Actor, at: datetime) -> None:
    """Take a record out of search and lists.

    Raises:
        NotPermitted, ReasonMissing, PatientChanged: as for `people.actions.archive_patient`.
        LiesInBed: the patient lies in a bed.
    """
    people.archive_patient(patient_id, reason=reason, seen_version=seen_version, by=by, at=at)
    if estate.lies_in_bed(patient_id):
        raise LiesInBed("the patient lies in a bed; let them leave it first")
