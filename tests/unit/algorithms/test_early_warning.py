"""NEWS2: every boundary of the chart on both sides, the rounding, partial sets that never reassure, and an oracle."""

import ast
import inspect
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehospital.algorithms import artefacts, early_warning, escalation
from ehospital.algorithms.early_warning import (
    MalformedObservations,
    NotApplicable,
    Observations,
    from_readings,
    late_after,
    next_due,
    score,
    score_json,
)
from tests.unit.algorithms.news2_oracle import news2

WELL = {"age_years": 70, "rr": 18, "spo2": 97, "oxygen": 0, "sbp": 120, "hr": 80, "consciousness": "A", "temp": 37.0}
NAMES = ("rr", "spo2", "oxygen", "sbp", "hr", "consciousness", "temp")


def points(name: str, value, **others) -> int:
    return score(Observations(**{name: value}, **others)).parts[name]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *[("rr", value, 3) for value in (0, 4, 8)],
        *[("rr", value, 1) for value in (9, 10, 11)],
        *[("rr", value, 0) for value in (12, 16, 20)],
        *[("rr", value, 2) for value in (21, 22, 24)],
        *[("rr", value, 3) for value in (25, 40, 150)],
        *[("spo2", value, 3) for value in (1, 80, 91)],
        *[("spo2", value, 2) for value in (92, 93)],
        *[("spo2", value, 1) for value in (94, 95)],
        *[("spo2", value, 0) for value in (96, 100)],
        *[("sbp", value, 3) for value in (10, 60, 90)],
        *[("sbp", value, 2) for value in (91, 100)],
        *[("sbp", value, 1) for value in (101, 110)],
        *[("sbp", value, 0) for value in (111, 150, 219)],
        *[("sbp", value, 3) for value in (220, 350)],
        *[("hr", value, 3) for value in (0, 30, 40)],
        *[("hr", value, 1) for value in (41, 50)],
        *[("hr", value, 0) for value in (51, 70, 90)],
        *[("hr", value, 1) for value in (91, 110)],
        *[("hr", value, 2) for value in (111, 130)],
        *[("hr", value, 3) for value in (131, 350)],
        *[("temp", value, 3) for value in (10, 34.9, 35.0)],
        *[("temp", value, 1) for value in (35.1, 36.0)],
        *[("temp", value, 0) for value in (36.1, 37, 38.0)],
        *[("temp", value, 1) for value in (38.1, 39.0)],
        *[("temp", value, 2) for value in (39.1, 47)],
        ("consciousness", "A", 0),
        *[("consciousness", value, 3) for value in "CVPU"],
        ("oxygen", 0, 0),
        ("oxygen", 0.0, 0),
        *[("oxygen", value, 2) for value in (0.1, 1, 15, 60)],
    ],
)
def test_every_box_of_the_chart_on_both_edges(name, value, expected):
    assert points(name, value) == expected


@pytest.mark.parametrize(
    ("spo2", "air", "on_oxygen"),
    [
        (1, 3, 3),
        (83, 3, 3),
        (84, 2, 2),
        (85, 2, 2),
        (86, 1, 1),
        (87, 1, 1),
        (88, 0, 0),
        (92, 0, 0),
        (93, 0, 1),
        (94, 0, 1),
        (95, 0, 2),
        (96, 0, 2),
        (97, 0, 3),
        (100, 0, 3),
    ],
)
def test_scale_2_on_air_and_on_oxygen(spo2, air, on_oxygen):
    assert points("spo2", spo2, spo2_scale=2, oxygen=0) == air
    assert points("spo2", spo2, spo2_scale=2, oxygen=0.5) == on_oxygen


@pytest.mark.parametrize("spo2", [93, 96, 100, 92.5])
def test_scale_2_above_the_target_cannot_be_scored_while_oxygen_is_unknown(spo2):
    result = score(Observations(spo2=spo2, spo2_scale=2))
    assert result.parts == {}
    assert "oxygen" in result.missing and "spo2" not in result.missing
    assert (result.partial, result.response, result.band) == (True, None, "unknown")


