"""When a dose is due: every boundary, and what is not known when the birth date is not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.immunisation_schedule import Age, Dose, Given, Series, State, age, standings

BORN, DAY = date(2026, 1, 10), timedelta(days=1)
CODES = frozenset({"cvx|1", "cvx|2"})
SERIES = Series(
    "x", "X", (Dose(1, age("6w"), age("0d"), age("2w")), Dose(2, age("9m"), age("4w"), age("1m"))), CODES, age("5y")
)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("0d", date(2026, 1, 31), date(2026, 1, 31)), ("6w", date(2026, 1, 1), date(2026, 2, 12)),
        ("1m", date(2026, 1, 31), date(2026, 2, 28)), ("1m", date(2024, 1, 31), date(2024, 2, 29)),
        ("12m", date(2026, 1, 31), date(2027, 1, 31)), ("1y", date(2024, 2, 29), date(2025, 2, 28)),
        ("11m", date(2026, 1, 15), date(2026, 12, 15)), ("12y", date(2026, 12, 31), date(2038, 12, 31)),
    ],
)  # fmt: skip
def test_ages_follow_the_calendar(text: str, start: date, end: date) -> None:
    assert age(text).after(start) == end


@pytest.mark.parametrize("text", ["", "6", "w6", "6 weeks", "-1w", "1000y"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no age"):
        age(text)


def states(today: date, *given_on: date, precision: str = "day", born: date | None = BORN, sex: str = "male"):
    told = [Given(on, frozenset({"cvx|2"})) for on in given_on]
    found = standings([SERIES], told, born=born, precision=precision, sex=sex, today=today)
    return [(one.state, one.on) for one in found]


def test_the_first_dose_at_every_boundary() -> None:
    due = BORN + 42 * DAY
    assert states(due - DAY)[0] == (State.LATER, due)
    assert states(due)[0] == states(due + 14 * DAY)[0] == (State.DUE, due)
    assert states(due + 15 * DAY)[0] == (State.OVERDUE, due)
    end = date(2031, 1, 10)
    assert states(end - DAY)[0] == (State.OVERDUE, due)
    assert states(end)[0] == (State.TOO_LATE, due)


def test_of_a_series_one_dose_is_due_at_a_time() -> None:
    today = date(2027, 3, 1)
    assert states(today) == [(State.OVERDUE, BORN + 42 * DAY), (State.LATER, today + 28 * DAY)]
    assert states(BORN) == [(State.LATER, BORN + 42 * DAY), (State.LATER, date(2026, 10, 10))]


def test_the_next_dose_waits_for_its_age_and_for_the_interval() -> None:
    early, late = BORN + 50 * DAY, date(2026, 10, 1)
    assert states(early, early) == [(State.GIVEN, early), (State.LATER, date(2026, 10, 10))]
    soonest = late + 28 * DAY
    assert states(soonest - DAY, late)[1] == (State.LATER, soonest)
    assert states(soonest, late)[1] == (State.DUE, soonest)
    assert states(date(2026, 11, 29), late)[1] == (State.DUE, soonest)
    assert states(date(2026, 11, 30), late)[1] == (State.OVERDUE, soonest)


def test_two_on_one_day_are_one_dose_and_foreign_or_future_ones_none() -> None:
    on = BORN + 50 * DAY
    assert [state for state, _ in states(on, on, on)] == [State.GIVEN, State.LATER]
    assert [state for state, _ in states(on, on + DAY)] == [State.DUE, State.LATER]
    other = standings([SERIES], [Given(on, frozenset({"cvx|9"}))], born=BORN, precision="day", sex="", today=on)
    assert other[0].state == State.DUE
    on_days = [BORN + place * 30 * DAY for place in range(2, 5)]
    assert states(on_days[-1], *on_days) == [(State.GIVEN, on_days[0]), (State.GIVEN, on_days[1])]


def test_an_inexact_birth_date_is_not_known_where_it_matters() -> None:
    assert states(date(2026, 2, 20), precision="month", born=date(2026, 1, 1))[0] == (State.NOT_KNOWN, None)
    assert states(date(2026, 2, 11), precision="month", born=date(2026, 1, 1))[0] == (State.LATER, None)
    assert states(date(2026, 5, 1), precision="month", born=date(2026, 1, 1))[0] == (State.OVERDUE, None)
    assert states(date(2026, 5, 1), precision="year", born=date(2026, 1, 1))[0] == (State.NOT_KNOWN, None)
    assert states(date(2040, 5, 1), precision="year", born=date(2026, 1, 1))[0] == (State.TOO_LATE, None)
    assert states(date(2026, 5, 1), precision="unknown", born=None)[0] == (State.NOT_KNOWN, None)
    on = date(2026, 3, 1)
    assert states(date(2026, 5, 1), on, precision="unknown", born=None)[0] == (State.GIVEN, on)


def test_a_series_for_one_sex_concerns_nobody_else() -> None:
    girls = Series("g", "G", SERIES.doses, CODES, SERIES.until, "female")
    for sex, count in (("female", 2), ("male", 0), ("unknown", 0)):
        assert len(standings([girls], [], born=BORN, precision="day", sex=sex, today=BORN)) == count


@given(st.integers(0, 2500), st.lists(st.integers(0, 2500), max_size=4))
def test_time_only_moves_a_dose_forwards(today: int, given_after: list[int]) -> None:
    rank = [State.LATER, State.DUE, State.OVERDUE, State.TOO_LATE]
    given_on = [BORN + after * DAY for after in given_after]
    now = states(BORN + today * DAY, *(one for one in given_on if one <= BORN + today * DAY))
    later = states(BORN + (today + 1) * DAY, *(one for one in given_on if one <= BORN + today * DAY))
    for before, after in zip(now, later, strict=True):
        if State.GIVEN in (before[0], after[0]):
            assert before == after
        else:
            assert rank.index(before[0]) <= rank.index(after[0])
    assert sum(state == State.GIVEN for state, _ in now) == min(
        2, len({one for one in given_on if one <= BORN + today * DAY})
    )
    assert Age(1, "d").after(BORN) == BORN + DAY
