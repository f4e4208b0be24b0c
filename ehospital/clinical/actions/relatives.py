"""Relatives whom a source tells with several conditions at once: what it no longer says of them is taken back.

One resource of the source becomes one line for each condition. Which line a condition is follows what it says, not its
place: when the first of three goes, the other two stay the lines that they were, with their marks and their history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from ehospital.clinical import models
from ehospital.clinical.actions import provenance as prior
from ehospital.clinical.actions.provenance import Sorting
from ehospital.clinical.details import FamilyHistoryDetails, Record, digest
from ehospital.clinical.details.histories import condition_id
from ehospital.clinical.models.corrections import standing

_AT_ONCE = 16
GONE = b""
"""The digest of a line that its source took back: whatever it says next is news."""


@dataclass(frozen=True, slots=True)
class Told:
    """A record whose relatives have the lines that they had, and what is no longer said of them."""

    record: Record
    lines: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    """Of each resource, the lines that it is now."""
    gone: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    """Of each resource, the lines that it was and is no more."""


def told(patient_id: UUID, record: Record, relatives: Mapping[UUID, tuple[UUID, ...]]) -> Told:
    """Return the record with the ids of the lines that its relatives have in this chart already."""
    if not relatives:
        return Told(record)
    had = _had(patient_id, relatives)
    keys = [key for found in had.values() for key in found]
    rows = {row.pk: row for row in models.FamilyHistory.objects.filter(pk__in=keys, patient_id=patient_id)}
    marked = set(standing().filter(patient_id=patient_id, entry_id__in=keys).values_list("entry_id", flat=True))
    marks = {key: mark for key, (mark, _) in prior.known(keys).items()}
    spoken = {line.id: line for line in record.family_history}
    now: dict[UUID, tuple[UUID, ...]] = {}
    for resource, ids in relatives.items():
        lines = [spoken.pop(key) for key in ids]
        placed = _placed(resource, lines, had[resource], rows, marks, marked)
        now[resource] = tuple(line.id for line in placed)
        spoken |= {line.id: line for line in placed}
    gone = {resource: tuple(key for key in found if key not in now[resource]) for resource, found in had.items()}
    return Told(replace(record, family_history=tuple(spoken.values())), now, gone)


def take_back(patient_id: UUID, spoken: Told, sorting: Sorting, *, at: datetime) -> set[UUID]:
    """Enter as errors the lines that their source says no more, and return the resources that say
    something new of any line.

    What this hospital has revised since stands, and is told as such.
    """
    whose = {key: resource for resource, keys in spoken.gone.items() for key in keys}
    rows = models.FamilyHistory.objects.filter(pk__in=whose, patient_id=patient_id, entered_in_error=False)
    sorting.revised |= set(rows.filter(revised_at__isnull=False).values_list("pk", flat=True))
    taken = set(rows.filter(revised_at=None).values_list("pk", flat=True))
    if taken:
        models.FamilyHistory.objects.filter(pk__in=taken).update(entered_in_error=True)
        models.ImportedResource.objects.filter(pk__in=taken).update(digest=GONE, changed_at=at)
        sorting.counts["family_history"] = sorting.counts.get("family_history", 0) + len(taken)
    marks = sorting.imported.keys() | sorting.updated.keys()
    return {whose[key] for key in taken} | {one for one, lines in spoken.lines.items() if marks.intersection(lines)}


def _had(patient_id: UUID, relatives: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return the lines of each resource in this chart, in the order in which they came first."""
    found: dict[UUID, list[UUID]] = {resource: [] for resource in relatives}
    asked, start = list(relatives), 0
    while asked:
        places = range(start, start + _AT_ONCE)
        ids = {condition_id(resource, place): resource for resource in asked for place in places}
        rows = models.FamilyHistory.objects.filter(pk__in=ids, patient_id=patient_id)
        there = set(rows.values_list("pk", flat=True))
        for key, resource in ids.items():
            if key in there:
                found[resource].append(key)
        start += _AT_ONCE
        # Lines are given the first place that is free, and rows are never removed: a gap is the end.
        asked = [resource for resource in asked if len(found[resource]) >= start]
    return found


def _placed(
    resource: UUID,
    lines: list[FamilyHistoryDetails],
    had: list[UUID],
    rows: dict[UUID, models.FamilyHistory],
    marks: dict[UUID, bytes],
    marked: set[UUID],
) -> list[FamilyHistoryDetails]:
    """Give each condition the line that says the same, else the line in its place, else a new one."""
    free, found = list(had), dict[int, UUID]()

    def take(place: int, key: UUID) -> None:
        found[place] = key
        free.remove(key)

    for place, line in enumerate(lines):
        if key := next((one for one in free if marks.get(one) == digest(replace(line, id=one))), None):
            take(place, key)
    for place, line in enumerate(lines):
        if place not in found and (key := next((one for one in free if _says(rows[one]) == _said(line)), None)):
            take(place, key)
    alone = len(lines) == 1 and had == [resource]
    new = (key for number in range(len(had), len(had) + len(lines)) for key in [condition_id(resource, number)])
    for place in range(len(lines)):
        own = condition_id(resource, place)
        if place in found:
            continue
        if own in free and (alone or (own not in marked and not rows[own].entered_in_error)):
            take(place, own)
        else:
            found[place] = next(new)
    return [replace(line, id=found[place]) for place, line in enumerate(lines)]


def _says(row: models.FamilyHistory) -> tuple[str, str]:
    return (row.code_system, row.code) if row.code else ("", row.display.casefold())


def _said(line: FamilyHistoryDetails) -> tuple[str, str]:
    code = line.code
    return (code.system, code.code) if code.code else ("", code.display.casefold())
