"""Who is overdue for what a long illness or a pregnancy asks for: reasons with their dates, from what was really done.

Sources, by rule:
- **diabetes**: NICE NG28 (2015, updated 2022), 1.6.1: HbA1c at least every six months once it is stable; NICE NG203
  (2021), 1.1: creatinine with eGFR and the albumin to creatinine ratio of urine once a year; NICE NG136 (2019), 1.1:
  blood pressure at least once a year.
- **hypertension**: WHO, Guideline for the pharmacological treatment of hypertension in adults (2021), recommendation 7:
  every month until the pressure is controlled, then every three to six months. Controlled is below 140/90 mmHg
  (recommendation 6).
- **antenatal**: WHO recommendations on antenatal care for a positive pregnancy experience (2016), table 2: eight
  contacts, up to 12 weeks, and at 20, 26, 30, 34, 36, 38 and 40 weeks. From 42 on a birth that nobody wrote down is
  asked for.

A month counts 30.5 days and a year 365; a grace is part of each rule, so that nobody is called who comes tomorrow. What
the clinician decided otherwise is not known here: this makes a list to look through, and decides nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

VERSION: Final = "recall-1"
CONTROLLED_BELOW_MMHG: Final = (140, 90)
CONTACT_WEEKS: Final = (12, 20, 26, 30, 34, 36, 38, 40)
CONTACT_GRACE: Final = timedelta(days=7)
CONTACT_EARLY: Final = timedelta(days=14)
"""A contact counts for a week of the table from so long before it."""
BIRTH_ASKED_FROM_WEEKS: Final = 42
LONGEST_WEEKS: Final = 46
"""Beyond this the record was forgotten, and there is nobody to call."""


class Register(StrEnum):
    """What people are called back for."""

    DIABETES = "diabetes"
    HYPERTENSION = "hypertension"
    ANTENATAL = "antenatal"
    VACCINATION = "vaccination"


class Check(StrEnum):
    """What is overdue."""

    HBA1C = "hba1c"
    KIDNEYS = "kidneys"
    URINE = "urine-albumin"
    PRESSURE = "pressure"
    PRESSURE_HIGH = "pressure-high"
    CONTACT = "antenatal-contact"
    BIRTH = "birth-not-written"
    DOSE = "dose"


YEARLY: Final = timedelta(days=365)
HALF_YEARLY: Final = timedelta(days=183)
MONTHLY: Final = timedelta(days=31)
GRACE: Final = timedelta(days=14)
DIABETES: Final[Mapping[Check, timedelta]] = {
    Check.HBA1C: HALF_YEARLY,
    Check.KIDNEYS: YEARLY,
    Check.URINE: YEARLY,
    Check.PRESSURE: YEARLY,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is overdue: since when it was due, and when it was done last (None: it is not on record)."""

    check: Check
    due_on: date
    last_on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Pressure:
    """A blood pressure in mmHg."""

    on: date
    systolic: float
    diastolic: float | None = None

    @property
    def controlled(self) -> bool:
        """Whether it is below the limit; the lower one may not have been measured."""
        high, low = CONTROLLED_BELOW_MMHG
        return self.systolic < high and (self.diastolic is None or self.diastolic < low)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record knows: since when the illness is known, what was done last, and the newest blood pressure."""

    known_on: date | None = None
    last: Mapping[Check, date] = field(default_factory=dict)
    pressure: Pressure | None = None


def diabetes(facts: Facts, *, today: date) -> tuple[Reason, ...]:
    """Return what is overdue for somebody with diabetes, the longest first."""
    last = {**facts.last, **({Check.PRESSURE: facts.pressure.on} if facts.pressure else {})}
    return _sorted(_overdue(check, every, last.get(check), facts.known_on, today) for check, every in DIABETES.items())


def hypertension(facts: Facts, *, today: date) -> tuple[Reason, ...]:
    """Return what is overdue for somebody with high blood pressure."""
    seen = facts.pressure
    if seen is not None and not seen.controlled:
        return _sorted([_overdue(Check.PRESSURE_HIGH, MONTHLY, seen.on, None, today)])
    return _sorted([_overdue(Check.PRESSURE, HALF_YEARLY, seen.on if seen else None, facts.known_on, today)])


def antenatal(last_period_on: date, contacts: Iterable[date], *, today: date) -> tuple[Reason, ...]:
    """Return which contact of a running pregnancy was missed; only the last one is called for."""
    weeks = (today - last_period_on).days // 7
    if weeks < 0 or weeks >= LONGEST_WEEKS:
        return ()
    seen = sorted(day for day in contacts if last_period_on <= day <= today)
    last = seen[-1] if seen else None
    if weeks >= BIRTH_ASKED_FROM_WEEKS:
        return (Reason(Check.BIRTH, last_period_on + timedelta(weeks=BIRTH_ASKED_FROM_WEEKS), last),)
    due = [week for week in CONTACT_WEEKS if last_period_on + timedelta(weeks=week) + CONTACT_GRACE < today]
    if not due:
        return ()
    wanted_on = last_period_on + timedelta(weeks=due[-1])
    if last is not None and last >= wanted_on - CONTACT_EARLY:
        return ()
    return (Reason(Check.CONTACT, wanted_on, last, words=str(due[-1])),)


def _overdue(check: Check, every: timedelta, last: date | None, known_on: date | None, today: date) -> Reason | None:
    """Return the reason, if it is overdue: what was never done is due as soon as the illness is known."""
    due = last + every if last is not None else known_on or today - GRACE - timedelta(days=1)
    return Reason(check, due, last) if today > due + GRACE else None


def _sorted(reasons: Iterable[Reason | None]) -> tuple[Reason, ...]:
    return tuple(sorted((one for one in reasons if one is not None), key=lambda one: (one.due_on, one.check)))
