"""What was measured of a child's growth: weight, length or height, head, and the weeks of pregnancy at birth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils import timezone

from ehospital.algorithms.growth import Measured
from ehospital.clinical.models import Observation
from ehospital.clinical.queries.confidential import shown
from ehospital.clinical.queries.opening import look
from ehospital.kernel.codes import LOINC
from ehospital.kernel.units import UnitProblem, convert
from ehospital.people import access

WEIGHT: Final = ("29463-7", "3141-9")
LYING, STANDING, HEIGHT = "8306-3", "8308-9", "8302-2"
HEAD: Final = ("9843-4", "8287-5")
GESTATION: Final = "76516-4"
_UNITS: Final = {
    **dict.fromkeys(WEIGHT, "kg"), **dict.fromkeys((LYING, STANDING, HEIGHT, *HEAD), "cm"), GESTATION: "d",
}  # fmt: skip
_UNTRUE: Final = (
    Observation.Status.ENTERED_IN_ERROR, Observation.Status.CANCELLED, Observation.Status.REGISTERED,
    Observation.Status.SUPERSEDED,
)  # fmt: skip
MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Day:
    """What was measured on one day; of several values of a kind the last one counts. `ids` are its observations."""

    on: date
    measured: Measured
    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """The days on which somebody was measured, oldest first. `gestation_days` is None when nobody wrote it down."""

    days: tuple[Day, ...]
    gestation_days: int | None


def measured_growth(patient_id: UUID, *, viewer: access.Actor, at: datetime) -> Growth:
    """Return what was measured, without what is not shown to the viewer; the newest 2,000 values at most.

    Numbers without a unit that can be a mass or a length are left out, and so are those that are only bounds (< 3 kg).

    Raises:
        NotPermitted: `viewer` may not open this chart.
    """
    look(patient_id, viewer=viewer, at=at, part="growth")
    rows = Observation.objects.filter(
        patient_id=patient_id, code_system=LOINC, code__in=_UNITS, value__gt=0, comparator="",
        effective_precision__in=("time", "day"),
    ).exclude(status__in=_UNTRUE)  # fmt: skip
    newest = shown(rows, viewer=viewer, patient_id=patient_id).order_by("-effective_at", "-id")[:MOST]
    found = [(one, _converted(one)) for one in reversed(newest)]
    known = [(one, value) for one, value in found if value is not None]
    weeks = [value for one, value in known if one.code == GESTATION]
    by_day: dict[date, list[tuple[Observation, Decimal]]] = {}
    for one, value in known:
        if one.code != GESTATION:
            by_day.setdefault(timezone.localdate(one.effective_at), []).append((one, value))
    return Growth(tuple(_day(on, lines) for on, lines in by_day.items()), round(weeks[-1]) if weeks else None)


def _converted(one: Observation) -> Decimal | None:
    try:
        return convert(one.value or 0, one.ucum or one.unit, _UNITS[one.code])
    except UnitProblem:
        return None


def _day(on: date, lines: Iterable[tuple[Observation, Decimal]]) -> Day:
    values: dict[str, float] = {}
    lying: bool | None = None
    ids = []
    for one, value in lines:
        kind = "weight" if one.code in WEIGHT else "head" if one.code in HEAD else "height"
        values[kind] = float(value)
        if kind == "height":
            lying = {LYING: True, STANDING: False}.get(one.code)
        ids.append(one.pk)
    measured = Measured(values.get("weight"), values.get("height"), lying, values.get("head"))
    return Day(on, measured, tuple(ids))
