"""Which devices watch whom, and where patients lie: asked for every batch, so in the words of the database itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from ehospital.monitoring.models import Device

CONTINUOUS = frozenset({Device.Type.MONITOR, Device.Type.WEARABLE, Device.Type.VENTILATOR})
"""Devices that send all the time: only their silence says something."""

_WATCHES = """
SELECT pairing.device_id, pairing.patient_id, device.type, lower(pairing.during)
FROM monitoring_deviceassociation AS pairing JOIN monitoring_device AS device ON device.id = pairing.device_id
WHERE pairing.patient_id = ANY(%s) AND pairing.during @> %s::timestamptz
ORDER BY pairing.device_id, pairing.id
"""
_PLACES = """
SELECT held.patient_id, held.bed_id, room.ward_id, ward.unit_id
FROM estate_occupancy AS held JOIN estate_bed AS bed ON bed.id = held.bed_id
JOIN estate_room AS room ON room.id = bed.room_id JOIN estate_ward AS ward ON ward.id = room.ward_id
WHERE held.patient_id = ANY(%s) AND held.during @> %s::timestamptz
ORDER BY held.id
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """One device that watches one patient."""

    device_id: str
    patient_id: UUID
    continuous: bool
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a patient lies: the bed, its ward, and the unit whose staff care for whoever lies there."""

    bed_id: UUID
    ward_id: UUID
    unit_id: UUID


def watches(patient_ids: Collection[UUID], *, at: datetime) -> dict[UUID, list[Watch]]:
    """Return the devices that watch these patients at that moment, by device id."""
    found: dict[UUID, list[Watch]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WATCHES, [list(patient_ids), at])
        for device_id, patient_id, kind, since in cursor.fetchall():
            found.setdefault(patient_id, []).append(Watch(device_id, patient_id, kind in CONTINUOUS, since))
    return found


def places(patient_ids: Collection[UUID], *, at: datetime) -> dict[UUID, Place]:
    """Return where these patients lie at that moment; a patient without a bed is not there."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [list(patient_ids), at])
        return {patient_id: Place(*rest) for patient_id, *rest in cursor.fetchall()}
