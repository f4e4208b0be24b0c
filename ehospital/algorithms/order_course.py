"""How an order goes: from draft to done, and back one step where somebody pressed wrongly.

The words are those of HL7 FHIR R4, RequestStatus (https://hl7.org/fhir/R4/valueset-request-status.html); which step may
follow which is the project's own judgement. Whatever is not in the table is refused: also every step from a state that
this hospital does not know. An order that was taken back stays so: whoever wants it after all orders anew.
"""

from enum import StrEnum
from typing import Final

VERSION: Final = "order-course-1"
SOURCE: Final = "HL7 FHIR R4 RequestStatus; the steps are the project's own"


class State(StrEnum):
    """Where an order is."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"


_STEPS: Final[dict[State, tuple[State, ...]]] = {
    State.DRAFT: (State.ACTIVE, State.REVOKED),
    State.ACTIVE: (State.COMPLETED, State.ON_HOLD, State.REVOKED),
    State.ON_HOLD: (State.ACTIVE, State.REVOKED),
    State.REVOKED: (),
    # Back: it was not done after all, or its only result was another patient's.
    State.COMPLETED: (State.ACTIVE,),
}
OPEN: Final = frozenset({State.DRAFT, State.ACTIVE, State.ON_HOLD})
OVER: Final = frozenset({State.REVOKED, State.COMPLETED})


def steps(state: str) -> tuple[State, ...]:
    """Return the states that may follow, the usual one first; none for a state that is not of this table."""
    return _STEPS[State(state)] if state in set(State) else ()


def may_become(state: str, to: str) -> bool:
    """Tell whether an order may go from one state to another."""
    return to in steps(state)
