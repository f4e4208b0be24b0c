"""When a patient leaves a bed: the devices let go, and no alert stays open that nobody can see or end any more.

The journeys call these within one transaction with the estate's own writes; `monitoring/0003` makes the database refuse
every other way that would leave a device at a bed watching somebody who does not lie there.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.monitoring import locks
from ehospital.monitoring.actions import alerting
from ehospital.monitoring.actions.devices import end_watch, forget_body, look_again
from ehospital.monitoring.actions.recording import announce
from ehospital.monitoring.actions.settling import Settled
from ehospital.monitoring.actions.states import locked_states
from ehospital.monitoring.models import Alert, AlertEvent, DeviceAssociation
from ehospital.monitoring.queries.watching import places
from ehospital.people import access


@transaction.atomic
def let_go(patient_id: UUID, *, by: access.Actor, at: datetime) -> list[str]:
    """End the watch of every device of a patient, and return the devices, by id.

    Raises:
        NotPermitted: `by` may not place this patient.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    running = DeviceAssociation.objects.filter(patient_id=patient_id, during__upper_inf=True)
    known = _hold(running.values_list("device_id", flat=True))
    (state,) = locked_states([patient_id])
    _hold(set(running.values_list("device_id", flat=True)) - known)  # whoever paired meanwhile has committed
    freed = _end(running.order_by("device_id"), by=by, at=at)
    look_again(state, at)
    return freed


@transaction.atomic
def clear_bed(bed_id: UUID, *, for_patient_id: UUID, by: access.Actor, at: datetime) -> list[str]:
    """End the watch of devices at a bed over anybody but the patient who comes to lie there; return the devices, by id.

    Raises:
        NotPermitted: `by` may not place this patient.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=for_patient_id)
    stale = DeviceAssociation.objects.filter(bed_id=bed_id, during__upper_inf=True).exclude(patient_id=for_patient_id)
    _hold(stale.values_list("device_id", flat=True))
    left = set(stale.values_list("patient_id", flat=True))
    freed = _end(stale.order_by("device_id"), by=by, at=at)
    for state in locked_states(left):
        look_again(state, at)
    return freed


@transaction.atomic
def close_alerts(patient_id: UUID, *, reason: str, by: access.Actor, at: datetime) -> int:
    """Close every open alert of a patient who has left, each with the reason, and return how many there were.

    Raises:
        NotPermitted: `by` may not place this patient.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    states = locks.patient_states([patient_id])
    standing = locks.alerts(Alert.objects.filter(patient_id=patient_id, closed_at=None))
    for alert in standing:
        alert.state, alert.closed_at, alert.updated_at = Alert.State.CLOSED, at, at
        alert.save(update_fields=["state", "closed_at", "updated_at"])
        alerting.note(alert, AlertEvent.Kind.CLOSED, by=by, at=at, text=reason).save()
        alerting.tell(alert, AlertEvent.Kind.CLOSED, by=by, at=at)
    for state in states:
        state.rules = {}
        state.version += 1
        state.save(update_fields=["rules", "version"])
    announce([patient_id], Settled([], [(alert, "closed") for alert in standing]), at=at)
    return len(standing)


@transaction.atomic
def hand_over_alerts(patient_id: UUID, *, reason: str, by: access.Actor, at: datetime) -> int:
    """Give the open alerts of a patient to the ward where the patient lies now, and return how many changed hands.

    An alert that somebody of the ward before had taken must be taken again.

    Raises:
        NotPermitted: `by` may not place this patient.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    locks.patient_states([patient_id])
    place = places([patient_id], at=at).get(patient_id)
    if place is None:
        return 0
    elsewhere = Alert.objects.filter(patient_id=patient_id, closed_at=None).exclude(ward_id=place.ward_id)
    standing = locks.alerts(elsewhere)
    for alert in standing:
        alert.state, alert.acknowledged_at, alert.updated_at = Alert.State.OPEN, None, at
        alert.ward_id, alert.owner_unit_id = place.ward_id, place.unit_id
        alert.owner_staff_id = alerting.named_nurse(patient_id, at=at)
        alert.save(update_fields=["state", "acknowledged_at", "updated_at", "ward", "owner_unit", "owner_staff"])
        alerting.note(alert, AlertEvent.Kind.UPDATED, by=by, at=at, text=reason).save()
        alerting.tell(alert, AlertEvent.Kind.UPDATED, by=by, at=at)
    if standing:
        announce([patient_id], Settled([], [(alert, "updated") for alert in standing]), at=at)
    return len(standing)


def _hold(device_ids: Iterable[str]) -> set[str]:
    return {device.id for device in locks.devices(set(device_ids))}


def _end(running: Iterable[DeviceAssociation], *, by: access.Actor, at: datetime) -> list[str]:
    freed = []
    for held in running:
        end_watch(held, until=forget_body(held.device_id, at), by=by, at=at)
        freed.append(held.device_id)
    return freed
