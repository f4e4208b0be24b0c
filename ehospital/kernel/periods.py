"""Periods: half-open stretches of time, from `start_at` (inside) to `end_at` (outside); no end means still open."""

from dataclasses import dataclass
from datetime import datetime, timedelta


class MalformedPeriod(ValueError):
    """A period needs instants with a time zone, and an end after its start."""


@dataclass(frozen=True, slots=True, order=False)
class Period:
    """`start_at <= t < end_at`; both timezone-aware; `end_at` None means open-ended. Never empty."""

    start_at: datetime
    end_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("start_at", "end_at"):
            instant = getattr(self, name)
            if instant is not None and instant.utcoffset() is None:
                raise MalformedPeriod(f"{name} has no time zone; pass an aware datetime")
        if self.end_at is not None and self.end_at <= self.start_at:
            raise MalformedPeriod(f"the end {self.end_at} must lie after the start {self.start_at}")

    def __contains__(self, instant: datetime) -> bool:
        return self.start_at <= instant and (self.end_at is None or instant < self.end_at)

    @property
    def duration(self) -> timedelta | None:
        """The length in real (elapsed) time; None while the period is open."""
        return None if self.end_at is None else self.end_at - self.start_at

    def overlaps(self, other: "Period") -> bool:
        """Tell whether some instant lies in both; periods that only touch do not overlap."""
        return self.intersection(other) is not None

    def intersection(self, other: "Period") -> "Period | None":
        """Return the stretch that lies in both, or None."""
        start = max(self.start_at, other.start_at)
        ends = [end for end in (self.end_at, other.end_at) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end <= start else Period(start, end)

    def encloses(self, other: "Period") -> bool:
        """Tell whether every instant of the other lies in this one."""
        if other.start_at < self.start_at:
            return False
        return self.end_at is None or (other.end_at is not None and other.end_at <= self.end_at)

    def meets(self, other: "Period") -> bool:
        """Tell whether the other starts exactly where this one ends."""
        return self.end_at is not None and self.end_at == other.start_at

    def ended(self, at: datetime) -> "Period":
        """Return the same period closed at `at`; raises MalformedPeriod when that is not after its start."""
        return Period(self.start_at, at)
