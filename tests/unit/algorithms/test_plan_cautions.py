"""What does not fit the patient: every boundary, and that what is not known is shown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.plan_cautions import Caution, Facts, Fit, When, best, conflicts, fits

ADULT = Facts(age_years=50, pregnant=None, female=False, allergies=())


def fit(when: When, facts: Facts) -> Fit | None:
    found = conflicts([Caution("walk", when, "words")], facts)
    return found[0].fit if found else None


@pytest.mark.parametrize(
    ("when", "age", "wanted"),
    [
        (When(age_below=18), 17, Fit.HOLDS), (When(age_below=18), 18, None), (When(age_below=18), None, Fit.NOT_KNOWN),
        (When(age_above=80), 80, None), (When(age_above=80), 81, Fit.HOLDS), (When(age_above=80), None, Fit.NOT_KNOWN),
    ],
)  # fmt: skip
def test_ages(when: When, age: int | None, wanted: Fit | None) -> None:
    assert fit(when, replace(ADULT, age_years=age)) is wanted


@pytest.mark.parametrize(
    ("age", "female", "pregnant", "wanted"),
    [
        (30, True, True, Fit.HOLDS), (30, True, False, None), (30, True, None, Fit.NOT_KNOWN),
        (9, True, None, None), (10, True, None, Fit.NOT_KNOWN), (55, True, None, Fit.NOT_KNOWN), (56, True, None, None),
        (30, False, None, None), (30, None, None, Fit.NOT_KNOWN), (None, True, None, Fit.NOT_KNOWN),
        (60, True, True, Fit.HOLDS),
    ],
)  # fmt: skip
def test_pregnancy(age: int | None, female: bool | None, pregnant: bool | None, wanted: Fit | None) -> None:
    assert fit(When(pregnant=True), Facts(age, pregnant, female, ())) is wanted


def test_allergies_problems_and_flags() -> None:
    assert fit(When(allergies=("latex",)), replace(ADULT, allergies=("Latex gloves",))) is Fit.HOLDS
    assert fit(When(allergies=("latex",)), ADULT) is None
    assert fit(When(allergies=("latex",)), replace(ADULT, allergies=None)) is Fit.NOT_KNOWN
    assert fit(When(problems=("I50",)), replace(ADULT, problem_codes=("I50.9",))) is Fit.HOLDS
    assert fit(When(problems=("I50",)), ADULT) is None
    assert fit(When(flags=("falls",)), replace(ADULT, flags=("falls", "other"))) is Fit.HOLDS
    assert fit(When(flags=("falls",)), ADULT) is None
    assert fit(When(), ADULT) is None


def test_one_that_holds_outweighs_what_is_not_known() -> None:
    assert fit(When(age_below=18, problems=("I50",)), Facts(None, None, None, None, ("I50.1",))) is Fit.HOLDS


@pytest.mark.parametrize(
    ("code", "wanted", "told"),
    [("E11", "E11", True), ("E11.9", "E11", True), ("E1", "E11", False), ("E11", "E11.9", False),
     ("44054006", "44054006", True), ("440540061", "44054006", False), ("E11 nonsense", "E11", False),
     ("", "E11", False)],
)  # fmt: skip
def test_codes(code: str, wanted: str, told: bool) -> None:
    assert fits(code, wanted) is told


def test_the_closest_template_comes_first() -> None:
    answered = {"broad": ["E11", "E10"], "close": ["E11.2"], "other": ["I10"]}
    assert best(["E11.21"], answered) == ["close", "broad"]
    assert best(["J44"], answered) == []
    assert best([], answered) == []


@given(st.integers(0, 120) | st.none(), st.booleans() | st.none(), st.booleans() | st.none(), st.booleans())
def test_what_is_learned_never_hides_what_held(age, pregnant, female, asked) -> None:
    """Knowing more turns not known into one of the two, and never a caution that holds into none."""
    cautions = [Caution("", When(age_below=18, pregnant=True, allergies=("latex",)), "words")]
    facts = Facts(age, pregnant, female, () if asked else None)
    more = replace(facts, age_years=40 if age is None else age, allergies=facts.allergies or ())
    before, after = conflicts(cautions, facts), conflicts(cautions, more)
    if before and before[0].fit is Fit.HOLDS:
        assert after and after[0].fit is Fit.HOLDS
    if not before:
        assert not after
