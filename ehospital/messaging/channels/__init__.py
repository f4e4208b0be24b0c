"""The ways out to a person. Each says why it cannot be used, sends one message, and tells what became of it."""

from collections.abc import Mapping
from datetime import datetime
from types import ModuleType

from ehospital.messaging.channels import mail, push, screen, sms
from ehospital.messaging.channels.outcome import Outcome
from ehospital.messaging.models import Channel, Delivery
from ehospital.messaging.queries.recipients import Recipient

__all__ = ["Outcome", "obstacle", "send"]

_CHANNELS: Mapping[str, ModuleType] = {
    Channel.SCREEN: screen,
    Channel.EMAIL: mail,
    Channel.SMS: sms,
    Channel.PUSH: push,
}


def obstacle(channel: str, person: Recipient) -> str:
    """Return why this channel cannot reach this person at all, one of `Delivery.Why`; empty when it can be tried."""
    return str(_CHANNELS[channel].obstacle(person))


def send(message: Delivery, person: Recipient, *, at: datetime) -> Outcome:
    """Send one message over its channel; outside of any transaction, for it waits for a network."""
    outcome: Outcome = _CHANNELS[message.channel].send(message, person, at=at)
    return outcome
