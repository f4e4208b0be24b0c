"""Writes of monitoring: devices, readings and observations, scores, alerts."""

from ehospital.foundation.reasons import ReasonMissing
from ehospital.monitoring.actions.answering import AlertOver, AlertTaken, NoteNeeded, acknowledge, close_alert
from ehospital.monitoring.actions.claiming import Claim, claim
from ehospital.monitoring.actions.devices import (
    DeviceKnown,
    DevicePaired,
    DeviceUnusable,
    NotInBed,
    pair_device,
    register_device,
    renew_secret,
    revoke_device,
    unpair_device,
)
from ehospital.monitoring.actions.handing_over import AlertsCollide, hand_over, hold, take_back
from ehospital.monitoring.actions.leaving import clear_bed, close_alerts, hand_over_alerts, let_go
from ehospital.monitoring.actions.messages import Fenced, Position, Recorded, Taken, Unread
from ehospital.monitoring.actions.mistaking import SetMarkedBefore, UnknownSet, mark_set_in_error
from ehospital.monitoring.actions.observing import (
    UnusableObservation,
    record_observations,
    set_pregnant,
    set_spo2_scale,
)
from ehospital.monitoring.actions.recording import record_readings
from ehospital.monitoring.actions.sweeping import sweep
from ehospital.monitoring.actions.telling_doors import copy_to_bucket, entries
from ehospital.monitoring.actions.upkeep import clear_intake, make_partitions

__all__ = [
    "AlertOver",
    "AlertTaken",
    "AlertsCollide",
    "Claim",
    "DeviceKnown",
    "DevicePaired",
    "DeviceUnusable",
    "Fenced",
    "NotInBed",
    "NoteNeeded",
    "Position",
    "ReasonMissing",
    "Recorded",
    "SetMarkedBefore",
    "Taken",
    "UnknownSet",
    "Unread",
    "UnusableObservation",
    "acknowledge",
    "claim",
    "clear_bed",
    "clear_intake",
    "close_alert",
    "close_alerts",
    "copy_to_bucket",
    "entries",
    "hand_over",
    "hand_over_alerts",
    "hold",
    "let_go",
    "make_partitions",
    "mark_set_in_error",
    "pair_device",
    "record_observations",
    "record_readings",
    "register_device",
    "renew_secret",
    "revoke_device",
    "set_pregnant",
    "set_spo2_scale",
    "sweep",
    "take_back",
    "unpair_device",
]
