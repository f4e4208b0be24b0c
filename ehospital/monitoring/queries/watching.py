"""Which devices watch whom at a moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ehospital.monitoring.models import Device, DeviceAssociation

CONTINUOUS = frozenset({Device.Type.MONITOR, Device.Type.WEARABLE, Device.Type.VENTILATOR})
"""Devices that send all the time: only their silence says something."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One device that watches one patient."""

    device_id: str
    patient_id: UUID
    continuous: bool
    since_at: datetime


def watches(patient_ids: Collection[UUID], *, at: datetime) -> dict[UUID, list[Watch]]:
    """Return the devices that watch these patients at that moment, by device id."""
    rows = (
        DeviceAssociation.objects.filter(patient_id__in=patient_ids, during__contains=at)
        .order_by("device_id", "id")
        .values_list("device_id", "patient_id", "device__type", "during")
    )
    found: dict[UUID, list[Watch]] = {}
    for device_id, patient_id, kind, during in rows:
        found.setdefault(patient_id, []).append(Watch(device_id, patient_id, kind in CONTINUOUS, during.lower))
    return found
