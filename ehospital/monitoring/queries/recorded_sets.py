"""The sets that people observed at the bedside, those entered in error among them, and what stood before one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection

from ehospital.foundation import audit
from ehospital.monitoring.models import MistakenSet, VitalFrame
from ehospital.monitoring.models.mistakes import STANDS
from ehospital.monitoring.policies.freshness import LATE_AFTER, VALID_FOR, Kept, ms
from ehospital.people import access
from ehospital.people.models import StaffMember
from ehospital.people.queries import one_person

SHOWN_FOR: Final = timedelta(days=7)
MOST: Final = 40
_ROUNDED: Final = timedelta(milliseconds=1)
"""Bedside times are kept in whole milliseconds: what was observed this very moment may lie so much ahead of it."""
_SETS: Final = UUID("6f1c2a52-6f0e-5f5c-9d7f-0f6b8f3f4e11")
METRICS: Final = (*(name for name in VALID_FOR),)

_NEWEST = """(
    SELECT '{metric}', to_jsonb(frame.{metric}), frame.taken_at, frame.received_at, frame.device_id
    FROM vital_frame AS frame
    WHERE frame.patient_id = ANY(%(patients)s) AND frame.{metric} IS NOT NULL AND frame.taken_at > %(since)s
        AND frame.taken_at < %(rounded)s AND frame.received_at <= %(until)s AND {stands}
    ORDER BY frame.taken_at DESC, frame.received_at DESC LIMIT 1
)"""


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """One set as it was observed; `mark` says that it was entered in error. `recorder` is a name, or empty."""

    id: UUID
    filed_under: UUID
    recorder_id: str
    recorder: str
    seq: int
    taken_at: datetime
    charted_at: datetime
    values: Mapping[str, float | str]
    mark: MistakenSet | None


def recorded_sets(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> tuple[RecordedSet, ...]:
    """Return what people observed within the last seven days, the newest first: at most 40 sets; audited.

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    access.require(viewer, access.Permission.CHART_READ, patient_id=patient_id)
    audit.record_listed("observations.read", [patient_id], by=viewer, at=at)
    return sets_of(patient_id, at=at)


def recorded_set(patient_id: UUID, set_id: UUID, *, viewer: access.Actor, at: datetime) -> RecordedSet:
    """Return one of `recorded_sets`.

    Raises:
        NotPermitted: `viewer` may not open this chart, or it has no such set.
    """
    for one in recorded_sets(patient_id, viewer=viewer, at=at):
        if one.id == set_id:
            return one
    raise access.NotPermitted(f"{viewer.name} may not {access.Permission.CHART_READ.value}")


def sets_of(patient_id: UUID, *, at: datetime) -> tuple[RecordedSet, ...]:
    """Return the sets of a patient, those of records merged into it included; the caller permits."""
    records = one_person([patient_id]).get(patient_id, [patient_id])
    found = VitalFrame.objects.filter(
        patient_id__in=records, device_id="", taken_at__gt=at - SHOWN_FOR, taken_at__lt=at + _ROUNDED
    ).order_by("-taken_at", "-seq", "boot")[:MOST]
    rows = list(found)
    marks = {
        (one.filed_under, one.boot, one.seq, one.taken_at): one
        for one in MistakenSet.objects.filter(filed_under__in=records)
    }
    names = _names({row.boot for row in rows})
    return tuple(_set(row, names, marks.get((row.patient_id, row.boot, row.seq, row.taken_at))) for row in rows)


def newest_readings(patient_id: UUID, metrics: Sequence[str], *, until: datetime, since: datetime) -> dict[str, Kept]:
    """Return the newest reading of each metric that nobody marked, as `PatientState.current` keeps it.

    Args:
        metrics: of `METRICS`.
        until: what the hospital had by then.
    """
    records = one_person([patient_id]).get(patient_id, [patient_id])
    parts = [_NEWEST.format(metric=name, stands=STANDS) for name in metrics if name in METRICS]
    if not parts:
        return {}
    values: dict[str, Any] = {"patients": records, "since": since, "until": until, "rounded": until + _ROUNDED}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {
            metric: [_plain(value), ms(taken), device, None, int(received - taken > LATE_AFTER)]
            for metric, value, taken, received, device in cursor.fetchall()
        }


def last_observed(patient_id: UUID, *, until: datetime) -> datetime | None:
    """Return when a person last told how awake the patient is, as far as nobody marked that set."""
    found = [one for one in sets_of(patient_id, at=until) if one.mark is None and "consciousness" in one.values]
    return max((one.taken_at for one in found), default=None)


def _plain(value: str) -> float | str:
    read = json.loads(value)
    return read if isinstance(read, str) else float(read)


def _set(row: VitalFrame, names: Mapping[str, str], mark: MistakenSet | None) -> RecordedSet:
    values = {name: value for name in METRICS if (value := getattr(row, name)) is not None}
    return RecordedSet(
        id=uuid5(_SETS, f"{row.patient_id}/{row.boot}/{row.seq}/{ms(row.taken_at)}"),
        filed_under=row.patient_id,
        recorder_id=row.boot,
        recorder=names.get(row.boot, ""),
        seq=row.seq,
        taken_at=row.taken_at,
        charted_at=row.received_at,
        values=values,
        mark=mark,
    )


def _names(boots: set[str]) -> dict[str, str]:
    keys = []
    for boot in boots:
        try:
            keys.append(UUID(boot))
        except ValueError:
            continue  # another system, or the machinery
    return {str(one.pk): one.name_text for one in StaffMember.objects.filter(pk__in=keys)}