@pytest.mark.parametrize(("spo2", "expected"), [(92, 0), (92.4, 0), (83, 3)])
def test_scale_2_up_to_the_target_does_not_need_oxygen(spo2, expected):
    assert points("spo2", spo2, spo2_scale=2) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("rr", 8.49, 3),
        ("rr", 8.5, 1),
        ("rr", 20.49, 0),
        ("rr", 20.5, 2),
        ("rr", 24.5, 3),
        ("spo2", 91.5, 2),
        ("spo2", 91.49, 3),
        ("spo2", 95.5, 0),
        ("sbp", 90.5, 2),
        ("sbp", 219.5, 3),
        ("sbp", 219.49, 0),
        ("hr", 40.5, 1),
        ("hr", 90.5, 1),
        ("hr", 130.5, 3),
        ("temp", 35.04, 3),
        ("temp", 35.05, 1),
        ("temp", 36.05, 0),
        ("temp", 36.049, 1),
        ("temp", 38.05, 1),
        ("temp", 38.049999, 0),
        ("temp", 39.05, 2),
        ("temp", 39.04, 1),
        ("temp", Decimal("38.05"), 1),
        ("temp", Decimal("38.0499999999999999999"), 0),
        ("rr", Decimal("20.5"), 2),
    ],
)
def test_rounding_is_half_up_on_the_decimal_that_was_measured(name, value, expected):
    assert points(name, value) == expected


def test_every_tenth_and_every_half_tenth_of_a_degree_is_what_its_digits_say():
    for hundredths in range(3000, 4300):
        expected = news2({"temp": f"{hundredths / 100:.2f}"})[1]["temp"]
        assert points("temp", hundredths / 100) == expected, hundredths


def test_the_example_of_the_contract():
    assert score_json({**WELL, "spo2_scale": 1}) == {
        "score": 0,
        "partial": False,
        "missing": [],
        "parts": dict.fromkeys(NAMES, 0),
        "single_three": False,
        "response": "routine-12h",
        "band": "zero",
        "version": early_warning.VERSION,
    }


@pytest.mark.parametrize(
    ("changed", "total", "three", "response", "band"),
    [
        ({}, 0, False, "routine-12h", "zero"),
        ({"hr": 91}, 1, False, "4-6h", "low"),
        ({"oxygen": 2, "rr": 21}, 4, False, "4-6h", "low"),
        ({"rr": 25}, 3, True, "hourly-urgent-ward", "low-medium"),
        ({"rr": 25, "hr": 91}, 4, True, "hourly-urgent-ward", "low-medium"),
        ({"rr": 21, "oxygen": 2, "hr": 91}, 5, False, "hourly-urgent", "medium"),
        ({"rr": 25, "hr": 111}, 5, True, "hourly-urgent", "medium"),
        ({"rr": 25, "oxygen": 2, "hr": 91}, 6, True, "hourly-urgent", "medium"),
        ({"rr": 25, "oxygen": 2, "hr": 111}, 7, True, "continuous-emergency", "high"),
        ({"rr": 21, "oxygen": 2, "hr": 111, "temp": 38.5}, 7, False, "continuous-emergency", "high"),
        ({"rr": 25, "spo2": 90, "oxygen": 2, "sbp": 80, "hr": 140, "consciousness": "U", "temp": 34}, 20, True,
         "continuous-emergency", "high"),
    ],
)  # fmt: skip
def test_thresholds_and_responses(changed, total, three, response, band):
    result = score(Observations(**{**WELL, **changed}))
    assert (result.score, result.single_three, result.response, result.band) == (total, three, response, band)
    assert not result.partial and result.missing == ()


