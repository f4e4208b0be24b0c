"""Devices and whom they watch, what they measured, how ill that says a patient is, and the alerts that follow."""

from ehospital.monitoring.models.alerts import Alert, AlertEvent
from ehospital.monitoring.models.devices import Device, DeviceAssociation, DeviceState
from ehospital.monitoring.models.intake import Checkpoint, Quarantine, ReplayWindow
from ehospital.monitoring.models.mistakes import MistakenSet
from ehospital.monitoring.models.readings import DeviceObservation, VitalFrame
from ehospital.monitoring.models.states import PatientState, ScoreEntry

__all__ = [
    "Alert",
    "AlertEvent",
    "Checkpoint",
    "Device",
    "DeviceAssociation",
    "DeviceObservation",
    "DeviceState",
    "MistakenSet",
    "PatientState",
    "Quarantine",
    "ReplayWindow",
    "ScoreEntry",
    "VitalFrame",
]
