"""Opening and closing encounters."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.clinical.actions import writing
from ehospital.clinical.details import EncounterDetails
from ehospital.clinical.models import Encounter
from ehospital.people import access

_OPEN = ("arrived", "triaged", "in-progress", "onleave")


class EncounterNotOpen(RuntimeError):
    """The encounter has ended, or never took place."""


@transaction.atomic
def open_encounter(patient_id: UUID, details: EncounterDetails, *, by: access.Actor, at: datetime) -> UUID:
    """Open an encounter now (or at `details.started_at`, when that has passed) and return its id.

    Raises:
        NotPermitted: `by` may not write into this chart.
        InTheFuture: it is to start later; that is an appointment.
    """
    writing.not_after(details.started_at, at, "the start")
    values = {name: getattr(details, name) for name in details.__dataclass_fields__}
    values |= {"status": "in-progress", "started_at": details.started_at or at, "ended_at": None}
    opened = EncounterDetails(**values)
    return writing.write_line("encounters", patient_id, opened, what="encounter.opened", by=by, at=at)


@transaction.atomic
def close_encounter(encounter_id: UUID, *, outcome: str = "", by: access.Actor, at: datetime) -> None:
    """End an open encounter now.

    Args:
        outcome: where the patient goes, in words.
    Raises:
        UnknownEntry: no such encounter that `by` may write to.
        EncounterNotOpen: it has ended already; nothing is written.
    """
    encounter = writing.locked(Encounter, encounter_id, by=by)
    if encounter.status not in _OPEN:
        raise EncounterNotOpen(f"the encounter is {encounter.get_status_display()}")
    encounter.status, encounter.ended_at, encounter.outcome = Encounter.Status.FINISHED, at, outcome
    encounter.save(update_fields=["status", "ended_at", "outcome"])
    writing.noted(encounter, "encounter.closed", by=by, at=at)
