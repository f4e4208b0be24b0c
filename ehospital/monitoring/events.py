"""What monitoring tells the other domains, and the stream process, which tells the browsers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ViewsChanged:
    """What open boards and charts show of a patient changed by an act outside the stream process, which tells them.

    Attributes:
        alerts: "<alert>:<opened, updated, acknowledged or closed>" of each alert that changed.
    """

    patient_id: UUID
    alerts: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class AlertWasOpened:
    """A new alert stands."""

    alert_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class AlertWasUpdated:
    """An alert's priority changed; one that was acknowledged may need to be acknowledged again."""

    alert_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class AlertWasAcknowledged:
    """Somebody has taken an alert."""

    alert_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class AlertWasClosed:
    """An alert is over."""

    alert_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class DeviceWasPaired:
    """A device watches a patient from now on."""

    device_id: str
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class DeviceWasUnpaired:
    """A device no longer watches a patient."""

    device_id: str
    patient_id: UUID
    at: datetime
