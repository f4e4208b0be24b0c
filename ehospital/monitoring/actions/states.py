"""The rows in which patients and devices are remembered: made when first needed, locked before they change."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ehospital.monitoring import locks
from ehospital.monitoring.models import DeviceState, PatientState, ReplayWindow
from ehospital.monitoring.policies import clocks
from ehospital.monitoring.policies.windows import NOTHING, Window


def locked_states(patient_ids: Iterable[UUID]) -> list[PatientState]:
    """Lock the states of patients, in the order of patients; a patient without one gets it first."""
    wanted = set(patient_ids)
    found = locks.patient_states(wanted)
    if len(found) < len(wanted):
        missing = sorted(wanted - {state.patient_id for state in found})
        PatientState.objects.bulk_create([PatientState(patient_id=key) for key in missing], ignore_conflicts=True)
        found = locks.patient_states(wanted)
    return found


def locked_device_states(device_ids: Iterable[str], *, at: datetime) -> list[DeviceState]:
    """Lock what registered devices last said, in the order of devices; a device without a row gets one first."""
    wanted = set(device_ids)
    found = locks.device_states(wanted)
    if len(found) < len(wanted):
        missing = sorted(wanted - {state.device_id for state in found})
        fresh = [DeviceState(device_id=key, seen_at=at) for key in missing]
        DeviceState.objects.bulk_create(fresh, ignore_conflicts=True)
        found = locks.device_states(wanted)
    return found


def locked_windows(keys: Iterable[tuple[str, str]], *, at: datetime) -> dict[tuple[str, str], Window]:
    """Lock the replay windows of (device, boot), in that order; a boot without one gets it first."""
    wanted = set(keys)
    found = locks.replay_windows(wanted)
    if len(found) < len(wanted):
        missing = sorted(wanted - {(row.device_id, row.boot) for row in found})
        fresh = [
            ReplayWindow(device_id=device, boot=boot, safe_seq=NOTHING, last_seq=NOTHING, touched_at=at)
            for device, boot in missing
        ]
        ReplayWindow.objects.bulk_create(fresh, ignore_conflicts=True)
        found = locks.replay_windows(wanted)
    return {
        (row.device_id, row.boot): Window(
            safe=row.safe_seq,
            seen=row.seen,
            dead=row.dead,
            last=row.last_seq,
            unreadable=row.unreadable,
            clock=clocks.from_json(row.clock),
        )
        for row in found
    }
