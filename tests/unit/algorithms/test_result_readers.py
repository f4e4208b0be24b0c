"""An unread answer always has a reader, as long as one doctor works here whom the patient has not refused."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.result_readers import Asked, Away, Person, Rung, Shown, readers

WARD, CLINIC = UUID(int=100), UUID(int=200)
ORDERER, TEAM, COLLEAGUE, OTHER, NURSE = (UUID(int=key) for key in range(1, 6))
ASKED = Asked(recipient=ORDERER, asker=ORDERER, unit=CLINIC)
PEOPLE = {
    ORDERER: Person(reads=True, doctor=True, units=frozenset({CLINIC})),
    TEAM: Person(reads=True, doctor=True, units=frozenset({WARD})),
    COLLEAGUE: Person(reads=True, doctor=True, units=frozenset({CLINIC})),
    OTHER: Person(reads=True, doctor=True),
    NURSE: Person(reads=True, doctor=False, units=frozenset({WARD, CLINIC})),
}
LEFT = {key: one for key, one in PEOPLE.items() if key != ORDERER}


def shown(people=PEOPLE, asked=ASKED, *, opens=(ORDERER, TEAM, NURSE), team=(TEAM, NURSE), kept_from=()) -> Shown:
    return readers(asked, people, opens=opens, team=team, kept_from=kept_from)


def test_whoever_gets_the_answer_as_long_as_they_can_read_it() -> None:
    assert shown() == Shown(Rung.RECIPIENT, frozenset({ORDERER}))
    nurse = Asked(recipient=NURSE, asker=NURSE, unit=WARD)
    assert shown(asked=nurse) == Shown(Rung.RECIPIENT, frozenset({NURSE}))


@pytest.mark.parametrize(
    ("people", "opens", "why"),
    [
        (LEFT, (TEAM,), Away.LEFT),
        (PEOPLE | {ORDERER: Person(reads=False, doctor=True)}, (ORDERER, TEAM), Away.LEFT),
        (PEOPLE | {ORDERER: Person(reads=True, doctor=True)}, (ORDERER, TEAM), Away.NO_UNIT),
        (PEOPLE, (TEAM,), Away.OUT_OF_REACH),
    ],
)
def test_else_the_team(people, opens, why) -> None:
    assert shown(people, opens=opens) == Shown(Rung.TEAM, frozenset({TEAM}), why)


def test_else_the_unit_that_asked_else_every_doctor_else_nobody() -> None:
    assert shown(LEFT, opens=(), team=()) == Shown(Rung.UNIT, frozenset({COLLEAGUE}), Away.LEFT)
    without = {key: one for key, one in LEFT.items() if key != COLLEAGUE}
    assert shown(without, opens=(), team=()) == Shown(Rung.ANYBODY, frozenset({TEAM, OTHER}), Away.LEFT)
    assert shown({NURSE: PEOPLE[NURSE]}, opens=(), team=()) == Shown(Rung.NOBODY, frozenset(), Away.LEFT)


def test_nobody_is_named() -> None:
    asked = Asked(recipient=None, asker=None, unit=None)
    assert shown(asked=asked, opens=(), team=()).away is Away.UNNAMED
    assert shown(asked=asked, opens=(), team=()).rung is Rung.ANYBODY


def test_who_may_not_be_shown_it_is_left_out() -> None:
    assert shown(LEFT, opens=(), team=(), kept_from=(COLLEAGUE,)).readers == {TEAM, OTHER}


def test_who_moved_keeps_it_beside_the_team_and_is_not_replaced_by_everybody() -> None:
    moved = PEOPLE | {ORDERER: Person(reads=True, doctor=True, units=frozenset({WARD}))}
    assert shown(moved) == Shown(Rung.TEAM, frozenset({ORDERER, TEAM}), Away.MOVED)
    assert shown(moved, team=(ORDERER,)) == Shown(Rung.UNIT, frozenset({ORDERER, COLLEAGUE}), Away.MOVED)
    alone = {ORDERER: moved[ORDERER], OTHER: PEOPLE[OTHER]}
    assert shown(alone, team=()) == Shown(Rung.RECIPIENT, frozenset({ORDERER}), Away.MOVED)
    taken = Asked(recipient=ORDERER, asker=COLLEAGUE, unit=CLINIC)
    assert shown(moved, asked=taken) == Shown(Rung.RECIPIENT, frozenset({ORDERER}))


KEYS = st.sampled_from([UUID(int=key) for key in range(1, 6)])
SOME = st.frozensets(KEYS)
PERSON = st.builds(
    Person, reads=st.booleans(), doctor=st.booleans(), units=st.frozensets(st.sampled_from([WARD, CLINIC]))
)


@given(
    st.dictionaries(KEYS, PERSON), st.none() | KEYS, st.none() | KEYS, st.sampled_from([None, WARD, CLINIC]), SOME,
    SOME, SOME,
)  # fmt: skip
def test_there_is_always_a_living_reader(people, recipient, asker, unit, opens, cares, kept_from) -> None:
    team = (opens & cares) - kept_from
    found = readers(Asked(recipient, asker, unit), people, opens=opens, team=team, kept_from=kept_from)
    doctors = {key for key, one in people.items() if one.reads and one.doctor}
    assert all(people[key].reads for key in found.readers)
    assert all(key in doctors or key == recipient for key in found.readers)
    assert not (found.readers - {recipient}) & kept_from
    assert bool(found.readers) == (found.rung is not Rung.NOBODY)
    if doctors - kept_from:
        assert found.readers, "somebody works here who may read it"
