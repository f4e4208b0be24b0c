"""To whom a message belongs, and whether it may be stored there; what may not is put aside with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ehospital.monitoring.models.intake import Quarantine
from ehospital.monitoring.models.readings import KEPT_DAYS
from ehospital.monitoring.policies.freshness import AHEAD_LIMIT

Reason = Quarantine.Reason


@dataclass(frozen=True, slots=True)
class Pairing:
    """A device watched a patient for a time; `until` None means that it still does."""

    patient_id: UUID
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A registered device. `pairings` are those that matter for the batch."""

    device_id: str
    continuous: bool
    revoked: bool
    pairings: list[Pairing]

    def patient_at(self, moment: datetime) -> UUID | None:
        """Return whom the device watched at that moment."""
        for one in self.pairings:
            if one.since <= moment and (one.until is None or moment < one.until):
                return one.patient_id
        return None


def owner_or_reason(
    device: Known | None, *, taken_at: datetime, received_at: datetime, now: datetime
) -> tuple[UUID | None, Reason | None]:
    """Return the patient of a frame, or why it must be put aside.

    A time up to two minutes ahead of ours is believed to be now.
    """
    if device is None:
        return None, Reason.UNKNOWN_DEVICE
    if device.revoked:
        return None, Reason.REVOKED_DEVICE
    if taken_at - received_at > AHEAD_LIMIT:
        return None, Reason.FUTURE
    if now - taken_at > timedelta(days=KEPT_DAYS):
        return None, Reason.TOO_OLD
    patient_id = device.patient_at(min(taken_at, received_at))
    return (patient_id, None) if patient_id else (None, Reason.UNPAIRED)
