"""Who is overdue: each rule at both sides of its boundary."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.algorithms.recall import (
    CONTACT_WEEKS,
    Check,
    Facts,
    Pressure,
    Reason,
    antenatal,
    diabetes,
    hypertension,
)

TODAY = date(2026, 3, 2)
ALL = {Check.HBA1C: TODAY, Check.KIDNEYS: TODAY, Check.URINE: TODAY}
FRESH = Pressure(TODAY, 120, 80)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(("check", "every"), [(Check.HBA1C, 183), (Check.KIDNEYS, 365), (Check.URINE, 365)])
def test_diabetes_calls_the_day_after_the_grace(check: Check, every: int) -> None:
    inside = Facts(last={**ALL, check: ago(every + 14)}, pressure=FRESH)
    assert diabetes(inside, today=TODAY) == ()
    late = Facts(last={**ALL, check: ago(every + 15)}, pressure=FRESH)
    assert diabetes(late, today=TODAY) == (Reason(check, ago(15), ago(every + 15)),)


def test_diabetes_asks_for_the_pressure_once_a_year() -> None:
    assert diabetes(Facts(last=ALL, pressure=Pressure(ago(379), 120)), today=TODAY) == ()
    (reason,) = diabetes(Facts(last=ALL, pressure=Pressure(ago(380), 120)), today=TODAY)
    assert reason.check is Check.PRESSURE


def test_what_was_never_done_is_due_since_the_illness_is_known() -> None:
    assert diabetes(Facts(known_on=ago(14)), today=TODAY) == ()
    found = diabetes(Facts(known_on=ago(15)), today=TODAY)
    assert {one.check for one in found} == {Check.HBA1C, Check.KIDNEYS, Check.URINE, Check.PRESSURE}
    assert all(one.due_on == ago(15) and one.last_on is None for one in found)
    assert len(diabetes(Facts(), today=TODAY)) == 4


@pytest.mark.parametrize(
    ("pressure", "check", "last_inside"),
    [
        (Pressure(TODAY, 139, 89), Check.PRESSURE, 183 + 14),
        (Pressure(TODAY, 139, None), Check.PRESSURE, 183 + 14),
        (Pressure(TODAY, 140, 80), Check.PRESSURE_HIGH, 31 + 14),
        (Pressure(TODAY, 130, 90), Check.PRESSURE_HIGH, 31 + 14),
    ],
)
def test_hypertension_calls_sooner_while_the_pressure_is_high(
    pressure: Pressure, check: Check, last_inside: int
) -> None:
    def seen(days: int) -> tuple[Reason, ...]:
        held = Pressure(ago(days), pressure.systolic, pressure.diastolic)
        return hypertension(Facts(pressure=held), today=TODAY)

    assert seen(last_inside) == ()
    assert [one.check for one in seen(last_inside + 1)] == [check]


@pytest.mark.parametrize("week", CONTACT_WEEKS)
def test_each_contact_of_a_pregnancy_at_its_boundaries(week: int) -> None:
    period = ago(week * 7 + 7)
    wanted = period + timedelta(weeks=week)
    assert [one.words for one in antenatal(period, [], today=TODAY)] != [str(week)]
    assert [one.words for one in antenatal(period, [], today=TODAY + timedelta(days=1))] == [str(week)]
    assert antenatal(period, [wanted - timedelta(days=14)], today=TODAY + timedelta(days=1)) == ()
    missed = antenatal(period, [wanted - timedelta(days=15)], today=TODAY + timedelta(days=1))
    assert missed == (Reason(Check.CONTACT, wanted, wanted - timedelta(days=15), words=str(week)),)


def test_a_birth_that_nobody_wrote_down_is_asked_for_and_then_forgotten() -> None:
    assert [one.check for one in antenatal(ago(42 * 7), [TODAY], today=TODAY)] == [Check.BIRTH]
    assert antenatal(ago(42 * 7 - 1), [TODAY], today=TODAY) == ()
    assert antenatal(ago(46 * 7), [], today=TODAY) == ()
    assert antenatal(TODAY + timedelta(days=1), [], today=TODAY) == ()


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(60, 220))
def test_time_alone_never_makes_anybody_less_overdue(last: int, later: int, systolic: int) -> None:
    facts = Facts(last={Check.HBA1C: ago(last)}, pressure=Pressure(ago(last), systolic), known_on=ago(last))
    for rule in (diabetes, hypertension):
        now = {one.check for one in rule(facts, today=TODAY)}
        assert now <= {one.check for one in rule(facts, today=TODAY + timedelta(days=later))}
