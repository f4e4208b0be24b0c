"""Writes of messages."""

from ehospital.messaging.actions.announcing import announce, tell_due
from ehospital.messaging.actions.delivering import deliver
from ehospital.messaging.actions.handing_over import hand_over, take_back
from ehospital.messaging.actions.hearing import (
    glass_was_broken,
    glass_was_reviewed,
    look_was_answered,
    look_was_questioned,
)
from ehospital.messaging.actions.relieving import relieve
from ehospital.messaging.actions.seeing import see_notice
from ehospital.messaging.actions.settling import settle
from ehospital.messaging.actions.sweeping import clear, sweep
from ehospital.messaging.actions.wishing import (
    ChangedMeanwhile,
    UnusableBrowser,
    UnusableWishes,
    WishDetails,
    choose_browser,
    drop_browser,
    wish,
)
from ehospital.messaging.details import Step

__all__ = [
    "ChangedMeanwhile",
    "Step",
    "UnusableBrowser",
    "UnusableWishes",
    "WishDetails",
    "announce",
    "choose_browser",
    "clear",
    "deliver",
    "drop_browser",
    "glass_was_broken",
    "glass_was_reviewed",
    "hand_over",
    "look_was_answered",
    "look_was_questioned",
    "relieve",
    "see_notice",
    "settle",
    "sweep",
    "take_back",
    "tell_due",
    "wish",
]
