"""Fluid balance: what went in and what came out, by shift and by day, and what the difference is.

Source: arithmetic; nothing is estimated. What nobody measured (sweat, breath) is in no sum, so a balance is one of what
was charted. The day of a chart begins with its first shift, in the morning, as wards hand over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Final

VERSION: Final = "1.0.0"
MOST_ML: Final = 5000
"""The most that one entry holds; who has charted more has typed a digit too many, or several entries as one."""
SHIFT_HOURS: Final = (6, 14, 22)


class Way(StrEnum):
    """Whether a fluid goes in or comes out."""

    IN = "in"
    OUT = "out"


KINDS: Final[Mapping[str, Way]] = {
    "oral": Way.IN, "tube": Way.IN, "infusion": Way.IN, "blood": Way.IN, "other-in": Way.IN,
    "urine": Way.OUT, "vomit": Way.OUT, "gastric": Way.OUT, "drain": Way.OUT, "stool": Way.OUT, "blood-loss": Way.OUT,
    "other-out": Way.OUT,
}  # fmt: skip
"""What is charted, in the order of the chart."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount, at one moment."""

    at: datetime
    kind: str
    ml: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What was charted from `begins_at` on until before `ends_at`; `by_kind` has only what was charted."""

    begins_at: datetime
    ends_at: datetime
    by_kind: Mapping[str, int] = field(default_factory=dict)

    def way(self, way: Way) -> int:
        """Return everything that went in, or came out, in ml."""
        return sum(ml for kind, ml in self.by_kind.items() if KINDS[kind] == way)

    def charted(self, way: Way) -> bool:
        """Return whether anything of it was charted: nothing charted is not 0 ml."""
        return any(KINDS[kind] == way for kind in self.by_kind)

    @property
    def taken_ml(self) -> int:
        """What went in."""
        return self.way(Way.IN)

    @property
    def lost_ml(self) -> int:
        """What came out."""
        return self.way(Way.OUT)

    @property
    def balance_ml(self) -> int:
        """More in than out is above 0."""
        return self.taken_ml - self.lost_ml


def boundaries(on: date, zone: tzinfo, hours: Sequence[int] = SHIFT_HOURS) -> tuple[datetime, ...]:
    """Return when the shifts of a fluid day begin and when the last one ends, in UTC.

    By the hospital's clock: the night in which the clocks change is an hour shorter or longer.
    """
    starts = [*((on, hour) for hour in hours), (on + timedelta(days=1), hours[0])]
    return tuple(datetime.combine(day, time(hour), zone).astimezone(UTC) for day, hour in starts)


def day_of(at: datetime, zone: tzinfo, hours: Sequence[int] = SHIFT_HOURS) -> date:
    """Return the fluid day of a moment: before the first shift it is still the day before."""
    local = at.astimezone(zone)
    return local.date() if local.hour >= hours[0] else local.date() - timedelta(days=1)


def sums(entries: Iterable[Entry], edges: Sequence[datetime]) -> list[Sum]:
    """Return one sum for each shift between the edges (see `boundaries`); what lies outside is in none."""
    found: list[dict[str, int]] = [{} for _ in edges[1:]]
    for one in entries:
        place = next((n for n in range(len(found)) if edges[n] <= one.at < edges[n + 1]), None)
        if place is not None:
            found[place][one.kind] = found[place].get(one.kind, 0) + one.ml
    return [Sum(begins, ends, told) for (begins, ends), told in zip(pairwise(edges), found, strict=True)]


def whole(parts: Sequence[Sum]) -> Sum:
    """Return the sum of shifts that follow each other."""
    total: dict[str, int] = {}
    for part in parts:
        for kind, ml in part.by_kind.items():
            total[kind] = total.get(kind, 0) + ml
    return Sum(parts[0].begins_at, parts[-1].ends_at, total)
