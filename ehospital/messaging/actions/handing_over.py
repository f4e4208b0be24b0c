"""Giving every notice about one patient to another record of the same person, and taking it back."""

from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import transaction

from ehospital.people import access
from ehospital.people import actions as people


@transaction.atomic
def hand_over(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Give every notice about the patient to the other one, as part of a merge by `journeys.merging`.

    Raises:
        NotPermitted: `by` may not merge patients.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    people.move(apps.get_app_config("messaging").get_models(), merge_id, of=of, into=into)


@transaction.atomic
def take_back(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Undo `hand_over`: what was given goes back; notices announced since the merge remain where they are.

    Raises:
        NotPermitted: `by` may not merge patients.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    people.move_back(apps.get_app_config("messaging").get_models(), merge_id, of=of, into=into)
