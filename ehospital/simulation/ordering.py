"""Orders of the demo hospital: some open, some answered, and one critical result that the demo doctor has to see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from ehospital.clinical import actions
from ehospital.clinical.order_details import Measured, OrderDetails, ResultDetails
from ehospital.simulation.arriving import Arrived
from ehospital.simulation.founding import Founded
from ehospital.simulation.staff import MONITORED


@dataclass(frozen=True, slots=True)
class Asked:
    """One order of the demo doctor: what, why, how long ago, and what came out of it so many minutes ago."""

    item: str
    priority: str
    minutes: int
    reason: str = ""
    answered: int = 0
    values: dict[str, str] = field(default_factory=dict)


_KIDNEYS = {"sodium": "137", "potassium": "6.9", "urea": "19.4", "creatinine": "268"}
_COUNT = {"haemoglobin": "139", "leucocytes": "7.2", "neutrophils": "4.1", "platelets": "233"}
_ASKED = (
    Asked("electrolytes", "urgent", 50, "New confusion, poor intake", 3, _KIDNEYS),
    Asked("blood_count", "routine", 240, "", 180, _COUNT),
    Asked("crp", "routine", 150, "Fever", 90, {"crp": "64"}),
    Asked("potassium", "routine", 180, "", 120, {"potassium": "4.2"}),
    Asked("chest_xray", "urgent", 45, "Cough and fever"),
    Asked("lactate", "stat", 12, "Possible sepsis"),
    Asked("fluid_balance", "routine", 200),
)


def order(built: Founded, arrived: Sequence[Arrived], *, at: datetime) -> None:
    """Let the demo doctor order for patients of the monitored ward, and the laboratory answer."""
    doctor, technician = (
        next(one for one in built.team if one.sign_in == role) for role in ("doctor", "lab_technician")
    )
    lying = [one for one in arrived if one.bed is not None and one.bed[0] == MONITORED]
    for number, asked in enumerate(_ASKED):
        one = lying[number // 2 % len(lying)]
        then = max(at - timedelta(minutes=asked.minutes), (one.since or at) + timedelta(minutes=1))
        details = OrderDetails(item=asked.item, priority=asked.priority, reason=asked.reason)
        (key,) = actions.place_orders(one.id, [details], by=built.acting(doctor, then), at=then)
        if asked.values:
            found = ResultDetails(measured=tuple(Measured(name, Decimal(text)) for name, text in asked.values.items()))
            told = max(at - timedelta(minutes=asked.answered), then)
            actions.enter_result(key, found, seen=None, by=built.acting(technician, told), at=told)
