"""The replay window against an oracle: a plain set of everything that came."""

from hypothesis import given
from hypothesis import strategies as st

from ehospital.monitoring.policies.windows import MOST_RANGES, NOTHING, Window


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200))
def test_every_number_is_new_exactly_once_and_safe_never_runs_ahead(numbers):
    window, seen = Window(), set()
    for number in numbers:
        before = window.safe
        assert window.take(number) == (number not in seen)
        seen.add(number)
        assert window.safe >= before
        assert set(range(numbers[0], window.safe + 1)) <= seen
        assert window.safe + 1 not in seen
    assert {n for first, last in window.seen for n in range(first, last + 1)} == seen
    assert all(one[1] + 1 < other[0] for one, other in zip(window.seen, window.seen[1:], strict=False))


def test_a_sequence_in_order_is_one_range():
    window = Window()
    for number in range(10_000):
        assert window.take(number)
    assert (window.seen, window.safe) == ([[0, 9999]], 9999)


def test_too_many_gaps_lose_the_oldest_and_stay_bounded():
    window = Window()
    for number in range(0, 4 * MOST_RANGES, 2):
        window.take(number)
    assert len(window.seen) == MOST_RANGES
    assert window.gaps_lost == MOST_RANGES
    assert not window.take(1)
    assert window.take(4 * MOST_RANGES - 3)


def test_unreadable_messages_fill_only_the_gap_that_they_explain():
    window = Window()
    window.take_unreadable()
    assert (window.safe, window.unreadable) == (NOTHING, 0)
    window.take(5)
    window.take_unreadable()
    window.take_unreadable()
    window.take(8)
    assert (window.safe, window.dead) == (8, [6, 7])
    window.take_unreadable()
    window.take(11)
    assert window.safe == 8
