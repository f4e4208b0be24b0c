"""The fluid chart of one day: every amount, and its sums by shift."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final
from uuid import UUID

from django.db.models import Q

from ehospital.algorithms.fluid_balance import Entry, Sum, boundaries, sums, whole
from ehospital.clinical.models import Observation
from ehospital.clinical.policies.fluids import CODES, kind_of
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look
from ehospital.kernel.units import UnitProblem, convert
from ehospital.people import access

_UNTRUE: Final = (
    Observation.Status.ENTERED_IN_ERROR, Observation.Status.CANCELLED, Observation.Status.REGISTERED,
    Observation.Status.SUPERSEDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount as it was charted."""

    id: UUID
    at: datetime
    kind: str
    ml: int
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class FluidDay:
    """A day from its first shift to the next day's; amounts the newest first."""

    on: date
    amounts: tuple[Amount, ...]
    shifts: tuple[Sum, ...]
    whole: Sum


def fluid_day(patient_id: UUID, on: date, *, zone: tzinfo, viewer: access.Actor, at: datetime) -> FluidDay:
    """Return the fluid chart of a day, without what is not shown to the viewer.

    Args:
        zone: by which clock the shifts begin.
    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="fluids")
    edges = boundaries(on, zone)
    coded = Q(pk__in=())
    for code in CODES.values():
        coded |= Q(code_system=code.system, code=code.code)
    rows = Observation.objects.filter(
        coded, patient_id=patient_id, value__gte=0, comparator="", effective_precision="time",
        effective_at__gte=edges[0], effective_at__lt=edges[-1],
    ).exclude(status__in=_UNTRUE)  # fmt: skip
    seen = shown(rows, viewer=viewer, patient_id=patient_id).select_related("recorded_by")
    newest = seen.order_by("-effective_at", "-id")
    amounts = tuple(one for row in newest if (one := _amount(row)))
    shifts = tuple(sums((Entry(one.at, one.kind, one.ml) for one in amounts), edges))
    return FluidDay(on, amounts, shifts, whole(shifts))


def _amount(row: Observation) -> Amount | None:
    try:
        ml = round(convert(row.value or 0, row.ucum or row.unit, "mL"))
    except UnitProblem:
        return None
    kind = kind_of(row.code_system, row.code)
    by = row.recorded_by_text or (row.recorded_by.name_text if row.recorded_by else "")
    return Amount(row.pk, row.effective_at, kind, ml, row.note, by)
