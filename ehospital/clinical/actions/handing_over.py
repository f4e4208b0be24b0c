"""Giving every line of one patient's chart to another record of the same person, and taking it back."""

from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import transaction

from ehospital.clinical.models import SafetyFlag
from ehospital.people import access
from ehospital.people import actions as people


@transaction.atomic
def hand_over(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Give every line of the chart to the other patient, as part of a merge by `journeys.merging`.

    A flag that both have is lowered in the chart that is handed over: the other one stands.

    Raises:
        NotPermitted: `by` may not merge patients.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    _open_both(of, into, by=by)
    standing = SafetyFlag.objects.filter(ended_at=None, entered_in_error=False).exclude(kind=SafetyFlag.Kind.OTHER)
    for flag in standing.filter(patient_id=of, kind__in=standing.filter(patient_id=into).values("kind")):
        people.change(merge_id, flag, ended_at=max(at, flag.started_at))
    people.move(apps.get_app_config("clinical").get_models(), merge_id, of=of, into=into)


@transaction.atomic
def take_back(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Undo `hand_over`: what was given goes back; lines written since the merge remain where they are.

    Raises:
        NotPermitted: `by` may not merge patients.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    _open_both(of, into, by=by)
    people.move_back(apps.get_app_config("clinical").get_models(), merge_id, of=of, into=into)
    people.change_back(merge_id, SafetyFlag)


def _open_both(of: UUID, into: UUID, *, by: access.Actor) -> None:
    """Ask about both records where each stands: the chart of one that was merged is open with the other."""
    for key in (of, into):
        access.may(by, access.Permission.PATIENT_MERGE, patient_id=key)