@pytest.mark.parametrize("absent", NAMES)
def test_a_well_patient_with_one_parameter_missing_is_not_called_well(absent):
    result = score(Observations(**{**WELL, absent: None}))
    assert result.partial and result.missing == (absent,)
    assert absent not in result.parts
    assert (result.score, result.response, result.band) == (0, None, "unknown")


@pytest.mark.parametrize(
    ("present", "response", "band"),
    [
        ({}, None, "unknown"),
        ({"hr": 80}, None, "unknown"),
        ({"hr": 91}, "4-6h", "unknown"),
        ({"hr": 111, "oxygen": 2}, "4-6h", "unknown"),
        ({"hr": 131}, "hourly-urgent-ward", "low-medium"),
        ({"hr": 131, "oxygen": 2}, "hourly-urgent", "medium"),
        ({"hr": 131, "oxygen": 2, "rr": 21}, "continuous-emergency", "high"),
    ],
)
def test_a_partial_set_asks_for_what_its_parts_prove(present, response, band):
    result = score(Observations(**present))
    assert result.partial
    assert (result.response, result.band) == (response, band)


@pytest.mark.parametrize("age", [0, 15, 15.99])
def test_children_are_refused(age):
    with pytest.raises(NotApplicable, match="under 16"):
        score_json({**WELL, "age_years": age})


@pytest.mark.parametrize("age", [16, 16.0, 110, None])
def test_adults_and_people_of_unknown_age_are_scored(age):
    assert score_json({**WELL, "age_years": age})["score"] == 0


def test_pregnancy_is_refused():
    with pytest.raises(NotApplicable, match="pregnancy"):
        score_json({**WELL, "pregnant": True})
    assert score_json({**WELL, "pregnant": False})["score"] == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(name, value) for name in NAMES for value in ([], {}, True, "much")],
        *[(name, value) for name in NAMES if name != "consciousness" for value in ("80", float("nan"), float("inf"))],
        ("hr", 351),
        ("hr", -5),
        ("hr", 10**4000),
        ("hr", Decimal("sNaN")),
        ("spo2", 101),
        ("spo2", 0.97),
        ("temp", 98.6),
        ("oxygen", -0.5),
        ("consciousness", "B"),
        ("consciousness", 3),
        ("age_years", "70"),
        ("age_years", -1),
        ("age_years", 200),
        ("age_years", True),
        ("age_years", float("nan")),
        ("spo2_scale", 3),
        ("spo2_scale", "2"),
        ("spo2_scale", True),
        ("spo2_scale", [2]),
        ("pregnant", "no"),
        ("pregnant", 1),
    ],
)
def test_malformed_input_is_refused_and_named(key, value):
    with pytest.raises(MalformedObservations, match=f"^{key} is "):
        score_json({**WELL, key: value})


@pytest.mark.parametrize("given_", [[], "text", None, 5])
def test_what_is_no_object_is_refused(given_):
    with pytest.raises(MalformedObservations, match="JSON object"):
        score_json(given_)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("nothing", [None, -1, -1.0, -100, -99.9, -999, 32767])
def test_vendors_ways_of_saying_no_reading_are_missing(name, nothing):
    assert score_json({**WELL, name: nothing})["missing"] == [name]


def test_small_freedoms_of_the_json_form():
    assert score_json({**WELL, "hr": None, "pulse": 131})["parts"]["hr"] == 3
    assert score_json({**WELL, "pulse": 131})["parts"]["hr"] == 0
    assert score_json({**WELL, "consciousness": " c "})["parts"]["consciousness"] == 3
    assert score_json({**WELL, "consciousness": ""})["missing"] == ["consciousness"]
    assert score_json({**WELL, "spo2_scale": None, "effort": "severe"})["score"] == 0


def test_readings_become_observations():
    built = from_readings({"pulse": 75.0, "rr": 16.0, "spo2": 90.0, "glucose": 90.0}, consciousness="V", spo2_scale=2)
    assert built == Observations(rr=16.0, spo2=90.0, hr=75.0, consciousness="V", spo2_scale=2)
    assert from_readings({"pulse": 75.0, "hr": 80.0}).hr == 80.0


