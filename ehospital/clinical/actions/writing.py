"""What every single write of a chart does: lock the chart, ask, check, write, audit, tell."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import models as db

from ehospital.clinical import events, models
from ehospital.clinical.actions import rows
from ehospital.clinical.actions.columns import TABLES
from ehospital.clinical.queries.confidential import hidden_from
from ehospital.foundation import audit, locks, outbox
from ehospital.people import access
from ehospital.people.row_security.granting import patient_of

Line = TypeVar("Line")
M = TypeVar("M", bound=db.Model)

CLOCKS_MAY_DIFFER_BY = timedelta(minutes=5)


class UnknownEntry(LookupError):
    """No such line in a chart that the actor may write to."""


class ForeignEncounter(ValueError):
    """The encounter is not one of this patient; nothing was written."""


class InTheFuture(ValueError):
    """What is said to have happened lies in the future; nothing was written."""


def lock_chart(patient_id: UUID) -> None:
    """Hold the chart until the transaction ends, so that what it says as a whole stays true."""
    locks.advisory(f"chart:{patient_id}")


def write_line(
    kind: str,
    patient_id: UUID,
    details: Any,
    *,
    what: str,
    by: access.Actor,
    at: datetime,
    permission: access.Permission = access.Permission.CHART_WRITE,
) -> UUID:
    """Write one line of one of `TABLES`, inside the caller's transaction, and return its id."""
    (key,) = write_lines(kind, patient_id, [details], what=what, by=by, at=at, permission=permission)
    return key


def write_lines(
    kind: str,
    patient_id: UUID,
    lines: list[Any],
    *,
    what: str,
    by: access.Actor,
    at: datetime,
    permission: access.Permission = access.Permission.CHART_WRITE,
) -> list[UUID]:
    """Write some lines of one of `TABLES`, inside the caller's transaction, and return their ids."""
    lock_chart(patient_id)
    access.require(by, permission, patient_id=patient_id)
    check_encounters(patient_id, lines)
    signed = [_signed(line, by) for line in lines]
    model, getters = TABLES[kind]
    rows.write_rows(model, signed, getters, patient_id=patient_id, at=at)
    audit.record_many(
        [audit.event(what, by=by, at=at, patient_id=patient_id, subject=f"{kind}:{one.id}") for one in signed]
    )
    for one in signed:
        outbox.publish(events.ChartWasChanged(patient_id=patient_id, entry_id=one.id, what=what, at=at))
    return [one.id for one in signed]


def locked(
    model: type[M],
    key: UUID,
    *,
    by: access.Actor,
    permission: access.Permission = access.Permission.CHART_WRITE,
    also_hidden: bool = False,
) -> M:
    """Lock one line and its chart and return it; what never changes needs no lock of its own (nor the grant for it).

    Args:
        also_hidden: a confidential line too: whoever performs an order answers it without seeing the chart.
    Raises:
        UnknownEntry: there is none, or `by` may not write to that chart: both answer alike.
    """
    patient_id = patient_of(model, key)
    may = patient_id is not None and access.may(by, permission, patient_id=patient_id)
    if patient_id is None or not may or (not also_hidden and key in hidden_from(by, patient_id)):
        raise UnknownEntry(f"no {model._meta.verbose_name} {key}")
    lock_chart(patient_id)
    if getattr(model, "append_only", False):
        return model._default_manager.get(pk=key)
    (line,) = locks.rows(model._default_manager.all(), [key])
    return line


def noted(line: Any, what: str, *, by: access.Actor, at: datetime, details: dict[str, Any] | None = None) -> None:
    """Audit a change of a line that exists, and tell of it."""
    subject = f"{line._meta.model_name}:{line.pk}"
    audit.record(what, by=by, at=at, patient_id=line.patient_id, subject=subject, details=details)
    outbox.publish(events.ChartWasChanged(patient_id=line.patient_id, entry_id=line.pk, what=what, at=at))


def not_after(moment: datetime | None, at: datetime, words: str) -> None:
    """Return unless the moment lies further ahead than clocks differ.

    Raises:
        InTheFuture: it does; `words` say what it is.
    """
    if moment is not None and moment > at + CLOCKS_MAY_DIFFER_BY:
        raise InTheFuture(f"{words} lies in the future ({moment:%Y-%m-%d %H:%M %Z})")


def _signed(line: Any, by: access.Actor) -> Any:
    if not hasattr(line, "recorded_by_id") or line.recorded_by_id or line.recorded_by_text:
        return line
    return replace(line, recorded_by_id=by.staff_id, recorded_by_text="" if by.staff_id else by.name)


def check_encounters(patient_id: UUID, lines: list[Any]) -> None:
    """Return when every encounter that a line names is one of this patient.

    Raises:
        ForeignEncounter: one is not.
    """
    wanted: set[UUID] = {line.encounter_id for line in lines if getattr(line, "encounter_id", None)}
    if wanted and models.Encounter.objects.filter(pk__in=wanted, patient_id=patient_id).count() != len(wanted):
        raise ForeignEncounter("the encounter is not one of this patient")
