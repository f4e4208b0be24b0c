"""One chart that a nurse opened outside of care: the privacy officer of a demo has something to review."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ehospital.people import access, actions
from ehospital.simulation.arriving import Arrived
from ehospital.simulation.founding import Founded

WARD = "surgery"
SAID = "The clinic called and asked me to look at the last results."


def opened(built: Founded, arrived: Sequence[Arrived], but_not: Sequence[Arrived], *, at: datetime) -> UUID:
    """Have a nurse of another ward open the chart of an outpatient who has no portal, and return the opening's id."""
    nurse = next(one for one in built.team if one.role == "nurse" and WARD in one.places and not one.sign_in)
    spared = {one.id for one in but_not}
    whose = next(one for one in arrived if one.bed is None and one.id not in spared)
    by = access.of_staff(built.staff_ids[nurse.username], name=nurse.signature, at=at)
    return actions.break_glass(whose.id, kind="advice", reason=SAID, by=by, at=at)
