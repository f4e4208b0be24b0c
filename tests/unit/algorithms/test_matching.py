"""Judging whether two descriptions are of one person: every level and every limit, and properties against an oracle."""

from dataclasses import replace
from datetime import date
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms import matching
from ehospital.algorithms.matching import OTHER_RECORDS, SAME_PERSON_RECORDS, WEIGHTS, Other, Verdict, compare
from ehospital.algorithms.matching_levels import Level, Part, Person, agreement, word_level
from ehospital.algorithms.name_likeness import jaro_winkler, slips, sound

AMINA = Person(
    names=(("okafor", "amina"),),
    birth_on=date(1957, 3, 14),
    birth_precision="day",
    sex="female",
    numbers=frozenset({("urn:nation", "12345678")}),
    phones=frozenset({"5550100200"}),
    address="1 mill lane harrowmere",
    area="hm12",
)
NAMED = Person(names=AMINA.names)


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("column", range(4))
def test_the_frequencies_of_a_part_are_a_whole(part: Part, column: int) -> None:
    assert sum(row[column] for row in WEIGHTS[part].values()) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("martha", "marhta", 0.9611),
        ("dixon", "dicksonx", 0.8133),
        ("dwayne", "duane", 0.84),
        ("", "a", 0),
        ("a", "b", 0),
    ],
)
def test_winklers_own_examples(one: str, other: str, likeness: float) -> None:
    assert jaro_winkler(one, other) == pytest.approx(likeness, abs=0.0001)
    assert jaro_winkler(one, one) == 1


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("okafor", "okafor", 0), ("okafor", "okafro", 1), ("okafor", "okafr", 1), ("okafor", "okaffor", 1),
     ("okafor", "okabor", 1), ("ca", "abc", 3), ("", "abc", 3)],
)  # fmt: skip
def test_slips_of_the_finger(one: str, other: str, count: int) -> None:
    assert slips(one, other) == slips(other, one) == count


@pytest.mark.parametrize(
    "alike",
    [("meier", "mayer", "maier", "meyer"), ("schmidt", "schmitt"), ("philip", "filip"), ("catherine", "katherine"),
     ("mohammed", "muhammad", "mohamed"), ("smith", "smyth"), ("stephen", "steven"), ("alexander", "aleksander")],
)  # fmt: skip
def test_names_of_one_sound_have_one_key(alike: tuple[str, ...]) -> None:
    assert len({sound(word) for word in alike}) == 1


def test_other_sounds_have_other_keys_and_every_word_has_one() -> None:
    assert sound("anna") != sound("nna")
    assert sound("okafor") != sound("karimi")
    assert (sound("aoi"), sound("李"), sound("")) == ("A", "李", "A")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("okafor", "okafor", Level.SAME), ("al hassan", "alhassan", Level.SAME),
        ("maria jose", "jose maria", Level.SAME),
        ("okafor", "okafro", Level.NEAR), ("anna", "anne", Level.NEAR),
        ("ann", "dan", Level.DIFFERENT), ("ann", "ian", Level.SOUNDS),
        ("okafor", "okafor lind", Level.SHARED), ("anna", "anna maria", Level.SHARED),
        ("okafor lind", "okafro", Level.SHARED), ("a b", "b c", Level.DIFFERENT),
        ("meier", "mayr", Level.SOUNDS), ("a", "amina", Level.INITIAL), ("amina", "a", Level.INITIAL),
        ("b", "amina", Level.DIFFERENT), ("okafor", "karimi", Level.DIFFERENT),
        ("", "okafor", None), ("okafor", "", None),
    ],
)  # fmt: skip
def test_levels_of_a_name(one: str, other: str, level: Level | None) -> None:
    assert word_level(one, other) is level


