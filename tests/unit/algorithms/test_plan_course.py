"""The steps of a plan: every pair of states."""

from itertools import product

from ehospital.algorithms.plan_course import CHANGEABLE, OVER, State, may_become, needs_reason, steps
from ehospital.clinical.models.care_plans import CarePlanStatus

ALLOWED = {
    ("draft", "active"), ("draft", "revoked"), ("active", "completed"), ("active", "on-hold"), ("active", "revoked"),
    ("on-hold", "active"), ("on-hold", "completed"), ("on-hold", "revoked"), ("completed", "active"),
    ("revoked", "draft"),
}  # fmt: skip
WITH_REASON = {
    ("draft", "revoked"), ("active", "on-hold"), ("active", "revoked"), ("on-hold", "revoked"),
    ("completed", "active"), ("revoked", "draft"),
}  # fmt: skip


def test_every_pair_of_states_is_as_the_table_says() -> None:
    words = [*CarePlanStatus.values, "nonsense", ""]
    assert {pair for pair in product(words, words) if may_become(*pair)} == ALLOWED
    assert {pair for pair in ALLOWED if needs_reason(*pair)} == WITH_REASON


def test_states_of_imports_lead_nowhere() -> None:
    assert steps("unknown") == steps("entered-in-error") == steps("") == ()
    assert set(State) == OVER | CHANGEABLE
    assert OVER.isdisjoint(CHANGEABLE)
