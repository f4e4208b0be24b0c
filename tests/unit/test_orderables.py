"""The catalogue of what can be ordered is whole and free of contradictions."""

import pytest

from ehospital.algorithms.critical_values import TABLE
from ehospital.clinical.models.orders import OrderKind
from ehospital.clinical.orderables import Measure, catalogue, found, measures, order_sets
from ehospital.kernel import units


@pytest.mark.parametrize("one", measures().values(), ids=lambda one: one.key)
def test_every_measure_makes_sense(one: Measure) -> None:
    assert units.parse(one.ucum).code == one.ucum.replace("[IU]", "[iU]")
    assert one.possible is not None
    assert one.usual is not None
    assert one.possible[0] <= one.usual[0] < one.usual[1] <= one.possible[1]
    for usual in one.ranges:
        assert usual.low is not None or usual.high is not None
        low, high = usual.low or one.possible[0], usual.high or one.possible[1]
        assert one.usual[0] <= low < high <= one.usual[1] or usual.low is None
        assert usual.sex in ("", "male", "female")


@pytest.mark.parametrize("one", measures().values(), ids=lambda one: one.key)
@pytest.mark.parametrize("sex", ["male", "female", "other", "unknown"])
def test_no_age_has_two_ranges(one: Measure, sex: str) -> None:
    for age in (0, 13, 14, 27, 28, 364, 365, 5843, 5844, 6573, 6574, 40_000):
        assert sum(row.for_age(age) and row.sex in ("", sex) for row in one.ranges) <= 1


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.codes[0]} from {row.from_days}")
def test_critical_limits_lie_within_what_is_possible_and_beyond_what_is_usual(row: object) -> None:
    for one in measures().values():
        if one.code.code not in row.codes or row.from_days < 6574:
            continue
        usual = one.range_for(age_days=20_000, sex="male")
        for limit, below in ((row.low, True), (row.high, False)):
            if limit is None:
                continue
            assert one.possible[0] <= limit <= one.possible[1]
            if usual and (usual.low if below else usual.high) is not None:
                assert limit < usual.low if below else limit > usual.high


def test_kinds_and_sets() -> None:
    assert {one.kind for one in catalogue().values()} == set(OrderKind)
    assert all(one.orders for one in order_sets())
    assert all(one.key == key for key, one in catalogue().items())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("pot", "potassium"),
        ("K", "potassium"),
        ("full bl", "blood_count"),
        ("2823-3", "potassium"),
        ("u&e", "electrolytes"),
    ],
)
def test_found_by_words_synonyms_and_codes(typed: str, first: str) -> None:
    assert found(typed, catalogue().values())[0].key == first


def test_nothing_is_found_by_nonsense_and_everything_by_nothing() -> None:
    assert found("zzz", catalogue().values()) == []
    assert len(found(" ", catalogue().values())) == len(catalogue())
