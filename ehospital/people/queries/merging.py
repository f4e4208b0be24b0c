"""Reads of merges: which records are one person, what a merge would keep, and what was merged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ehospital.foundation import audit
from ehospital.people import access, known, naming, surviving
from ehospital.people.models import Patient, PatientIdentifier, PatientMerge
from ehospital.people.queries.finding import Found, lines
from ehospital.people.queries.standing import standing_id


@dataclass(frozen=True)
class Merge:
    """One merge: who became whom, who did it, and whether it was undone."""

    id: UUID
    survivor: Found
    absorbed: Found
    at: datetime
    by: str
    reason: str
    undone_at: datetime | None
    undone_by: str
    later: bool


@dataclass(frozen=True)
class Preview:
    """Two records beside each other, and what a merge would keep of each field."""

    survivor: Found
    absorbed: Found
    survivor_version: int
    absorbed_version: int
    lines: tuple[surviving.Line, ...]
    numbers: tuple[tuple[str, str], ...]


def record_called(text: str, *, viewer: access.Actor) -> UUID | None:
    """Return the record of that id or hospital number, the standing one if it was merged; None when there is none.

    Raises:
        NotPermitted: `viewer` may not merge patients.
    """
    access.require(viewer, access.Permission.PATIENT_MERGE)
    typed = "".join(text.split())
    try:
        asked: UUID | None = UUID(typed)
    except ValueError:
        numbers = PatientIdentifier.objects.filter(system=naming.HOSPITAL_NUMBER, value=typed)
        asked = numbers.values_list("patient_id", flat=True).first()
    standing = standing_id(asked) if asked else None
    return standing if standing and Patient.objects.filter(pk=standing).exists() else None


def merge_preview(survivor_id: UUID, absorbed_id: UUID, *, viewer: access.Actor) -> Preview:
    """Return what a merge would keep; audited for both.

    Raises:
        NotPermitted: `viewer` may not merge one of them, or one does not exist or is merged already.
    """
    both = [_loaded(key, viewer) for key in (survivor_id, absorbed_id)]
    with transaction.atomic():
        audit.record_many([
            audit.event("patient.read", by=viewer, at=viewer.at, patient_id=one.id, details={"part": "merge"})
            for one in both
        ])  # fmt: skip
    mine, theirs = (known.known_details(one) for one in both)
    shown = lines([one.id for one in both], viewer)
    return Preview(
        survivor=shown[0],
        absorbed=shown[1],
        survivor_version=both[0].version,
        absorbed_version=both[1].version,
        lines=tuple(surviving.lines(mine, theirs)),
        numbers=tuple((number.system, number.value) for one in (mine, theirs) for number in one.identifiers),
    )


def _loaded(patient_id: UUID, viewer: access.Actor) -> Patient:
    found = access.patient(viewer, access.Permission.PATIENT_MERGE, patient_id, *known.PARTS)
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.PATIENT_MERGE.value}")
    return found


def merge(merge_id: UUID, *, viewer: access.Actor) -> Merge:
    """Return one merge.

    Raises:
        NotPermitted: `viewer` may not merge patients, or there is no such merge.
    """
    access.require(viewer, access.Permission.PATIENT_MERGE)
    found = PatientMerge.objects.select_related("undone").filter(pk=merge_id).first()
    if found is None:
        raise access.NotPermitted(f"{viewer.name} may not {access.Permission.PATIENT_MERGE.value}")
    return _merge(found, viewer)


def latest_merges(*, viewer: access.Actor, most: int = 20) -> list[Merge]:
    """Return the latest merges, newest first.

    Raises:
        NotPermitted: `viewer` may not merge patients.
    """
    access.require(viewer, access.Permission.PATIENT_MERGE)
    rows = PatientMerge.objects.select_related("undone").order_by("-at", "-id")[:most]
    return [_merge(row, viewer) for row in rows]


def _merge(row: PatientMerge, viewer: access.Actor) -> Merge:
    survivor, absorbed = lines([row.survivor_id, row.absorbed_id], viewer)
    undone = getattr(row, "undone", None)
    return Merge(
        id=row.id,
        survivor=survivor,
        absorbed=absorbed,
        at=row.at,
        by=row.actor_name,
        reason=row.reason,
        undone_at=undone.at if undone else None,
        undone_by=undone.actor_name if undone else "",
        later=Patient.objects.filter(pk=row.survivor_id, merged_into__isnull=False).exists(),
    )
