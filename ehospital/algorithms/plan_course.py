"""How a treatment plan goes: from draft to active, perhaps on hold, to completed or revoked.

The words are those of HL7 FHIR R4, request status (https://hl7.org/fhir/R4/valueset-request-status.html); which step
may follow which is the project's own judgement. Whatever is not in the table is refused: also every step from a state
that this hospital does not know. Stopping a plan, and letting it rest, asks for a reason: the patient reads it.
"""

from enum import StrEnum
from typing import Final

VERSION: Final = "plan-course-1"
SOURCE: Final = "HL7 FHIR R4 request status; the steps are the project's own"


class State(StrEnum):
    """Where a plan is."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    REVOKED = "revoked"


_STEPS: Final[dict[State, tuple[State, ...]]] = {
    State.DRAFT: (State.ACTIVE, State.REVOKED),
    State.ACTIVE: (State.COMPLETED, State.ON_HOLD, State.REVOKED),
    State.ON_HOLD: (State.ACTIVE, State.COMPLETED, State.REVOKED),
    # Back: somebody pressed wrongly, or the illness came again.
    State.COMPLETED: (State.ACTIVE,),
    State.REVOKED: (State.DRAFT,),
}
OVER: Final = frozenset({State.COMPLETED, State.REVOKED})
CHANGEABLE: Final = frozenset({State.DRAFT, State.ACTIVE, State.ON_HOLD})
"""Goals and activities may be adapted."""


def steps(state: str) -> tuple[State, ...]:
    """Return the states that may follow, the usual one first; none for a state that is not of this table."""
    return _STEPS[State(state)] if state in set(State) else ()


def may_become(state: str, to: str) -> bool:
    """Tell whether a plan may go from one state to another."""
    return to in steps(state)


def needs_reason(state: str, to: str) -> bool:
    """Tell whether the step asks for a reason: resting, stopping, and taking up again what was over."""
    return to in (State.ON_HOLD, State.REVOKED) or state in OVER
