"""Changing a line that stands: only as its reader saw it, so that nobody overwrites what they never read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from ehospital.clinical import models
from ehospital.clinical.actions import rows, writing
from ehospital.clinical.actions.columns import TABLES
from ehospital.people import access

R = TypeVar("R", models.Problem, models.Allergy)


class EntryChanged(RuntimeError):
    """Somebody has changed the line since it was read; compare with what stands now, then save again."""


class EndsBeforeStart(ValueError):
    """Nothing ends before it began; nothing was written."""


def opened(model: type[R], key: UUID, *, seen_version: int | None, by: access.Actor) -> R:
    """Lock a line and its chart and return it, as long as it is what the actor saw (None: whatever it is).

    Raises:
        UnknownEntry: no such line that `by` may write to, or it was entered in error.
        EntryChanged: it is another version.
    """
    line = writing.locked(model, key, by=by)
    if line.verification == "entered-in-error":
        raise writing.UnknownEntry(f"{key} was entered in error")
    if seen_version is not None and line.version != seen_version:
        raise EntryChanged(f"version {line.version} stands, {seen_version} was seen")
    return line


def write(kind: str, line: Any, details: Any, *, what: str, by: access.Actor, at: datetime) -> Any:
    """Write a line anew, in the caller's transaction, and return what was written.

    Who wrote it down first, and when, stays; the audit trail names the columns that changed.
    """
    kept = replace(
        details,
        id=line.pk,
        recorded_at=line.recorded_at,
        recorded_by_id=line.recorded_by_id,
        recorded_by_text=line.recorded_by_text,
    )
    writing.check_encounters(line.patient_id, [kept])
    model, getters = TABLES[kind]
    changed = _changed(line, kept, getters)
    more: dict[str, Sequence[Any]] = {"revised_at": [at], "revised_by": [by.name[:200]]}
    rows.write_rows(model, [kept], getters, patient_id=line.patient_id, at=at, **more)
    writing.noted(line, what, by=by, at=at, details={"changed": changed})
    return kept


def _changed(line: Any, details: Any, getters: Mapping[str, Any]) -> list[str]:
    told = {name: read(details) for name, read in getters.items()}
    return [name for name, value in told.items() if _plain(value) != _plain(getattr(line, name))]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
