"""How names are shown, and under which words search finds them."""

from collections.abc import Iterable
from typing import Protocol

from ehospital.kernel.folding import fold


class Named(Protocol):
    """A name, as it is told or as it is kept."""

    @property
    def given(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def use(self) -> str: ...


HOSPITAL_NUMBER = "urn:ehospital:patient-number"
"""The issuer of this hospital's own patient numbers."""

REGISTER = "urn:ehospital:register:"
"""The issuer of numbers of a register's own, followed by its name: places in a list, which say nothing of a person."""

_SHOWN_FIRST = ("official", "usual", "temp", "nickname", "anonymous", "maiden", "old")


def shown(names: Iterable[Named]) -> str:
    """Return the name that a chart shows: FAMILY, Given, from the most official name in use."""
    ranked = sorted(names, key=lambda name: _SHOWN_FIRST.index(name.use) if name.use in _SHOWN_FIRST else 99)
    best = ranked[0]
    return ", ".join(part for part in (best.family.upper(), best.given) if part)[:250]


def words(names: Iterable[Named]) -> list[str]:
    """Return every word under which search finds these names: each part, and compound names also in one word."""
    parts = [fold(part) for name in names for part in (name.given, name.family)]
    joined = [part.replace(" ", "") for part in parts]
    return sorted({word for part in (*parts, *joined) for word in part.split()})