@pytest.mark.parametrize(
    ("born", "precision", "there", "precision_there", "seen"),
    [
        (date(1957, 3, 14), "day", date(1957, 3, 14), "day", (Part.BIRTH_DAY, Level.SAME)),
        (date(1957, 3, 4), "day", date(1957, 4, 3), "day", (Part.BIRTH_DAY, Level.SWAPPED)),
        (date(1957, 3, 14), "day", date(1957, 3, 15), "day", (Part.BIRTH_DAY, Level.NEAR)),
        (date(1957, 3, 14), "day", date(1975, 3, 14), "day", (Part.BIRTH_DAY, Level.NEAR)),
        (date(1957, 3, 14), "day", date(1967, 3, 15), "day", (Part.BIRTH_DAY, Level.DIFFERENT)),
        (date(1957, 3, 14), "day", date(1957, 3, 1), "month", (Part.BIRTH_MONTH, Level.SAME)),
        (date(1957, 3, 14), "day", date(1957, 4, 1), "month", (Part.BIRTH_MONTH, Level.DIFFERENT)),
        (date(1957, 3, 14), "day", date(1957, 1, 1), "year", (Part.BIRTH_YEAR, Level.SAME)),
        (date(1957, 3, 14), "day", date(1958, 1, 1), "year", (Part.BIRTH_YEAR, Level.NEAR)),
        (date(1957, 3, 14), "day", date(1959, 1, 1), "year", (Part.BIRTH_YEAR, Level.DIFFERENT)),
        (date(1957, 1, 1), "day", date(1957, 1, 1), "day", (Part.BIRTH_YEAR, Level.SAME)),
        (date(1957, 1, 1), "month", date(1957, 1, 31), "day", (Part.BIRTH_MONTH, Level.SAME)),
    ],
)
def test_levels_of_a_birth_date(born, precision, there, precision_there, seen) -> None:
    one = Person(birth_on=born, birth_precision=precision)
    other = Person(birth_on=there, birth_precision=precision_there)
    assert agreement(one, other) == agreement(other, one) == dict([seen])


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, Level.SAME),
        ({"phones": frozenset({"+15550100200"[1:]}), "address": ""}, Level.PHONE),
        ({"phones": frozenset({"999999999"})}, Level.ADDRESS),
        ({"phones": frozenset(), "address": "1 mill lan harrowmere"}, Level.ADDRESS),
        ({"phones": frozenset(), "address": "2 mill lane harrowmere"}, Level.AREA),
        ({"phones": frozenset(), "address": ""}, Level.AREA),
        ({"phones": frozenset(), "address": "1 mill lane harrowmere", "area": "hm99"}, Level.DIFFERENT),
        ({"phones": frozenset({"999999999"}), "address": "", "area": ""}, Level.DIFFERENT),
        ({"phones": frozenset(), "address": "", "area": ""}, None),
    ],
)
def test_levels_of_how_somebody_is_reached(change, level) -> None:
    assert agreement(AMINA, replace(AMINA, **change)).get(Part.REACH) is level


@pytest.mark.parametrize(
    ("numbers", "level"),
    [
        ({("urn:nation", "12345678")}, Level.SAME),
        ({("urn:nation", "12345687")}, Level.NEAR),
        ({("urn:nation", "12345600")}, Level.DIFFERENT),
        ({("urn:insurer", "12345678")}, None),
        (set(), None),
    ],
)
def test_levels_of_numbers(numbers, level) -> None:
    assert agreement(AMINA, replace(AMINA, numbers=frozenset(numbers))).get(Part.NUMBER) is level


def test_a_former_name_counts_and_names_may_be_swapped() -> None:
    married = replace(NAMED, names=(("lind", "amina"), ("okafor", "amina")))
    assert agreement(NAMED, married)[Part.FAMILY] is Level.SAME
    swapped = agreement(NAMED, replace(NAMED, names=(("amina", "okafor"),)))
    assert swapped == {Part.FAMILY: Level.SAME, Part.GIVEN: Level.SAME, Part.ORDER: Level.SWAPPED}


def test_what_is_not_told_says_nothing() -> None:
    assert agreement(AMINA, Person()) == {}
    assert agreement(AMINA, replace(AMINA, sex="unknown")).get(Part.SEX) is None
    nothing = compare(AMINA, Person())
    assert (nothing.weight, nothing.reasons, nothing.verdict) == (0, (), Verdict.UNLIKELY)
    assert nothing.probability == SAME_PERSON_RECORDS / (SAME_PERSON_RECORDS + sum(OTHER_RECORDS.values()))


HOME = {"phones": AMINA.phones, "address": AMINA.address, "area": AMINA.area}


