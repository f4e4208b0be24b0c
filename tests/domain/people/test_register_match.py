"""What becomes of a row, at the limits; and that whoever is left out of the comparison could not have mattered."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ehospital.algorithms import matching
from ehospital.algorithms.matching_levels import Person
from ehospital.algorithms.register_match import Finding, judge, namesakes_only
from ehospital.people import comparing

AMINA = Person(names=(("okafor", "amina"),), birth_on=date(1957, 3, 14), birth_precision="day", sex="female")
YEAR = replace(AMINA, birth_precision="year")
OTHER = replace(AMINA, names=(("lind", "tove"),), birth_on=date(1990, 5, 6))


@pytest.mark.parametrize(
    ("records", "rows", "expected"),
    [
        ([], [], (Finding.NEW, None, None)),
        ([("p", OTHER)], [(1, OTHER)], (Finding.NEW, None, None)),
        ([("p", AMINA)], [], (Finding.SAME, "p", None)),
        ([("p", AMINA)], [(1, AMINA)], (Finding.SAME, "p", None)),
        ([("p", OTHER)], [(1, AMINA), (2, AMINA)], (Finding.INSIDE, None, 1)),
        ([("p", YEAR)], [], (Finding.UNSURE, "p", None)),
        ([("p", OTHER)], [(3, YEAR)], (Finding.UNSURE, None, 3)),
        ([("p", YEAR)], [(3, AMINA)], (Finding.INSIDE, None, 3)),
        ([("p", AMINA), ("q", AMINA)], [], (Finding.SAME, "p", None)),
    ],
)
def test_what_a_row_is(records: list[tuple[str, Person]], rows: list[tuple[int, Person]], expected: object) -> None:
    found = judge(AMINA, records=records, rows=rows)
    assert (found.finding, found.record, found.row) == expected


WORDS = st.sampled_from(["okafor", "amina", "okafro", "lind", "berg", "ann", ""])
PEOPLE = st.builds(
    Person,
    names=st.tuples(st.tuples(WORDS, WORDS)),
    birth_on=st.dates(date(1955, 1, 1), date(1972, 12, 31)),
    birth_precision=st.sampled_from(["day", "day", "day", "month", "year", "unknown"]),
    sex=st.sampled_from(["male", "female", ""]),
    phones=st.frozensets(st.sampled_from(["0163296", "0700111222"]), max_size=1),
    address=st.sampled_from(["", "1 mill lane lund", "2 mill lane lund"]),
    area=st.sampled_from(["", "a1", "b2"]),
)


FAR = st.tuples(st.integers(1970, 1977), st.integers(1, 12), st.integers(1, 28))


@given(PEOPLE, PEOPLE, FAR)
def test_whoever_is_left_out_could_not_have_been_asked_about(one: Person, far: Person, born: tuple[int, ...]) -> None:
    one = replace(one, birth_precision="day")
    other = replace(far, birth_on=date(*born), birth_precision="day")
    assume(namesakes_only(one, other))
    strong = [{key for key in comparing.keys(who) if not key.startswith("n:")} for who in (one, other)]
    assume(not strong[0] & strong[1])
    assert matching.compare(one, other).probability < matching.ONE_PERSON


@given(PEOPLE, PEOPLE)
def test_it_does_not_matter_who_is_asked_first(one: Person, other: Person) -> None:
    assert namesakes_only(one, other) == namesakes_only(other, one)
