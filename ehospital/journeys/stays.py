"""A patient in a bed: coming, moving and leaving, with everything that hangs on it, in one transaction each.

Whoever leaves a bed lets go of its devices, else what they measure on the next patient would be filed with this one;
and leaves no alert behind, for nobody could see or end it any more.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.estate import actions as estate
from ehospital.monitoring import actions as monitoring
from ehospital.people import access


@transaction.atomic
def take_bed(*, patient_id: UUID, bed_id: UUID, by: access.Actor, at: datetime) -> UUID:
    """Put a patient into a free bed, and return the occupancy's id.

    A device that still watches somebody else at that bed lets go. Open alerts of the patient go to the bed's ward.

    Raises:
        NotPermitted: `by` may not place this patient.
        BedTaken: somebody lies there, or the patient lies elsewhere; nothing was written.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    monitoring.clear_bed(bed_id, for_patient_id=patient_id, by=by, at=at)
    held = estate.place_patient(patient_id=patient_id, bed_id=bed_id, by=by, at=at)
    monitoring.hand_over_alerts(patient_id, reason="came to the ward", by=by, at=at)
    return held


@transaction.atomic
def change_bed(
    *, patient_id: UUID, bed_id: UUID, with_devices: Collection[str] = (), by: access.Actor, at: datetime
) -> UUID:
    """Move a patient to another free bed, and return the occupancy's id. Open alerts go to the new ward.

    Args:
        with_devices: devices that go along; every other one stays behind and watches nobody.
    Raises:
        NotPermitted: `by` may not place this patient.
        BedTaken: somebody lies there; nothing was written.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    freed = monitoring.let_go(patient_id, by=by, at=at)
    monitoring.clear_bed(bed_id, for_patient_id=patient_id, by=by, at=at)
    estate.vacate(patient_id=patient_id, by=by, at=at)
    held = estate.place_patient(patient_id=patient_id, bed_id=bed_id, by=by, at=at)
    for device_id in sorted(set(freed) & set(with_devices)):
        monitoring.pair_device(device_id, patient_id=patient_id, bed_id=bed_id, by=by, at=at)
    monitoring.hand_over_alerts(patient_id, reason="moved to another bed", by=by, at=at)
    return held


@transaction.atomic
def leave_bed(*, patient_id: UUID, reason: str, by: access.Actor, at: datetime) -> None:
    """Let a patient leave the hospital's beds: devices let go, alerts are closed, the ward's care ends.

    Args:
        reason: why, in words; every alert that is closed by it says so.
    Raises:
        NotPermitted: `by` may not place this patient; nothing was written.
    """
    access.require(by, access.Permission.PATIENT_PLACE, patient_id=patient_id)
    monitoring.let_go(patient_id, by=by, at=at)
    monitoring.close_alerts(patient_id, reason=reason, by=by, at=at)
    estate.vacate(patient_id=patient_id, by=by, at=at)
