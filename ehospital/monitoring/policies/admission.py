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
        """Return whom the device watches at that moment."""
        (watched,) = self.watched(moment, moment)
        return watched

    def watched(self, first: datetime, last: datetime) -> set[UUID | None]:
        """Return everybody whom the device watched from the first moment to the last; None for any time of nobody's."""
        found: set[UUID | None] = set()
        reached: datetime | None = first
        for one in sorted(self.pairings, key=lambda one: one.since):
            if one.since > last or (one.until is not None and one.until <= first):
                continue
            if reached is not None and one.since > reached:
                found.add(None)
            found.add(one.patient_id)
            reached = one.until
        if reached is not None and reached <= last:
            found.add(None)
        return found


def owner_or_reason(
    device: Known | None, *, taken_at: datetime, received_at: datetime, now: datetime, span: tuple[datetime, datetime]
) -> tuple[UUID | None, Reason | None]:
    """Return the patient of a frame, or why it must be put aside.

    A frame belongs to whom the device watched when it was taken, as far as its clock can tell: it is filed only when
    the device watched one and the same patient at every moment at which it may have been taken. A time up to two
    minutes ahead of ours is believed to be now.

    Args:
        taken_at: by the device's clock.
        span: the earliest and the latest moment at which it may have been taken (`clocks.Clock.span`).
    """
    if device is None:
        return None, Reason.UNKNOWN_DEVICE
    if device.revoked:
        return None, Reason.REVOKED_DEVICE
    if taken_at - received_at > AHEAD_LIMIT:
        return None, Reason.FUTURE
    if now - taken_at > timedelta(days=KEPT_DAYS):
        return None, Reason.TOO_OLD
    watched = device.watched(*span)
    if len(watched) > 1:
        return None, Reason.CLOCK
    (patient_id,) = watched
    return (patient_id, None) if patient_id else (None, Reason.UNPAIRED)
