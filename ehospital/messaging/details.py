"""The steps of a ladder, as whoever announces a notice says them and as the database keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Step:
    """One step of a ladder: whom it tells, and how long after the start.

    Units and roles named together mean those who work in one of the units and hold one of the roles; units alone mean
    everybody who works there, roles alone everybody in the hospital who holds one.

    Attributes:
        after: since the notice was announced; not before the step before it.
        staff_ids: these members of staff.
        unit_ids: those who work there at that moment.
        roles: of `people.access.Role`.
        channels: of `models.Channel`; these are used whatever a person wishes. The screen always is.
        but_not: nobody of these, by whichever way they would be told.
    """

    after: timedelta
    staff_ids: Sequence[UUID] = ()
    unit_ids: Sequence[UUID] = ()
    roles: Sequence[str] = ()
    channels: Sequence[str] = ()
    but_not: Sequence[UUID] = ()


def to_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return steps as plain JSON values."""
    return [
        {
            "after_s": step.after.total_seconds(),
            "staff": [str(one) for one in step.staff_ids],
            "units": [str(one) for one in step.unit_ids],
            "roles": [str(one) for one in step.roles],
            "channels": [str(one) for one in step.channels],
            "but_not": [str(one) for one in step.but_not],
        }
        for step in steps
    ]


def from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return the steps that `to_json` wrote."""
    return tuple(
        Step(
            after=timedelta(seconds=one["after_s"]),
            staff_ids=tuple(UUID(key) for key in one["staff"]),
            unit_ids=tuple(UUID(key) for key in one["units"]),
            roles=tuple(one["roles"]),
            channels=tuple(one["channels"]),
            but_not=tuple(UUID(key) for key in one["but_not"]),
        )
        for one in stored
    )
