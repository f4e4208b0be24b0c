"""What became of an attempt to send a message."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt.

    Attributes:
        why: it did not leave: one of `Delivery.Why`, or what the other side said.
        final: trying again would change nothing.
        gone: push subscriptions that their service has ended.
    """

    sent: bool = False
    why: str = ""
    final: bool = False
    gone: tuple[UUID, ...] = ()
