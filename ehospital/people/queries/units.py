"""Reads of units: where a patient may be taken over."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from ehospital.people import access
from ehospital.people.models import StaffMember, StaffRole, Unit, UnitMembership


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


def doctors_beside(viewer: access.Actor) -> "QuerySet[StaffMember]":
    """Return the doctors who work in one of the viewer's units at that moment, without the viewer, by name."""
    there = UnitMembership.objects.filter(unit_id__in=access.unit_ids(viewer), during__contains=viewer.at)
    held = StaffRole.objects.filter(role=access.Role.DOCTOR, during__contains=viewer.at)
    found = StaffMember.objects.filter(pk__in=there.values("staff_id"), active=True, external=False)
    others = found.exclude(pk__in=[viewer.staff_id] if viewer.staff_id else [])
    return others.filter(pk__in=held.values("staff_id")).order_by("name_text", "id")
