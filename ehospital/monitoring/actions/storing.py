"""The statements of the hot path: COPY for what is new, one statement for every kind of row that changes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from psycopg import Copy

from ehospital.kernel.frames import Frame
from ehospital.kernel.identifiers import uuid7
from ehospital.monitoring.actions.messages import Fenced, Position
from ehospital.monitoring.models import DeviceState, PatientState

COLUMNS = ("hr", "rr", "spo2", "pulse", "sbp", "dbp", "map", "temp", "etco2", "glucose", "weight", "oxygen")

FrameRow = tuple[UUID, str, datetime, Frame]
"""Patient, device, when the hospital took it, and the frame itself."""
AsideRow = tuple[str, str, str, int, datetime, datetime, bytes]
"""Device, reason, boot, number, when taken, when received, the bytes as they came."""

_FRAMES = f"""COPY vital_frame (patient_id, taken_at, received_at, seq, device_id, boot, {", ".join(COLUMNS)},
consciousness, source_codes) FROM STDIN"""
_OTHERS = """COPY device_observation
(patient_id, taken_at, received_at, seq, device_id, boot, code, value, text, unit) FROM STDIN"""
_ASIDE = """COPY monitoring_quarantine (id, device_id, reason, boot, seq, taken_at, received_at, payload) FROM STDIN"""

_ADVANCE = """
UPDATE monitoring_checkpoint AS kept SET stream_seq = reached.seq
FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS reached(partition, epoch, seq)
WHERE kept.partition = reached.partition AND kept.epoch = reached.epoch AND kept.stream_seq <= reached.seq
"""
_WINDOWS = """
UPDATE monitoring_replaywindow AS kept
SET safe_seq = new.safe_seq, seen = new.seen, dead = new.dead, last_seq = new.last_seq, unreadable = new.unreadable,
    clock = new.clock, touched_at = new.touched_at
FROM jsonb_to_recordset(%s::jsonb) AS new(device_id varchar, boot varchar, safe_seq bigint, seen jsonb,
    dead jsonb, last_seq bigint, unreadable int, clock jsonb, touched_at timestamptz)
WHERE kept.device_id = new.device_id AND kept.boot = new.boot
"""
_DEVICES = """
UPDATE monitoring_devicestate AS kept
SET seen_at = new.seen_at, frame_at = new.frame_at, boot = new.boot, clock_ahead_ms = new.clock_ahead_ms,
    skewed_since_at = new.skewed_since_at, battery_percent = new.battery_percent, lead_off = new.lead_off,
    error = new.error, rejected = new.rejected, rejection = new.rejection, memory = new.memory
FROM jsonb_to_recordset(%s::jsonb) AS new(device_id varchar, seen_at timestamptz, frame_at timestamptz, boot varchar,
    clock_ahead_ms bigint, skewed_since_at timestamptz, battery_percent float, lead_off boolean, error varchar,
    rejected bigint, rejection varchar, memory jsonb)
WHERE kept.device_id = new.device_id
"""
_PATIENTS = """
UPDATE monitoring_patientstate AS kept
SET monitored = new.monitored, signal = new.signal, heard_at = new.heard_at, current = new.current,
    score = new.score, band = new.band, partial = new.partial, missing = new.missing, parts = new.parts,
    response = new.response, trail = new.trail, scored_at = new.scored_at, observed_at = new.observed_at,
    due_at = new.due_at, late_at = new.late_at, rules = new.rules, check_at = new.check_at, version = kept.version + 1
FROM jsonb_to_recordset(%s::jsonb) AS new(patient_id uuid, monitored boolean, signal varchar, heard_at timestamptz,
    current jsonb, score smallint, band varchar, partial boolean, missing varchar[], parts jsonb, response varchar,
    trail jsonb, scored_at timestamptz, observed_at timestamptz, due_at timestamptz, late_at timestamptz, rules jsonb,
    check_at timestamptz)
WHERE kept.patient_id = new.patient_id
"""

_DEVICE_FIELDS = (
    "device_id", "seen_at", "frame_at", "boot", "clock_ahead_ms", "skewed_since_at", "battery_percent", "lead_off",
    "error", "rejected", "rejection", "memory",
)  # fmt: skip
_PATIENT_FIELDS = (
    "patient_id", "monitored", "signal", "heard_at", "current", "score", "band", "partial", "missing", "parts",
    "response", "trail", "scored_at", "observed_at", "due_at", "late_at", "rules", "check_at",
)  # fmt: skip


def advance(positions: Sequence[Position]) -> None:
    """Move checkpoints forward, and hold them until the transaction ends.

    Raises:
        Fenced: a partition has another owner by now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ADVANCE,
            [
                [one.partition for one in positions],
                [one.epoch for one in positions],
                [one.stream_seq for one in positions],
            ],
        )
        if cursor.rowcount != len(positions):
            raise Fenced(f"{len(positions) - cursor.rowcount} of {len(positions)} partitions have another owner by now")


def copy_frames(rows: Sequence[FrameRow]) -> None:
    """Append frames, and what of them is outside the table of vital signs."""
    if not rows:
        return
    with _copying(_FRAMES) as copy:
        for patient_id, device_id, received_at, frame in rows:
            read = frame.readings.get
            codes = orjson.dumps(dict(frame.source_codes)).decode() if frame.source_codes else None
            copy.write_row(
                (
                    *(patient_id, frame.at, received_at, frame.seq, device_id, frame.boot),
                    *(read(name) for name in COLUMNS),
                    *(frame.consciousness, codes),
                )
            )
    others = [row for row in rows if row[3].others]
    if others:
        with _copying(_OTHERS) as copy:
            for patient_id, device_id, received_at, frame in others:
                for one in frame.others:
                    value, text = (None, one.value) if isinstance(one.value, str) else (one.value, "")
                    copy.write_row(
                        (
                            *(patient_id, frame.at, received_at, frame.seq, device_id, frame.boot, one.code),
                            *(value, text, (one.unit or "")[:64]),
                        )
                    )


def copy_aside(rows: Iterable[AsideRow]) -> None:
    """Append messages to the quarantine."""
    with _copying(_ASIDE) as copy:
        for row in rows:
            copy.write_row((uuid7(), *row))


@contextmanager
def _copying(statement: str) -> Iterator[Copy]:
    """Django does not know COPY: without this, its callers would see psycopg's errors instead of Django's."""
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def update_windows(rows: Iterable[dict[str, Any]]) -> None:
    """Write replay windows back; the caller holds them."""
    _execute(_WINDOWS, list(rows))


def update_devices(states: Iterable[DeviceState]) -> None:
    """Write what devices last said; the caller holds the rows."""
    _execute(_DEVICES, [{name: getattr(state, name) for name in _DEVICE_FIELDS} for state in states])


def update_patients(states: Iterable[PatientState]) -> None:
    """Write states of patients; the caller holds the rows."""
    _execute(_PATIENTS, [{name: getattr(state, name) for name in _PATIENT_FIELDS} for state in states])


def _execute(statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [orjson.dumps(rows).decode()])
