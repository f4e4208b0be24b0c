"""What the queries of monitoring answer with: plain values, ready for a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Value:
    """The newest reading of one metric.

    Attributes:
        value: in the default unit of `kernel.codes`; consciousness is A, C, V, P or U.
        source: the device's id, empty when a person observed.
        stale: too old to count: show it as an earlier value or not at all.
        points: its part of the score, None when it has none.
    """

    value: float | str
    at: datetime
    source: str
    stale: bool
    points: int | None


@dataclass(frozen=True, slots=True)
class News:
    """The NEWS2 score. `band` is zero, low, lowmed, medium, high or unknown; `trend` up, down, steady or empty.

    `why_not` says why there can be none (a child, pregnancy); empty when there can.
    """

    score: int | None
    band: str
    partial: bool
    missing: tuple[str, ...]
    trend: str
    response: str
    parts: Mapping[str, int]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert. `owner` is never empty: who acknowledged it, else the nurse named for the patient, else the unit."""

    id: UUID
    patient_id: UUID
    patient_name: str
    bed_id: UUID | None
    bed_code: str
    ward_id: UUID | None
    cause: str
    kind: str
    priority: str
    state: str
    facts: Mapping[str, Any]
    device_id: str
    opened_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None
    owner: str
    owner_is_person: bool


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a patient is.

    Attributes:
        signal: live, partial or silent.
        values: by metric; a metric that was never measured is not there.
        due_at, late_at: of the next observations; both None while monitoring is continuous by right (7 and above).
        devices: ids of the devices that watch the patient.
    """

    patient_id: UUID
    signal: str
    news: News
    values: Mapping[str, Value]
    heard_at: datetime | None
    observed_at: datetime | None
    due_at: datetime | None
    late_at: datetime | None
    late: bool
    spo2_scale: int
    pregnant: bool = False
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardPatient:
    """Who lies in a bed."""

    id: UUID
    name: str
    age_years: int | None
    sex: str
    reason: str


@dataclass(frozen=True, slots=True)
class BedView:
    """One bed of a board. `state` is live, partial, silent or empty; `patient` and `vitals` are None when empty."""

    bed_id: UUID
    code: str
    room: str
    state: str
    patient: BoardPatient | None = None
    vitals: Vitals | None = None
    spark: Mapping[str, Sequence[tuple[datetime, float | None]]] = field(default_factory=dict)
    alerts: tuple[AlertView, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A ward. `tally` counts beds by zero, low, lowmed, medium, high, unknown and empty; a silent bed is unknown."""

    ward_id: UUID
    ward_name: str
    at: datetime
    beds: tuple[BedView, ...]
    tally: Mapping[str, int]
    late: int
    alerts: tuple[AlertView, ...]


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One line of the device list. `patient_id` and `patient_name` are there only for who may open that chart.

    `heard` is live, silent (paired, no frame for 30 s), idle (paired to nobody) or never.
    """

    id: str
    type: str
    model: str
    serial: str
    metrics: tuple[str, ...]
    state: str
    revoked: bool
    ward_id: UUID | None
    ward_name: str
    paired: bool
    patient_id: UUID | None
    patient_name: str
    bed_code: str
    heard: str
    seen_at: datetime | None
    clock_ahead_s: float | None
    skewed: bool
    battery_percent: float | None
    lead_off: bool | None
    error: str
    rejected: int
    rejection: str
    quarantined: int


@dataclass(frozen=True, slots=True)
class Series:
    """Aligned columns for a plot: `at_s` are seconds since 1970, `columns` a value or None for each of them."""

    at_s: tuple[float, ...]
    columns: Mapping[str, tuple[float | None, ...]]
