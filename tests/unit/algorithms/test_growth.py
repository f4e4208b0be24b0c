"""Growth beside WHO's standards: values as WHO publishes them, limits of tables, restricted tails, corrected ages."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms import growth
from ehospital.algorithms.growth import Age, Indicator, Lms, Measured, Reading, reference

SEXES = st.sampled_from(["female", "male"])
SDS = (-3, -2, -1, 0, 1, 2, 3)
# From WHO's expanded tables 5-19 years: the values at -4, -3 … 4 SD, of which -4 and 4 lie in the restricted tails.
REFERENCE = [
    ("weight-for-age", "m", "m61", (11.07, 12.718, 14.367, 16.279, 18.506, 21.109, 24.165, 27.77, 31.375)),
    ("weight-for-age", "m", "m120", (17.634, 20.42, 23.206, 26.694, 31.159, 37.035, 45.038, 56.434, 67.829)),
    ("weight-for-age", "f", "m80", (12.352, 14.301, 16.25, 18.635, 21.598, 25.343, 30.176, 36.568, 42.96)),
    ("weight-for-age", "f", "m120", (17.298, 20.286, 23.274, 27.031, 31.858, 38.223, 46.89, 59.177, 71.465)),
    ("bmi-for-age", "m", "m61", (11.204, 12.118, 13.031, 14.071, 15.264, 16.645, 18.259, 20.166, 22.072)),
    ("bmi-for-age", "m", "m228", (14.156, 15.855, 17.554, 19.622, 22.188, 25.449, 29.716, 35.516, 41.317)),
    ("bmi-for-age", "f", "m100", (10.928, 11.944, 12.959, 14.212, 15.806, 17.914, 20.862, 25.345, 29.829)),
    ("bmi-for-age", "f", "m228", (12.951, 14.724, 16.497, 18.681, 21.427, 24.965, 29.67, 36.179, 42.689)),
    ("height-for-age", "m", "m61", (91.899, 96.49, 101.081, 105.673, 110.265, 114.855, 119.447, 124.039, 128.63)),
    ("height-for-age", "f", "m228", (136.991, 143.532, 150.073, 156.614, 163.155, 169.696, 176.236, 182.776, 189.318)),
]
# From WHO's simplified tables 0-5 years: the values at -3 … 3 SD, to one digit.
STANDARDS = [
    (Indicator.WEIGHT, "male", 0, (2.1, 2.5, 2.9, 3.3, 3.9, 4.4, 5.0)),
    (Indicator.WEIGHT, "female", 0, (2.0, 2.4, 2.8, 3.2, 3.7, 4.2, 4.8)),
    (Indicator.WEIGHT, "male", 731, (8.6, 9.7, 10.8, 12.2, 13.6, 15.3, 17.1)),
    (Indicator.WEIGHT, "female", 1826, (12.1, 13.7, 15.8, 18.2, 21.2, 24.9, 29.5)),
    (Indicator.HEIGHT, "male", 0, (44.2, 46.1, 48.0, 49.9, 51.8, 53.7, 55.6)),
    (Indicator.HEIGHT, "male", 1826, (96.1, 100.7, 105.3, 110.0, 114.6, 119.2, 123.9)),
    (Indicator.HEIGHT, "male", 731, (78.0, 81.0, 84.1, 87.1, 90.2, 93.2, 96.3)),
    (Indicator.HEIGHT, "female", 1826, (95.2, 99.9, 104.7, 109.4, 114.2, 118.9, 123.7)),
    (Indicator.BMI, "male", 730, (12.7, 13.6, 14.6, 15.7, 17.0, 18.5, 20.3)),
    (Indicator.BMI, "female", 731, (12.4, 13.3, 14.4, 15.7, 17.1, 18.7, 20.6)),
    (Indicator.HEAD, "male", 0, (30.7, 31.9, 33.2, 34.5, 35.7, 37.0, 38.3)),
    (Indicator.HEAD, "female", 0, (30.3, 31.5, 32.7, 33.9, 35.1, 36.2, 37.4)),
    (Indicator.HEAD, "male", 1826, (46.3, 47.7, 49.2, 50.7, 52.2, 53.7, 55.2)),
]
BY_HEIGHT = [
    ("male", 60.0, False, (4.7, 5.1, 5.5, 6.0, 6.5, 7.1, 7.8)),
    ("female", 100.0, False, (11.6, 12.6, 13.7, 15.0, 16.5, 18.1, 20.0)),
    ("male", 65.0, True, (5.9, 6.3, 6.9, 7.4, 8.1, 8.8, 9.6)),
    ("female", 120.0, True, (17.3, 18.9, 20.7, 22.8, 25.2, 28.0, 31.2)),
]


def oracle(line: Lms, value: float, *, restricted: bool) -> float:
    """The definition, written as WHO writes it: SD23pos = SD3pos - SD2pos, SD23neg = SD2neg - SD3neg."""
    z = ((value / line.median) ** line.power - 1) / (line.spread * line.power)
    sd = {n: line.median * (1 + line.power * line.spread * n) ** (1 / line.power) for n in (-3, -2, 2, 3)}
    if restricted and z > 3:
        return 3 + (value - sd[3]) / (sd[3] - sd[2])
    if restricted and z < -3:
        return -3 + (value - sd[-3]) / (sd[-2] - sd[-3])
    return z


@pytest.mark.parametrize(("name", "sex", "month", "values"), REFERENCE)
def test_the_published_values_of_5_to_19_years(name: str, sex: str, month: str, values: tuple[float, ...]) -> None:
    line = reference.table(name)[sex][month]
    for wanted, value in zip(range(-4, 5), values, strict=True):
        assert growth.z_score(line, value, restricted=name != "height-for-age") == pytest.approx(wanted, abs=0.002)


@pytest.mark.parametrize(("indicator", "sex", "days", "values"), STANDARDS)
def test_the_published_values_of_0_to_5_years(
    indicator: Indicator, sex: str, days: int, values: tuple[float, ...]
) -> None:
    line = growth.by_age(indicator, sex, days)
    assert line and [growth.value_at(line, z) for z in SDS] == pytest.approx(values, abs=0.0501)


@pytest.mark.parametrize(("sex", "cm", "standing", "values"), BY_HEIGHT)
def test_the_published_values_by_length_and_height(
    sex: str, cm: float, standing: bool, values: tuple[float, ...]
) -> None:
    line = growth.by_height(sex, cm, standing=standing)
    assert line and [growth.value_at(line, z) for z in SDS] == pytest.approx(values, abs=0.0501)


@given(SEXES, st.integers(0, 6939), st.floats(0.3, 3), st.booleans())
def test_every_score_is_the_definition(sex: str, days: int, share: float, restricted: bool) -> None:
    for indicator in (Indicator.WEIGHT, Indicator.HEIGHT, Indicator.BMI, Indicator.HEAD):
        line = growth.by_age(indicator, sex, days)
        assert (line is None) == (days > growth.last_day(indicator))
        if line:
            found = growth.z_score(line, line.median * share, restricted=restricted)
            assert found == pytest.approx(oracle(line, line.median * share, restricted=restricted), abs=1e-9)


@given(SEXES, st.integers(0, 1856), st.floats(-3, 3))
def test_a_curve_goes_through_the_values_of_its_score(sex: str, days: int, z: float) -> None:
    line = growth.by_age(Indicator.WEIGHT, sex, days)
    assert line
    assert growth.z_score(line, growth.value_at(line, z), restricted=True) == pytest.approx(z, abs=1e-6)


@given(SEXES, st.integers(0, 3652), st.lists(st.floats(0.5, 90), min_size=2, max_size=9, unique=True))
def test_more_weight_is_never_a_lower_score(sex: str, days: int, weights: list[float]) -> None:
    line = growth.by_age(Indicator.WEIGHT, sex, days)
    assert line
    found = [growth.z_score(line, one, restricted=True) for one in sorted(weights)]
    assert found == sorted(found)


def test_a_power_of_nought_is_the_logarithm() -> None:
    line = Lms(0, 10, 0.1)
    assert growth.value_at(line, 1) == pytest.approx(10 * math.exp(0.1))
    assert growth.z_score(line, 10 * math.exp(0.2), restricted=False) == pytest.approx(2)
    near = Lms(1e-7, 10, 0.1)
    assert growth.z_score(near, 12, restricted=True) == pytest.approx(
        growth.z_score(line, 12, restricted=True), abs=1e-4
    )


@pytest.mark.parametrize(
    ("indicator", "first", "last"),
    [(Indicator.WEIGHT, 0, 3652), (Indicator.HEIGHT, 0, 6939), (Indicator.BMI, 0, 6939), (Indicator.HEAD, 0, 1856)],
)
def test_where_the_tables_begin_and_end(indicator: Indicator, first: int, last: int) -> None:
    for sex in ("female", "male"):
        assert growth.by_age(indicator, sex, first) and growth.by_age(indicator, sex, last)
        assert growth.by_age(indicator, sex, first - 1) is None and growth.by_age(indicator, sex, last + 1) is None
    assert growth.by_age(indicator, "other", 100) is None and growth.by_age(indicator, "", 100) is None


def test_the_standards_pass_over_into_the_reference_and_months_are_read_straight_between() -> None:
    lines = reference.table("height-for-age")["m"]
    assert growth.by_age(Indicator.HEIGHT, "male", 1856) == lines["d1856"]
    after = growth.by_age(Indicator.HEIGHT, "male", 1857)
    share = 1857 / 30.4375 - 61
    assert after and after.median == pytest.approx(
        lines["m61"].median + (lines["m62"].median - lines["m61"].median) * share
    )
    for name in ("weight-for-age", "height-for-age", "bmi-for-age"):
        assert {len(rows) for rows in reference.table(name).values()} == {1857 + (60 if name[0] == "w" else 168)}


@pytest.mark.parametrize(("cm", "standing", "there"), [
    (44.99, False, False), (45, False, True), (110, False, True), (110.01, False, False),
    (64.99, True, False), (65, True, True), (120, True, True), (120.01, True, False),
])  # fmt: skip
def test_limits_of_weight_for_height(cm: float, standing: bool, there: bool) -> None:
    assert (growth.by_height("female", cm, standing=standing) is not None) == there
    half = growth.by_height("female", 80.05, standing=False)
    low, high = (growth.by_height("female", one, standing=False) for one in (80.0, 80.1))
    assert half and low and high and half.median == pytest.approx((low.median + high.median) / 2)


def test_position_is_brought_to_that_of_the_table() -> None:
    def height(days: int, lying: bool | None) -> float:
        return growth.scores(Measured(height_cm=87.0, lying=lying), Age(days), "male")[Indicator.HEIGHT].value

    assert [height(730, lying) for lying in (True, False, None)] == [87.0, 87.7, 87.0]
    assert [height(731, lying) for lying in (True, False, None)] == [86.3, 87.0, 87.0]


def test_everything_that_was_measured_is_scored_once() -> None:
    found = growth.scores(Measured(12.2, 87.1, False, 48.3), Age(731), "male")
    assert set(found) == set(Indicator) and all(abs(one.z) < 0.15 for one in found.values())
    assert found[Indicator.BMI].value == pytest.approx(12.2 / 0.871**2)
    older = growth.scores(Measured(30, 138, None, 53), Age(1857), "female")
    assert set(older) == {Indicator.WEIGHT, Indicator.HEIGHT, Indicator.BMI}
    assert growth.scores(Measured(30, 138), Age(3653), "female").keys() == {Indicator.HEIGHT, Indicator.BMI}
    assert growth.scores(Measured(3, 50), Age(-1), "male") == {} == growth.scores(Measured(), Age(10), "male")


@pytest.mark.parametrize(("indicator", "low", "high"), [
    (Indicator.WEIGHT, -6, 5), (Indicator.HEIGHT, -6, 6), (Indicator.BMI, -5, 5), (Indicator.HEAD, -5, 5),
])  # fmt: skip
def test_what_who_flags_begins_beyond_its_limits(indicator: Indicator, low: int, high: int) -> None:
    from ehospital.algorithms.growth.scoring import _score

    line = growth.by_age(indicator, "female", 400)
    assert line

    def at(z: float) -> float:  # the value with this score, found by halving
        below, above = 0.1, 500.0
        for _ in range(80):
            middle = (below + above) / 2
            lower = growth.z_score(line, middle, restricted=indicator in (Indicator.WEIGHT, Indicator.BMI)) < z
            below, above = (middle, above) if lower else (below, middle)
        return below

    flags = [_score(indicator, line, at(z)).implausible for z in (low - 0.01, low, high, high + 0.01)]
    assert flags == [True, False, False, True]


@pytest.mark.parametrize(("z", "percent"), [(0, 50), (-1.8808, 3), (1.0364, 85), (1.8808, 97), (-3, 0.135)])
def test_centiles(z: float, percent: float) -> None:
    assert growth.centile(z) == pytest.approx(percent, abs=0.002)


@pytest.mark.parametrize(("age", "gestation", "wanted"), [
    (100, None, Age(100)), (100, 37 * 7, Age(100)), (100, 37 * 7 - 1, Age(78, True)), (100, 32 * 7, Age(44, True)),
    (364, 32 * 7, Age(308, True)), (365, 32 * 7, Age(365)), (365, 32 * 7 - 1, Age(308, True)),
    (729, 28 * 7, Age(645, True)), (730, 28 * 7, Age(730)), (10, 30 * 7, Age(-60, True)),
])  # fmt: skip
def test_corrected_age(age: int, gestation: int | None, wanted: Age) -> None:
    assert growth.corrected(age, gestation) == wanted


@pytest.mark.parametrize(("indicator", "days", "z", "name"), [
    (Indicator.HEIGHT, 400, -3.01, Reading.SEVERELY_STUNTED), (Indicator.HEIGHT, 400, -3, Reading.STUNTED),
    (Indicator.HEIGHT, 400, -2.01, Reading.STUNTED), (Indicator.HEIGHT, 400, -2, Reading.USUAL),
    (Indicator.HEIGHT, 400, 4, Reading.USUAL), (Indicator.WEIGHT, 400, -3.01, Reading.SEVERELY_UNDERWEIGHT),
    (Indicator.WEIGHT, 400, -2.5, Reading.UNDERWEIGHT), (Indicator.WEIGHT, 400, 4, Reading.USUAL),
    (Indicator.BMI, 1856, -2.01, Reading.WASTED), (Indicator.BMI, 1857, -2.01, Reading.THIN),
    (Indicator.BMI, 1857, -3.01, Reading.SEVERELY_THIN), (Indicator.BMI, 1856, 1, Reading.USUAL),
    (Indicator.BMI, 1856, 1.01, Reading.RISK_OF_OVERWEIGHT), (Indicator.BMI, 1856, 2.01, Reading.OVERWEIGHT),
    (Indicator.BMI, 1856, 3.01, Reading.OBESE), (Indicator.BMI, 1857, 1.01, Reading.OVERWEIGHT),
    (Indicator.BMI, 1857, 2.01, Reading.OBESE), (Indicator.WEIGHT_FOR_HEIGHT, 400, -3.01, Reading.SEVERELY_WASTED),
    (Indicator.WEIGHT_FOR_HEIGHT, 400, 2.01, Reading.OVERWEIGHT), (Indicator.HEAD, 400, -4, Reading.USUAL),
])  # fmt: skip
def test_what_a_score_is_called(indicator: Indicator, days: int, z: float, name: Reading) -> None:
    assert growth.reading(indicator, z, days) == name
