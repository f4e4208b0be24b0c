"""Which numbers of a device's sequence are dealt with: exact however late, repeated or disordered they come.

The numbers are kept as ranges, so a gap may stay open for ever at no cost and what fills it later is still new.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from ehospital.monitoring.policies.clocks import Clock

MOST_RANGES: Final = 256
"""A device that leaves more gaps than this open loses the oldest: what would have filled it counts as a repeat."""

MOST_DEAD: Final = 256
"""So many numbers of dead letters are remembered, the newest: their replay is stored as new."""

NOTHING: Final = -1


@dataclass(slots=True)
class Window:
    """The numbers of one boot of one device.

    Attributes:
        safe: everything the device sent up to here is dealt with; NOTHING before the first message.
        seen: [[first, last], …], ascending, never touching.
        dead: those of `seen` whose message lies among the dead letters; when it can be read after all, it is new.
        last: the number that came last, NOTHING before.
        unreadable: how many messages without a readable number came since.
        clock: what they showed of the device's clock.
        gaps_lost: gaps given up because there were too many; to be counted, not stored.
    """

    safe: int = NOTHING
    seen: list[list[int]] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    last: int = NOTHING
    unreadable: int = 0
    clock: Clock = field(default_factory=Clock)
    gaps_lost: int = 0

    def take(self, seq: int) -> bool:
        """Deal with a number and return whether it is new; False for a repeat."""
        if self.unreadable and self.last != NOTHING and seq == self.last + 1 + self.unreadable:
            # A device sends in order, so the messages that could not be read were exactly the numbers in between.
            for between in range(self.last + 1, seq):
                self._bury(between)
        self.unreadable = 0
        self.last = seq
        new = self._add(seq)
        self._advance()
        if not new and seq in self.dead:
            self.dead.remove(seq)
            return True
        return new

    def take_dead(self, seq: int) -> None:
        """Deal with the number of a message that lies among the dead letters."""
        self.unreadable = 0
        self.last = seq
        self._bury(seq)
        self._advance()

    def take_unreadable(self) -> None:
        """Remember that a message came whose number nobody can read; it is among the dead letters."""
        if self.last != NOTHING:
            self.unreadable += 1

    def _bury(self, seq: int) -> None:
        if self._add(seq):
            self.dead = [*self.dead, seq][-MOST_DEAD:]

    def _add(self, seq: int) -> bool:
        place = bisect_right(self.seen, seq, key=lambda one: one[0])
        before = self.seen[place - 1] if place else None
        after = self.seen[place] if place < len(self.seen) else None
        if before and seq <= before[1]:
            return False
        joins_before, joins_after = bool(before and before[1] == seq - 1), bool(after and after[0] == seq + 1)
        if before and after and joins_before and joins_after:
            before[1] = after[1]
            del self.seen[place]
        elif before and joins_before:
            before[1] = seq
        elif after and joins_after:
            after[0] = seq
        else:
            self.seen.insert(place, [seq, seq])
        if len(self.seen) > MOST_RANGES:
            self.seen[0:2] = [[self.seen[0][0], self.seen[1][1]]]
            self.gaps_lost += 1
        return True

    def _advance(self) -> None:
        if self.safe == NOTHING:
            self.safe = self.seen[0][1]
            return
        place = bisect_right(self.seen, self.safe, key=lambda one: one[0])
        if place and self.seen[place - 1][1] > self.safe:
            self.safe = self.seen[place - 1][1]
