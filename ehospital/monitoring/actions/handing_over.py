"""Giving what is watched of one patient to another record of the same person, and taking it back.

Readings and scores are append-only: they stay filed under the record for which they were taken, and are read with it.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import transaction

from ehospital.monitoring import locks
from ehospital.monitoring.actions.devices import look_again
from ehospital.monitoring.actions.recording import announce
from ehospital.monitoring.actions.settling import Settled
from ehospital.monitoring.models import Alert, DeviceAssociation, PatientState
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.actions import ledger

NOT_MOVED: Final = {("monitoring.PatientState", "patient"): "there is one of each patient: the newer one stands"}


class AlertsCollide(RuntimeError):
    """Both have an open alert of the same cause, of which a patient has one. Nothing was written."""


def hold(patient_ids: list[UUID]) -> None:
    """Lock how patients are now; whoever locks patients too takes this lock first, as readings do."""
    locks.patient_states(patient_ids)


@transaction.atomic
def hand_over(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Give alerts and devices to the other patient, as part of a merge; `journeys.merging` is how a person does it.

    Of the two states the one that was heard or observed last stands; who is pregnant in one is pregnant.

    Raises:
        NotPermitted: `by` may not merge patients.
        AlertsCollide: both have an open alert of the same cause.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    held = {state.patient_id: state for state in locks.patient_states([of, into])}
    standing = locks.alerts(Alert.objects.filter(patient_id__in=[of, into], closed_at=None))
    causes = [alert.cause for alert in standing]
    if len(set(causes)) < len(causes):
        raise AlertsCollide("both have an open alert of the same cause; let one of them leave its bed first")
    people.move(apps.get_app_config("monitoring").get_models(), merge_id, of=of, into=into, besides=NOT_MOVED)
    theirs, mine = held.get(of), held.get(into)
    if theirs is not None:
        _keep_newer(merge_id, mine, theirs, into=into, at=at)
    announce([into], Settled([], [(alert, "updated") for alert in standing if alert.patient_id == into]), at=at)


def _keep_newer(merge_id: UUID, mine: PatientState | None, theirs: PatientState, *, into: UUID, at: datetime) -> None:
    ledger.note_removed(merge_id, theirs)
    newer = mine is None or _when(theirs) > _when(mine)
    values = _columns(theirs if newer or mine is None else mine)
    if mine is not None:
        values |= {"pregnant": mine.pregnant or theirs.pregnant, "spo2_scale": mine.spo2_scale}
        values["version"] = max(mine.version, theirs.version)
        ledger.note_changed(merge_id, mine, {})
    PatientState.objects.filter(pk=theirs.pk).delete()
    kept = PatientState(patient_id=into, **values)
    kept.save(force_insert=mine is None, force_update=mine is not None)
    look_again(kept, at)


def _when(state: PatientState) -> tuple[bool, float]:
    seen = [moment.timestamp() for moment in (state.heard_at, state.observed_at, state.scored_at) if moment]
    return state.monitored, max(seen, default=0.0)


def _columns(state: PatientState) -> dict[str, Any]:
    return {field.attname: getattr(state, field.attname) for field in state._meta.fields if not field.primary_key}


@transaction.atomic
def take_back(merge_id: UUID, *, of: UUID, into: UUID, by: access.Actor, at: datetime) -> None:
    """Undo `hand_over`: alerts and devices go back; each record is shown as it was, or as its own devices saw it since.

    Raises:
        NotPermitted: `by` may not merge patients.
    """
    access.require(by, access.Permission.PATIENT_MERGE)
    now = {state.patient_id: state for state in locks.patient_states([of, into])}
    people.move_back(apps.get_app_config("monitoring").get_models(), merge_id, of=of, into=into)
    for noted in ledger.noted(merge_id, PatientState, "removed"):
        before = {one.row: one.before for one in ledger.noted(merge_id, PatientState, "changed")}
        watched = DeviceAssociation.objects.filter(patient_id=of, during__upper_inf=True).exists()
        _part(now.get(into), noted.before, before.get(str(into)), watched=watched, of=of, into=into)
    announce([of, into], Settled([], []), at=at)


def _part(
    now: PatientState | None,
    theirs: dict[str, Any],
    mine: dict[str, Any] | None,
    *,
    watched: bool,
    of: UUID,
    into: UUID,
) -> None:
    """Make two states of one: what was seen since goes to the record whose devices go on watching."""
    touched = now is not None and now.version > max(theirs["version"], mine["version"] if mine else 0) + 1
    if watched and touched and now is not None:
        PatientState(patient_id=of, **_columns(now)).save(force_insert=True)
    else:
        ledger.read(PatientState, theirs).save(force_insert=True)
    if touched and not watched:
        return
    PatientState.objects.filter(pk=into).delete()
    if mine is not None:
        ledger.read(PatientState, mine).save(force_insert=True)
