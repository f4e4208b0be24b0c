"""Who does the work on units: processes beside us, or we ourselves."""

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ehospital.fhir.importing.waiting import Unit
from ehospital.fhir.importing.workshop import Outcome, Workshop

LARGEST_UNDER_WAY = 96 << 20

_shops: "dict[Terms, Workshop]" = {}


@dataclass(frozen=True)
class Terms:
    """What every unit of one import shares."""

    source: str
    at: datetime
    zone: str
    unit_id: UUID | None = None


def work(terms: Terms, unit: Unit) -> Outcome:
    """Do one unit in this process; it keeps its workshop for the next one."""
    if terms not in _shops:
        _shops.clear()
        _shops[terms] = workshop(terms)
    return _shops[terms].work(unit)


def workshop(terms: Terms) -> Workshop:
    """Return a workshop for an import."""
    return Workshop(source=terms.source, at=terms.at, zone=terms.zone, unit_id=terms.unit_id)


class Crew:
    """Hands out units and brings back outcomes, with few of them under way so that memory stays small.

    Args:
        executor: processes that know Django and the database; None does the work here, one unit after the other.
        hands: how many work at once.
    """

    def __init__(
        self, terms: Terms, done: Callable[[Unit, Outcome], None], *, executor: Executor | None = None, hands: int = 1
    ) -> None:
        self.terms, self.done, self.executor = terms, done, executor
        self.shop = None if executor else workshop(terms)
        self.most = 2 * hands + 1
        self._under_way: dict[Future[Outcome], Unit] = {}
        self._size = 0

    def give(self, unit: Unit) -> None:
        """Have one unit done; waits while too many are under way."""
        if self.shop is not None:
            self.done(unit, self.shop.work(unit))
            return
        while self._under_way and (len(self._under_way) >= self.most or self._size + unit.size > LARGEST_UNDER_WAY):
            self._collect()
        assert self.executor is not None
        self._under_way[self.executor.submit(work, self.terms, unit)] = unit
        self._size += unit.size
        for future in [one for one in self._under_way if one.done()]:
            self._bring(future)

    def finish(self) -> None:
        """Wait for everything under way."""
        while self._under_way:
            self._collect()

    def abandon(self) -> None:
        """Take back what nobody has begun, wait for the rest, and account for it: patients stay whole."""
        for future in [one for one in self._under_way if one.cancel()]:
            self._size -= self._under_way.pop(future).size
        self.finish()

    def _collect(self) -> None:
        finished, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
        for future in finished:
            self._bring(future)

    def _bring(self, future: "Future[Outcome]") -> None:
        unit = self._under_way.pop(future)
        self._size -= unit.size
        self.done(unit, future.result())


def hands() -> int:
    """Return how many processes serve this machine: the database needs its share, so never more than four."""
    return max(1, min(4, os.cpu_count() or 1))
