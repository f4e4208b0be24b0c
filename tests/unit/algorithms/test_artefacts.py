"""The artefact check: a step no body makes waits for a second witness; values that vanish together are a sensor."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.artefacts import EMPTY, LIMITS, Memory, Screened, release, screen

EIGHT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def at(second: float) -> datetime:
    return EIGHT + timedelta(seconds=second)


def play(*frames: tuple[float, dict[str, float]]) -> list[Screened]:
    memory, seen = EMPTY, []
    for second, readings in frames:
        screened = screen(memory, readings, at=at(second))
        memory = screened.memory
        seen.append(screened)
    return seen


def accepted(*frames: tuple[float, dict[str, float]]) -> list[dict[str, float]]:
    return [dict(screened.readings) for screened in play(*frames)]


def test_the_first_frame_is_believed():
    [first] = play((0, {"hr": 20.0, "spo2": 60.0}))
    assert first.readings == {"hr": 20.0, "spo2": 60.0}
    assert first.held == ()


def test_a_single_impossible_step_is_held_and_forgotten():
    assert accepted((0, {"hr": 80.0}), (1, {"hr": 20.0}), (2, {"hr": 81.0}), (3, {"hr": 82.0})) == [
        {"hr": 80.0},
        {},
        {"hr": 81.0},
        {"hr": 82.0},
    ]


def test_an_impossible_step_is_believed_when_the_next_frame_confirms_it():
    assert accepted((0, {"hr": 80.0}), (1, {"hr": 20.0}), (2, {"hr": 22.0})) == [{"hr": 80.0}, {}, {"hr": 22.0}]


def test_the_same_frame_twice_confirms_nothing():
    assert accepted((0, {"hr": 80.0}), (1, {"hr": 20.0}), (1, {"hr": 20.0})) == [{"hr": 80.0}, {}, {}]


def test_the_other_readings_of_the_frame_go_through():
    assert accepted((0, {"hr": 80.0, "spo2": 97.0}), (1, {"hr": 20.0, "spo2": 90.0}))[1] == {"spo2": 90.0}


def test_two_sensors_that_agree_are_believed_at_once():
    frames = ((0, {"hr": 80.0, "pulse": 79.0}), (1, {"hr": 20.0, "pulse": 21.0}))
    assert accepted(*frames)[1] == {"hr": 20.0, "pulse": 21.0}
    apart = ((0, {"hr": 80.0, "pulse": 79.0}), (1, {"hr": 20.0, "pulse": 78.0}))
    assert accepted(*apart)[1] == {"pulse": 78.0}


@pytest.mark.parametrize("alias", LIMITS)
def test_the_limits_on_both_sides(alias):
    limit, start = LIMITS[alias], 90.0
    for value, believed in (
        (start - limit.fall, True),
        (start - limit.fall - 0.1, False),
        (start + limit.rise, True),
        (start + limit.rise + 0.1, False),
    ):
        second = accepted((0, {alias: start}), (limit.window_s, {alias: value}))[1]
        assert second == ({alias: value} if believed else {})
        assert accepted((0, {alias: start}), (limit.window_s + 0.001, {alias: value}))[1] == {alias: value}


def test_an_observation_without_a_limit_is_never_held():
    assert accepted((0, {"glucose": 400.0}), (1, {"glucose": 40.0}))[1] == {"glucose": 40.0}


def test_a_held_value_that_nobody_refutes_is_believed_after_its_window():
    held = play((0, {"hr": 80.0}), (1, {"hr": 20.0}))[1]
    assert held.held == ("hr",)
    too_soon = release(held.memory, now=at(10.999))
    assert too_soon.readings == {} and too_soon.memory == held.memory and too_soon.held == ("hr",)
    due = release(held.memory, now=at(11))
    assert due.readings == {"hr": 20.0}
    assert due.held == () and due.memory.held == {}
    assert due.memory.believed["hr"].value == 20.0
    assert due.lead_off is None
    assert release(due.memory, now=at(12)).readings == {}


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([(0, {"spo2": 97, "pulse": 80, "hr": 80}), (1, {"hr": 80})], [False, True]),
        ([(0, {"spo2": 97, "pulse": 80}), (1, {})], [False, True]),
        ([(0, {"hr": 80, "rr": 16, "spo2": 97, "pulse": 80}), (1, {"spo2": 97, "pulse": 80})], [False, True]),
        # it stays off until one of the two is back, however long that takes
        ([(0, {"spo2": 97, "pulse": 80}), (1, {}), (600, {"hr": 80}), (601, {"hr": 80, "spo2": 96})],
         [False, True, True, False]),
        # one of the two missing is no fallen sensor
        ([(0, {"spo2": 97, "pulse": 80}), (1, {"pulse": 80})], [False, False]),
        # a device that measures once in a while has not lost its sensor
        ([(0, {"spo2": 97, "pulse": 80, "sbp": 120}), (31, {"sbp": 121})], [False, None]),
        ([(0, {"sbp": 120, "dbp": 80})], [None]),
        ([(0, {"spo2": 97}), (1, {})], [False, None]),
    ],
)  # fmt: skip
def test_values_that_vanish_together_mean_a_fallen_sensor(frames, expected):
    assert [screened.lead_off for screened in play(*frames)] == expected


READINGS = st.fixed_dictionaries(
    {},
    optional={
        "hr": st.floats(0, 350),
        "pulse": st.floats(0, 350),
        "spo2": st.floats(1, 100),
        "rr": st.floats(0, 150),
        "temp": st.floats(10, 47),
        "glucose": st.floats(2, 3000),
    },
)


@given(st.lists(st.tuples(st.floats(0.1, 20), READINGS), max_size=20))
def test_every_reading_is_accepted_or_held_and_nothing_is_held_for_ever(history):
    memory, second = Memory(), 0.0
    for wait, readings in history:
        second += wait
        screened = screen(memory, readings, at=at(second))
        assert {**screened.readings} == {name: readings[name] for name in readings if name not in screened.held}
        memory = screened.memory
    done = release(memory, now=at(second + 61))
    assert done.memory.held == {}
    assert {**memory.held}.keys() == done.readings.keys()
