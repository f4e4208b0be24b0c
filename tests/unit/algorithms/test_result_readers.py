"""An unread answer always has a reader, as long as one doctor works here whom the patient has not refused."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.result_readers import NOT_ALONE, Asked, Away, Person, Rung, Shown, readers

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
        (PEOPLE, (TEAM,), Away.OUT_OF_REACH),
        (PEOPLE | {ORDERER: Person(reads=True, doctor=True)}, (TEAM,), Away.OUT_OF_REACH),
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


ELSEWHERE = {Away.MOVED: frozenset({WARD}), Away.NO_UNIT: frozenset()}


@pytest.mark.parametrize("why", sorted(NOT_ALONE))
def test_who_works_elsewhere_keeps_it_and_on_every_rung_not_alone(why: Away) -> None:
    people = PEOPLE | {ORDERER: Person(reads=True, doctor=True, units=ELSEWHERE[why])}
    assert shown(people) == Shown(Rung.TEAM, frozenset({ORDERER, TEAM}), why)
    assert shown(people, team=(ORDERER,)) == Shown(Rung.UNIT, frozenset({ORDERER, COLLEAGUE}), why)
    without = {key: one for key, one in people.items() if key != COLLEAGUE}
    assert shown(without, team=(ORDERER,)) == Shown(Rung.ANYBODY, frozenset({ORDERER, TEAM, OTHER}), why)
    alone = {ORDERER: people[ORDERER], NURSE: PEOPLE[NURSE]}
    assert shown(alone, team=(ORDERER,)) == Shown(Rung.RECIPIENT, frozenset({ORDERER}), why), "nobody else is there"


@pytest.mark.parametrize("why", sorted(set(Away) - NOT_ALONE - {Away.UNNAMED}))
def test_who_cannot_read_it_does_not_keep_it(why: Away) -> None:
    people = LEFT if why is Away.LEFT else PEOPLE
    assert shown(people, opens=(TEAM,)) == Shown(Rung.TEAM, frozenset({TEAM}), why)
    asked_there = frozenset({COLLEAGUE, *({ORDERER} & people.keys())})
    assert shown(people, opens=(), team=()) == Shown(Rung.UNIT, asked_there, why)
    without = {key: one for key, one in people.items() if key != COLLEAGUE}
    found = shown(without, opens=(), team=())
    assert (found.rung, found.readers - {ORDERER}) == (Rung.ANYBODY, {TEAM, OTHER}), "a recipient alone is no reader"


def test_the_only_doctor_is_shown_what_they_may_not_open_any_more() -> None:
    alone = {ORDERER: PEOPLE[ORDERER]}
    assert shown(alone, opens=(), team=()) == Shown(Rung.ANYBODY, frozenset({ORDERER}), Away.OUT_OF_REACH)
    assert shown(alone, opens=(), team=(), kept_from=(ORDERER,)).rung is Rung.NOBODY


def test_who_took_an_order_over_for_another_unit_has_not_moved() -> None:
    moved = PEOPLE | {ORDERER: Person(reads=True, doctor=True, units=frozenset({WARD}))}
    taken = Asked(recipient=ORDERER, asker=COLLEAGUE, unit=CLINIC)
    assert shown(moved, asked=taken) == Shown(Rung.RECIPIENT, frozenset({ORDERER}))


def test_who_took_it_over_and_works_in_no_unit_keeps_it_alone_unless_they_did_before() -> None:
    taken = Asked(recipient=ORDERER, asker=COLLEAGUE, unit=CLINIC)
    never = PEOPLE | {ORDERER: Person(reads=True, doctor=True)}
    assert shown(never, asked=taken) == Shown(Rung.RECIPIENT, frozenset({ORDERER}))
    before = PEOPLE | {ORDERER: Person(reads=True, doctor=True, unplaced=True)}
    assert shown(before, asked=taken) == Shown(Rung.TEAM, frozenset({ORDERER, TEAM}), Away.NO_UNIT)


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
    if found.away is not None and (doctors - kept_from) - {recipient}:
        assert found.readers - {recipient}, "whoever is away is never its only reader while somebody else is there"
