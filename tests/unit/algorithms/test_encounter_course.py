"""The steps of an encounter: every pair of states in every setting."""

from itertools import product

import pytest

from ehospital.algorithms.encounter_course import HERE, OVER, State, may_become, steps
from ehospital.clinical.models.encounters import EncounterSetting, EncounterStatus

EVERYWHERE = {
    ("planned", "arrived"), ("planned", "cancelled"), ("arrived", "in-progress"), ("arrived", "cancelled"),
    ("in-progress", "finished"), ("finished", "in-progress"), ("cancelled", "planned"),
}  # fmt: skip
ONLY = {
    "EMER": {("arrived", "triaged"), ("triaged", "in-progress"), ("triaged", "cancelled")},
    "IMP": {("in-progress", "onleave"), ("onleave", "in-progress"), ("onleave", "finished")},
}
# What came in this state from elsewhere goes on, though nothing here leads into it.
LEFT = {("triaged", "in-progress"), ("triaged", "cancelled"), ("onleave", "in-progress"), ("onleave", "finished")}


@pytest.mark.parametrize("setting", EncounterSetting.values)
def test_every_pair_of_states_is_as_the_table_says(setting: str) -> None:
    allowed = EVERYWHERE | ONLY.get(setting, set()) | LEFT
    words = [*EncounterStatus.values, "nonsense", ""]
    assert {pair for pair in product(words, words) if may_become(*pair, setting)} == allowed


@pytest.mark.parametrize("setting", EncounterSetting.values)
def test_every_state_leads_to_an_end_and_none_to_itself(setting: str) -> None:
    for state in State:
        reached, ahead = {state}, [state]
        while ahead:
            new = set(steps(ahead.pop(), setting)) - reached
            reached |= new
            ahead += sorted(new)
        assert reached & OVER
        assert state not in steps(state, setting)
    assert HERE.isdisjoint(OVER)


def test_the_usual_step_comes_first() -> None:
    assert steps("planned", "AMB") == ("arrived", "cancelled")
    assert steps("arrived", "EMER") == ("triaged", "in-progress", "cancelled")
    assert steps("in-progress", "IMP") == ("finished", "onleave")
    assert steps("unknown", "AMB") == steps("entered-in-error", "AMB") == ()
