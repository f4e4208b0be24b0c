"""Whether the clock of a device can decide to whom a reading belongs: docs/adr/0011 says why.

Nothing that a device sends proves when it was taken. A message that comes within half a minute of its own time shows
that the clock is not slow; one that comes later may have waited, or the clock may be slow. So a clock is *right* from
the first message on that came on time, and it stops being right when it is set back, when the device starts anew (each
boot has a clock of its own), or when nothing has come on time for ten minutes of hearing: a buffer is emptied sooner.

A clock that is ahead shows itself: no reading can come before it was taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ehospital.monitoring.policies.freshness import SKEW_LIMIT, ms

EMPTIED_WITHIN: Final = timedelta(minutes=10)
"""A device that had to wait sends what it kept within so long; who is behind longer than this has a slow clock."""

_SKEW_MS: Final = SKEW_LIMIT // timedelta(milliseconds=1)
_EMPTIED_MS: Final = EMPTIED_WITHIN // timedelta(milliseconds=1)


@dataclass(slots=True)
class Clock:
    """What the messages of one boot of one device showed of its clock, since it was last set back.

    Attributes:
        right_from: the number of the first message that showed that the clock is not slow; None while nothing shows it.
        ahead_ms: by how much the clock is ahead of ours at least; below zero while everything only came late.
        seq, at_ms: number and time of the message with the highest number.
        behind_since_ms: when the hospital took the first message of those that came late without one on time since.
    """

    right_from: int | None = None
    ahead_ms: int | None = None
    seq: int | None = None
    at_ms: int = 0
    behind_since_ms: int | None = None

    def hear(self, seq: int, *, taken_at: datetime, received_at: datetime) -> None:
        """Take what one message shows; in the order in which they came."""
        taken_ms, received_ms = ms(taken_at), ms(received_at)
        ahead_ms = taken_ms - received_ms
        if self.seq is None or seq > self.seq:
            if self.seq is not None and taken_ms < self.at_ms - _SKEW_MS:
                self.right_from = self.ahead_ms = self.behind_since_ms = None  # it was set back
            self.seq, self.at_ms = seq, taken_ms
        self.ahead_ms = ahead_ms if self.ahead_ms is None else max(self.ahead_ms, ahead_ms)
        if ahead_ms >= -_SKEW_MS:
            self.right_from = seq if self.right_from is None else self.right_from
            self.behind_since_ms = None
        else:
            self.behind_since_ms = received_ms if self.behind_since_ms is None else self.behind_since_ms
            if received_ms - self.behind_since_ms > _EMPTIED_MS:
                self.right_from = None

    def span(self, seq: int, *, taken_at: datetime, received_at: datetime) -> tuple[datetime, datetime]:
        """Return the earliest and the latest moment at which a message may have been taken."""
        told = min(taken_at, received_at)
        if self.right_from is None or seq < self.right_from:
            return told, received_at
        ahead = timedelta(milliseconds=self.ahead_ms or 0)
        return (min(told, taken_at - ahead), told) if ahead > SKEW_LIMIT else (told, told)


def to_json(clock: Clock) -> dict[str, Any]:
    """Return the clock as plain JSON values."""
    return {
        "right_from": clock.right_from,
        "ahead_ms": clock.ahead_ms,
        "seq": clock.seq,
        "at_ms": clock.at_ms,
        "behind_since_ms": clock.behind_since_ms,
    }


def from_json(stored: Mapping[str, Any]) -> Clock:
    """Return the clock that `to_json` stored; one of which nothing is known for an empty mapping."""
    return Clock(**stored)
