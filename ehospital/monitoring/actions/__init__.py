"""Writes of monitoring: devices, readings and observations, scores, alerts."""

from ehospital.monitoring.actions.devices import (
    DeviceKnown,
    DevicePaired,
    DeviceUnusable,
    pair_device,
    register_device,
    renew_secret,
    revoke_device,
    unpair_device,
)
from ehospital.monitoring.actions.telling_doors import copy_to_bucket, entries
from ehospital.monitoring.actions.upkeep import clear_intake, make_partitions

__all__ = [
    "DeviceKnown",
    "DevicePaired",
    "DeviceUnusable",
    "clear_intake",
    "copy_to_bucket",
    "entries",
    "make_partitions",
    "pair_device",
    "register_device",
    "renew_secret",
    "revoke_device",
    "unpair_device",
]
