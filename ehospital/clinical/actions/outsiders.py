"""Remembering clinicians and organisations outside by the ids and numbers of the system that sent them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from ehospital.clinical import models
from ehospital.clinical.actions.upserting import upsert
from ehospital.clinical.details import digest_of
from ehospital.foundation import locks
from ehospital.people import access
from ehospital.people import actions as people
from ehospital.people.details import OrganisationDetails, StaffDetails


@dataclass(frozen=True, slots=True)
class Outsider:
    """One of them: the resource type and id at the source, and every number that references may use."""

    id: UUID
    kind: str
    source_id: str
    details: StaffDetails | OrganisationDetails
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OutsidersWritten:
    """What became of their ids; each is in exactly one of the three."""

    imported: frozenset[UUID]
    updated: frozenset[UUID]
    unchanged: frozenset[UUID]


@transaction.atomic
def import_outsiders(outsiders: Sequence[Outsider], *, source: str, by: access.Actor, at: datetime) -> OutsidersWritten:
    """Write clinicians and organisations outside, and the numbers by which references find them; repeatable.

    A number that another of the same source and kind holds already stays with that one.

    Raises:
        NotPermitted: `by` may not import.
    """
    access.require(by, access.Permission.RECORD_IMPORT)
    locks.advisory(f"outsiders:{source}")
    found = models.ImportedResource.objects.filter(pk__in=[one.id for one in outsiders])
    known = {key: bytes(mark) for key, mark in found.values_list("pk", "digest")}
    marks = {one.id: digest_of([one.details, one.numbers]) for one in outsiders}
    changed = {one.id: one for one in outsiders if known.get(one.id) != marks[one.id]}
    if changed:
        _write(changed, by=by, at=at)
    _remember(changed, marks, source=source, at=at)
    _number(changed.values(), source=source)
    new = changed.keys() - known.keys()
    return OutsidersWritten(frozenset(new), frozenset(changed.keys() - new), frozenset(marks.keys() - changed.keys()))


def _write(changed: Mapping[UUID, Outsider], *, by: access.Actor, at: datetime) -> None:
    told = {key: one.details for key, one in changed.items()}
    staff = {key: details for key, details in told.items() if isinstance(details, StaffDetails)}
    organisations = {key: details for key, details in told.items() if isinstance(details, OrganisationDetails)}
    people.import_outsiders(staff=staff, organisations=organisations, by=by, at=at)


def _remember(changed: Mapping[UUID, Outsider], marks: Mapping[UUID, bytes], *, source: str, at: datetime) -> None:
    rows = list(changed.values())
    more: dict[str, Sequence[Any]] = {
        "source": [source] * len(rows),
        "patient_id": [None] * len(rows),
        "digest": [marks[one.id] for one in rows],
        "changed_at": [at] * len(rows),
    }
    columns = {"id": lambda one: one.id, "kind": lambda one: one.kind, "source_id": lambda one: one.source_id}
    upsert(models.ImportedResource, rows, columns, more)


def _number(outsiders: Iterable[Outsider], *, source: str) -> None:
    rows = [
        models.SourceIdentifier(
            id=uuid5(one.id, f"{system} {value}"),
            source=source,
            kind=one.kind,
            system=system,
            value=value,
            target_id=one.id,
        )
        for one in outsiders
        for system, value in one.numbers
    ]
    models.SourceIdentifier.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
