"""The noise has the memory that it promises, wherever and in whatever order it is read."""

import math
import statistics

import pytest

from ehospital.simulation.noise import Wander, gaussian, stream_key, uniform

LENGTH = 30_000


@pytest.mark.parametrize("memory_s", [1.5, 5.0, 20.0, 30.0])
def test_a_series_is_ar1_with_deviation_one(memory_s: float) -> None:
    wander = Wander(stream_key("seed", memory_s), memory_s)
    values = [wander.at(t) for t in range(LENGTH)]
    mean, variance = statistics.fmean(values), statistics.pvariance(values)
    assert abs(mean) < 4 * math.sqrt(2 * memory_s / LENGTH)
    assert variance == pytest.approx(1.0, abs=0.1)
    for lag in (1, 3, 10, 30):
        found = sum((values[n] - mean) * (values[n + lag] - mean) for n in range(LENGTH - lag)) / LENGTH / variance
        assert found == pytest.approx(math.exp(-lag / memory_s), abs=0.05)


def test_the_order_of_reading_does_not_matter() -> None:
    forward = [Wander(stream_key(1), 20.0).at(t) for t in range(-300, 300)]
    backward = [Wander(stream_key(1), 20.0).at(t) for t in reversed(range(-300, 300))]
    assert forward == backward[::-1]


def test_a_slow_series_has_no_steps() -> None:
    wander = Wander(stream_key(2), 1500.0, 60.0)
    jumps = [abs(wander.at(t + 1) - wander.at(t)) for t in range(20_000)]
    assert max(jumps) < 0.02


def test_streams_are_independent_of_each_other_and_of_the_process() -> None:
    assert stream_key(1, "A1", "hr") == 15_455_287_129_965_064_309
    assert stream_key(1, "A1", "hr") != stream_key(1, "A", "1hr")
    first = [gaussian(stream_key("a"), n) for n in range(LENGTH)]
    second = [gaussian(stream_key("b"), n) for n in range(LENGTH)]
    assert abs(sum(a * b for a, b in zip(first, second, strict=True)) / LENGTH) < 0.03
    assert statistics.pstdev(first) == pytest.approx(1.0, abs=0.02)
    assert statistics.fmean(uniform(stream_key("c"), n) for n in range(LENGTH)) == pytest.approx(0.5, abs=0.01)


def test_a_memory_too_long_for_its_steps_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a memory of 1500 s needs steps of 50\.0 s or more$"):
        Wander(1, 1500, 1.0)
