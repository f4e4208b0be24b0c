"""The catalogue of what can be ordered: files that a hospital adapts, read once."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ehospital.kernel.codes import LOINC, Code
from ehospital.kernel.folding import fold

HERE = Path(__file__).parent

Bounds = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Range:
    """A usual range for whoever is at least `from_days` and less than `to_days` old; `sex` is empty for both."""

    from_days: int
    to_days: int | None
    sex: str
    low: Decimal | None
    high: Decimal | None
    source: str

    def for_age(self, age_days: int | None) -> bool:
        """Tell whether it counts at that age; of an age that is not known only a range for every age does."""
        if age_days is None:
            return self.from_days == 0 and self.to_days is None
        return self.from_days <= age_days and (self.to_days is None or age_days < self.to_days)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that a test measures, and the unit in which it is typed."""

    key: str
    code: Code
    ucum: str
    possible: Bounds | None
    usual: Bounds | None
    ranges: tuple[Range, ...]

    def range_for(self, *, age_days: int | None, sex: str) -> Range | None:
        """Return the usual range of somebody; None when none is known for them, as when the age is not."""
        for one in self.ranges:
            if one.for_age(age_days) and one.sex in ("", sex):
                return one
        return None


@dataclass(frozen=True, slots=True)
class Orderable:
    """One row of the catalogue."""

    key: str
    kind: str
    code: Code
    measures: tuple[Measure, ...]
    bedside: bool
    contrast: bool
    found_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderSet:
    """What is often ordered together."""

    key: str
    display: str
    orders: tuple[Orderable, ...]


class UnknownOrderable(LookupError):
    """No row of the catalogue has that key; nothing was written."""


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _bounds(pair: list[str] | None) -> Bounds | None:
    return (Decimal(pair[0]), Decimal(pair[1])) if pair else None


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """Return everything that can be measured, by key."""
    told = _read("measures.toml")
    sources = told["sources"]

    def usual(one: Mapping[str, Any]) -> Range:
        low, high = (Decimal(one[end]) if end in one else None for end in ("low", "high"))
        days = (one.get("from_days", 0), one.get("to_days"))
        return Range(*days, one.get("sex", ""), low, high, sources[one["source"]])

    return {
        key: Measure(
            key=key,
            code=Code(LOINC, one["loinc"], one["display"]),
            ucum=one["ucum"],
            possible=_bounds(one.get("possible")),
            usual=_bounds(one.get("usual")),
            ranges=tuple(usual(row) for row in one["ranges"]),
        )
        for key, one in told.items()
        if key != "sources"
    }


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Orderable]:
    """Return everything that can be ordered, by key, in the order of the file."""
    known = measures()
    return {
        key: Orderable(
            key=key,
            kind=one["kind"],
            code=Code(LOINC if one.get("loinc") else "", one.get("loinc", ""), one["display"]),
            measures=tuple(known[name] for name in one.get("measures", ())),
            bedside=one.get("bedside", False),
            contrast=one.get("contrast", False),
            found_by=tuple(fold(word) for word in (one["display"], one.get("loinc", ""), *one.get("also", ()))),
        )
        for key, one in _read("catalogue.toml").items()
    }


@lru_cache(maxsize=1)
def order_sets() -> tuple[OrderSet, ...]:
    """Return what is often ordered together."""
    known = catalogue()
    return tuple(
        OrderSet(key, one["display"], tuple(known[name] for name in one["orders"]))
        for key, one in _read("sets.toml").items()
    )


def orderable(key: str) -> Orderable:
    """Return one row.

    Raises:
        UnknownOrderable: there is none of that key.
    """
    found = catalogue().get(key)
    if found is None:
        raise UnknownOrderable(f"nothing called {key[:40]!r} can be ordered")
    return found


def found(text: str, among: Iterable[Orderable]) -> list[Orderable]:
    """Return the rows in which every word that was typed begins some word or a code; all of them for no words.

    Those that are called exactly so come first, the others in the order of the catalogue.
    """
    wanted = fold(text).split()
    rows = [one for one in among if all(_begins(word, one) for word in wanted)]
    return sorted(rows, key=lambda one: " ".join(wanted) not in one.found_by)


def _begins(word: str, one: Orderable) -> bool:
    return any(part.startswith(word) for name in one.found_by for part in (name, *name.split()))