LAST = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "due_hours", "late_hours"),
    [
        ({}, 12, 12),
        ({"hr": 91}, 4, 6),
        ({"rr": 25}, 1, 1),
        ({"rr": 25, "oxygen": 2}, 1, 1),
        ({"rr": 25, "oxygen": 2, "hr": 111}, 0, 0),
        ({"temp": None}, 0, 0),
        ({"temp": None, "hr": 91}, 0, 0),
        ({"temp": None, "rr": 25}, 1, 1),
        ({"temp": None, "rr": 25, "oxygen": 2}, 1, 1),
    ],
)
def test_the_next_set_is_due_by_the_score(changed, due_hours, late_hours):
    result = score(Observations(**{**WELL, **changed}))
    assert next_due(result, LAST) == LAST + timedelta(hours=due_hours)
    assert late_after(result, LAST) == LAST + timedelta(hours=late_hours)


def near(*edges, places):
    """Values around the edges of the chart, as well as anywhere between the outermost."""
    lowest, highest = edges[0], edges[-1]
    step = 10**-places
    around = st.sampled_from(edges).flatmap(
        lambda edge: st.integers(-30, 30).map(lambda off: round(edge + off * step, places))
    )
    return (around | st.integers(int(lowest), int(highest)) | st.floats(lowest, highest)).filter(
        lambda value: lowest <= value <= highest
    )


SETS = st.fixed_dictionaries(
    {},
    optional={
        "rr": st.none() | near(0, 8, 11, 20, 24, 60, places=2),
        "spo2": st.none() | near(60, 83, 85, 87, 91, 92, 93, 94, 95, 96, 97, 100, places=2),
        "oxygen": st.none() | st.just(0) | st.floats(0, 60),
        "sbp": st.none() | near(40, 90, 100, 110, 219, 300, places=2),
        "hr": st.none() | near(0, 40, 50, 90, 110, 130, 300, places=2),
        "consciousness": st.none() | st.sampled_from("ACVPU"),
        "temp": st.none() | near(30, 35, 36, 38, 39, 43, places=3),
        "spo2_scale": st.sampled_from([1, 2]),
        "age_years": st.none() | st.integers(16, 110),
    },
)


@settings(max_examples=1500, deadline=None)
@given(SETS)
def test_the_product_agrees_with_the_oracle(given_):
    total, parts, missing, three, response = news2(given_)
    answer = score_json(given_)
    assert answer["parts"] == parts
    assert (answer["score"], answer["single_three"]) == (total, three)
    assert (answer["missing"], answer["partial"]) == (missing, bool(missing))
    assert answer["response"] == response


RANK = {None: 0, "routine-12h": 0, "4-6h": 1, "hourly-urgent-ward": 2, "hourly-urgent": 3, "continuous-emergency": 4}


@settings(max_examples=500, deadline=None)
@given(SETS, st.sets(st.sampled_from(NAMES)))
def test_losing_parameters_never_raises_the_answer_and_never_reassures(given_, lost):
    whole, less = score_json(given_), score_json({**given_, **dict.fromkeys(lost)})
    assert less["score"] <= whole["score"]
    assert RANK[less["response"]] <= RANK[whole["response"]]
    if less["partial"]:
        assert less["response"] != "routine-12h"
        assert less["band"] not in ("zero", "low")


@pytest.mark.parametrize("module", [early_warning, escalation, artefacts])
def test_the_decisions_know_no_framework_and_no_clock(module):
    tree = ast.parse(inspect.getsource(module))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= {
        "bisect", "collections", "dataclasses", "datetime", "decimal", "ehospital", "enum", "functools", "math",
        "types", "typing",
    }  # fmt: skip
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert called.isdisjoint({"now", "utcnow", "today", "time", "monotonic"})
