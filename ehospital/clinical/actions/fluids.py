"""Charting an amount that went in or came out; a slip is marked in error like every other observation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from ehospital.algorithms.fluid_balance import KINDS, MOST_ML
from ehospital.clinical.actions import results, writing
from ehospital.clinical.details import Moment, ObservationDetails, quantity
from ehospital.clinical.models import Observation
from ehospital.clinical.policies.fluids import CODES
from ehospital.people import access

OLDEST: Final = timedelta(hours=48)
"""What is older is charted nowhere any more: the day was handed over, and its sum was read."""


@dataclass(frozen=True, slots=True)
class Fluid:
    """One amount. `id` is made by whoever types it, so that sending it twice charts it once."""

    id: UUID
    kind: str
    ml: int
    happened_at: datetime
    note: str = ""


class FluidRefused(ValueError):
    """It cannot be so; `why` is kind, amount, future or old. Nothing was written."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the fluid was not charted: {why}")
        self.why = why


@transaction.atomic
def record_fluid(patient_id: UUID, fluid: Fluid, *, by: access.Actor, at: datetime) -> UUID:
    """Chart one amount and return its id. What was charted under that id before stays as it is.

    Raises:
        NotPermitted: `by` may not record observations of this patient.
        FluidRefused: nothing is written.
    """
    writing.lock_chart(patient_id)
    access.require(by, access.Permission.OBSERVATION_RECORD, patient_id=patient_id)
    if Observation.objects.filter(pk=fluid.id, patient_id=patient_id).exists():
        return fluid.id
    if why := _trouble(fluid, at):
        raise FluidRefused(why)
    details = ObservationDetails(
        id=fluid.id,
        code=CODES[fluid.kind],
        category="vital-signs",
        effective=Moment(fluid.happened_at),
        value=quantity(fluid.ml, "mL", "ml"),
        note=fluid.note[:500],
    )
    return results.record_result(patient_id, details, by=by, at=at)


def _trouble(fluid: Fluid, at: datetime) -> str:
    if fluid.kind not in KINDS:
        return "kind"
    if not 0 <= fluid.ml <= MOST_ML:
        return "amount"
    if fluid.happened_at > at + writing.CLOCKS_MAY_DIFFER_BY:
        return "future"
    return "old" if fluid.happened_at < at - OLDEST else ""
