"""How an encounter goes: from planned to finished, step by step, and back one step where somebody pressed wrongly.

The words are those of HL7 FHIR R4, EncounterStatus (https://hl7.org/fhir/R4/valueset-encounter-status.html); which step
may follow which is the project's own judgement. Triage belongs to emergencies, leave to stays in hospital. Whatever is
not in the table is refused: also every step from a state that this hospital does not know.
"""

from enum import StrEnum
from typing import Final

VERSION: Final = "encounter-course-1"
SOURCE: Final = "HL7 FHIR R4 EncounterStatus; the steps are the project's own"


class State(StrEnum):
    """Where an encounter is."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    ON_LEAVE = "onleave"
    FINISHED = "finished"
    CANCELLED = "cancelled"


EMERGENCY: Final = "EMER"
INPATIENT: Final = "IMP"

_STEPS: Final[dict[State, tuple[State, ...]]] = {
    State.PLANNED: (State.ARRIVED, State.CANCELLED),
    State.ARRIVED: (State.TRIAGED, State.IN_PROGRESS, State.CANCELLED),
    State.TRIAGED: (State.IN_PROGRESS, State.CANCELLED),
    State.IN_PROGRESS: (State.FINISHED, State.ON_LEAVE),
    State.ON_LEAVE: (State.IN_PROGRESS, State.FINISHED),
    # Back: somebody pressed wrongly, or the patient comes after all.
    State.FINISHED: (State.IN_PROGRESS,),
    State.CANCELLED: (State.PLANNED,),
}
_ONLY_IN: Final = {State.TRIAGED: EMERGENCY, State.ON_LEAVE: INPATIENT}
OVER: Final = frozenset({State.FINISHED, State.CANCELLED})
HERE: Final = frozenset({State.ARRIVED, State.TRIAGED, State.IN_PROGRESS, State.ON_LEAVE})
"""The patient is, or was last, with us: whatever is written now belongs to such an encounter."""
STAYING: Final = frozenset({State.IN_PROGRESS, State.ON_LEAVE})
"""A stay in hospital that has begun and is not over: a patient has one at a time."""


def steps(state: str, setting: str) -> tuple[State, ...]:
    """Return the states that may follow, the usual one first; none for a state that is not of this table.

    Args:
        state: a word of FHIR's EncounterStatus.
        setting: a word of HL7 v3 ActEncounterCode: AMB, EMER, IMP, …
    """
    if state not in set(State):
        return ()
    return tuple(to for to in _STEPS[State(state)] if _ONLY_IN.get(to, setting) == setting)


def may_become(state: str, to: str, setting: str) -> bool:
    """Tell whether an encounter of this setting may go from one state to another."""
    return to in steps(state, setting)
