"""Notices, whom they were told, over which channel, and what each person wants."""

from ehospital.messaging.models.deliveries import Channel, Delivery
from ehospital.messaging.models.notices import Notice, NoticeStep, ToldPerson
from ehospital.messaging.models.wishes import PushSubscription, Threshold, Wishes

__all__ = [
    "Channel",
    "Delivery",
    "Notice",
    "NoticeStep",
    "PushSubscription",
    "Threshold",
    "ToldPerson",
    "Wishes",
]
