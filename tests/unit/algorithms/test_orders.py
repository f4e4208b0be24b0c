"""How an order goes, who is told when, what is plausible, and what is a repeat: every boundary."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from ehospital.algorithms.critical_ladder import LADDER, Rung, steps
from ehospital.algorithms.order_course import OPEN, OVER, State, may_become
from ehospital.algorithms.order_course import steps as order_steps
from ehospital.algorithms.plausibility import Plausibility, plausibility
from ehospital.algorithms.repeats import Earlier, Seen, repeat
from ehospital.clinical.models.orders import OrderStatus

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALLOWED = {
    ("draft", "active"), ("draft", "revoked"), ("active", "completed"), ("active", "on-hold"), ("active", "revoked"),
    ("on-hold", "active"), ("on-hold", "revoked"), ("completed", "active"),
}  # fmt: skip


def test_every_pair_of_states_of_an_order_is_as_the_table_says() -> None:
    words = [*OrderStatus.values, "unknown", ""]
    assert {pair for pair in product(words, words) if may_become(*pair)} == ALLOWED
    assert set(State) == OPEN | OVER and not OPEN & OVER
    assert order_steps("revoked") == order_steps("entered-in-error") == ()


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ((True, True, True), [("ORDERER", 0), ("UNIT", 5), ("WARD", 10), ("EVERYBODY", 15)]),
        ((True, True, False), [("ORDERER", 0), ("UNIT", 5), ("EVERYBODY", 15)]),
        ((False, True, True), [("UNIT", 0), ("WARD", 5), ("EVERYBODY", 10)]),
        ((False, False, True), [("WARD", 0), ("EVERYBODY", 5)]),
        ((True, False, False), [("ORDERER", 0)]),
        ((False, False, False), []),
    ],
)
def test_the_ladder_begins_with_the_first_who_is_there(there: tuple[bool, bool, bool], told: list) -> None:
    found = steps(orderer=there[0], unit=there[1], ward=there[2])
    assert [(one.rung.name, one.after // timedelta(minutes=1)) for one in found] == told


def test_the_ladder_climbs() -> None:
    assert [rung for rung, _ in LADDER] == list(Rung)
    assert [after for _, after in LADDER] == sorted({after for _, after in LADDER})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.79", "REFUSED"), ("0.8", "ASKED_AGAIN"), ("1.79", "ASKED_AGAIN"), ("1.8", "TAKEN"), ("9", "TAKEN"),
        ("9.01", "ASKED_AGAIN"), ("15", "ASKED_AGAIN"), ("15.01", "REFUSED"),
    ],
)  # fmt: skip
def test_plausibility_at_every_boundary(value: str, expected: str) -> None:
    bounds = {"possible": (Decimal("0.8"), Decimal(15)), "usual": (Decimal("1.8"), Decimal(9))}
    assert plausibility(Decimal(value), **bounds) is Plausibility[expected]
    assert plausibility(Decimal(value), possible=None, usual=None) is Plausibility.TAKEN


@pytest.mark.parametrize(
    ("kind", "hours", "again"),
    [
        ("laboratory", 11.99, True), ("laboratory", 12, False), ("imaging", 167.99, True), ("imaging", 168, False),
        ("nursing", 23.99, True), ("nursing", 24, False), ("referral", 24, False),
    ],
)  # fmt: skip
def test_a_result_counts_for_so_long(kind: str, hours: float, again: bool) -> None:
    one = Earlier(Seen.ANSWERED, NOW - timedelta(hours=hours))
    assert (repeat(kind, (one,), at=NOW) == one) is again


def test_an_open_order_counts_however_old_and_before_a_result() -> None:
    old, older = (Earlier(Seen.ASKED, NOW - timedelta(days=days)) for days in (9, 30))
    fresh = Earlier(Seen.ANSWERED, NOW)
    assert repeat("laboratory", (older, fresh, old), at=NOW) == old
    assert repeat("laboratory", (), at=NOW) is None
