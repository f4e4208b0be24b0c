"""Locks of monitoring, always in this order: checkpoints, replay windows, devices, device states, patient states,
alerts; and within each by key. Whoever needs two of them takes them in that order, so nobody deadlocks."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from ehospital.foundation import locks
from ehospital.monitoring.models import Alert, Device, DeviceState, PatientState, ReplayWindow


def devices(device_ids: Iterable[str]) -> list[Device]:
    """Lock registered devices, by id."""
    return locks.rows(Device.objects.all(), device_ids)


def replay_windows(keys: Iterable[tuple[str, str]]) -> list[ReplayWindow]:
    """Lock the windows of (device, boot) that exist, by key."""
    return locks.rows(ReplayWindow.objects.all(), keys)


def device_states(device_ids: Iterable[str]) -> list[DeviceState]:
    """Lock what devices last said, by id."""
    return locks.rows(DeviceState.objects.all(), device_ids)


def patient_states(patient_ids: Iterable[UUID]) -> list[PatientState]:
    """Lock the states of patients that have one, by patient, with the patient loaded."""
    return locks.rows(PatientState.objects.select_related("patient"), patient_ids)


def alerts(chosen: "QuerySet[Alert]") -> list[Alert]:
    """Lock some alerts, by id."""
    return list(chosen.select_for_update(of=("self",)).order_by("pk"))
