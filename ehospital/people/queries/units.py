"""Reads of units: where a patient may be taken over."""

from dataclasses import dataclass
from uuid import UUID

from ehospital.people import access
from ehospital.people.models import Unit


class NoSuchUnit(LookupError):
    """No unit has that name, or several have; the message names those that there are."""


@dataclass(frozen=True)
class UnitSummary:
    """A unit by its name."""

    id: UUID
    name: str


def receiving_unit(name: str = "", *, viewer: access.Actor) -> UnitSummary | None:
    """Return the unit of that name, or the one that receives imports when none is named; None when there is none.

    Raises:
        NotPermitted: the viewer may not import records.
        NoSuchUnit: the name fits no unit, or several.
    """
    access.require(viewer, access.Permission.RECORD_IMPORT)
    if name:
        return _called(name)
    found = Unit.objects.filter(receives_imports=True).first()
    return UnitSummary(found.pk, found.name) if found else None


def unit_called(name: str, *, viewer: access.Actor) -> UnitSummary:
    """Return the unit of that name, whatever its case.

    Raises:
        NotPermitted: the viewer may not manage accounts.
        NoSuchUnit: the name fits no unit, or several.
    """
    access.require(viewer, access.Permission.ACCOUNT_MANAGE)
    return _called(name)


def _called(name: str) -> UnitSummary:
    chosen = list(Unit.objects.filter(name__iexact=name.strip()))
    if len(chosen) != 1:
        known = ", ".join(Unit.objects.order_by("name").values_list("name", flat=True)) or "none yet"
        problem = "Several units are" if chosen else "No unit is"
        raise NoSuchUnit(f"{problem} called {name!r}; there are: {known}")
    return UnitSummary(chosen[0].pk, chosen[0].name)