@pytest.mark.parametrize(
    ("other", "verdict", "otherwise"),
    [
        (AMINA, Verdict.LIKELY, Other.TWIN),
        (Person(AMINA.names, AMINA.birth_on, "day"), Verdict.LIKELY, Other.STRANGER),
        (Person((("amina", "okafor"),), AMINA.birth_on, "day", "female"), Verdict.LIKELY, Other.STRANGER),
        # A twin: everything but the given name.
        (replace(AMINA, names=(("okafor", "ngozi"),), numbers=frozenset()), Verdict.POSSIBLE, Other.TWIN),
        (replace(AMINA, names=(("okafor", "ngozi"),), numbers=frozenset({("urn:nation", "99999999")})),
         Verdict.UNLIKELY, Other.TWIN),
        # A sister, and a mother of the same name.
        (Person((("okafor", "ngozi"),), date(1961, 8, 2), "day", "female", **HOME), Verdict.UNLIKELY, Other.RELATIVE),
        (Person(AMINA.names, date(1931, 8, 2), "day", "female", **HOME), Verdict.POSSIBLE, Other.RELATIVE),
        # A namesake.
        (Person(AMINA.names, date(1988, 8, 2), "day", "female"), Verdict.UNLIKELY, Other.STRANGER),
        (NAMED, Verdict.POSSIBLE, Other.STRANGER),
    ],
)  # fmt: skip
def test_who_is_who(other: Person, verdict: Verdict, otherwise: Other) -> None:
    match = compare(AMINA, other)
    assert (match.verdict, match.otherwise) == (verdict, otherwise), match


def test_the_reasons_are_coded_and_the_weightiest_comes_first() -> None:
    match = compare(AMINA, Person((("okafro", "amina"),), date(1957, 3, 14), "day", "male"))
    assert [reason.code for reason in match.reasons] == [
        "birth-day:same", "given:same", "family:near", "order:same", "sex:different",
    ]  # fmt: skip
    assert match.reasons[0].weight == round(log2(0.92 / 0.00004), 2)
    assert match.weight == round(sum(reason.weight for reason in match.reasons), 2)
    assert match.version == matching.VERSION


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [(0.9, Verdict.LIKELY), (0.8999, Verdict.POSSIBLE), (0.05, Verdict.POSSIBLE), (0.0499, Verdict.UNLIKELY)],
)
def test_the_limits_of_the_verdict(probability: float, verdict: Verdict) -> None:
    assert matching._verdict(probability) is verdict


words = st.text("abcdehikmnoprstuy ", max_size=9).map(lambda text: " ".join(text.split()))
persons = st.builds(
    Person,
    names=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    birth_on=st.dates(date(1950, 1, 1), date(1952, 12, 31)),
    birth_precision=st.sampled_from(["day", "month", "year", "unknown"]),
    sex=st.sampled_from(["male", "female", "unknown", ""]),
    numbers=st.frozensets(st.tuples(st.sampled_from("ab"), st.text("12", min_size=5, max_size=6)), max_size=2),
    phones=st.frozensets(st.text("12", min_size=5, max_size=8), max_size=2),
    address=words,
    area=st.sampled_from(["", "hm1", "hm2"]),
)


@given(persons, persons)
def test_the_order_of_the_two_never_matters(one: Person, other: Person) -> None:
    assert compare(one, other) == compare(other, one)


@given(persons, persons)
def test_the_probability_is_bayes_rule_worked_out_in_words(one: Person, other: Person) -> None:
    """The slow way: every part on its own, as odds against each kind of other people."""
    odds = 0.0
    for place, kind in enumerate(Other, 1):
        against = OTHER_RECORDS[kind] / SAME_PERSON_RECORDS
        for part, level in agreement(one, other).items():
            against *= WEIGHTS[part][level][place] / WEIGHTS[part][level][0]
        odds += against
    assert compare(one, other).probability == pytest.approx(1 / (1 + odds), rel=1e-9)


@given(words, words)
def test_likeness_is_between_nothing_and_the_same(one: str, other: str) -> None:
    assert 0 <= jaro_winkler(one, other) <= 1 + 1e-12
    assert slips(one, other) <= max(len(one), len(other))
    assert (slips(one, other) == 0) == (one == other)
