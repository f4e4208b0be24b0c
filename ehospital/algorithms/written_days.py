"""Birth dates as people write them into registers. Nothing is guessed between day and month, or between two calendars.

What a text alone does not say is asked once for its column: whether 03/04/1980 begins with the day or with the month,
and whether the number 29305 counts days from 1900 or from 1904. Examples of the column that decide are shown beside.
Source of the two systems: ECMA-376 part 1, 18.17.4.1; 1900 counts a 29 February that never was (day 60).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from ehospital.kernel.digits import western
from ehospital.kernel.folding import fold

VERSION: Final = "written-days-1"
EARLIEST_YEAR: Final = 1860
EXAMPLES: Final = 3
_SERIALS: Final = range(10_000, 80_000)
_NOTHING: Final = frozenset({"", "na", "n a", "unknown", "not known", "none", "null", "inconnu", "x", "nil"})

_NUMBERS = re.compile(r"^(\d{1,4})\s*[-/.\s,]\s*(\d{1,2})\s*[-/.\s,]\s*(\d{1,4})$")
_WORDS = re.compile(r"^(?:(\d{1,2})[\s./,-]*)?([^\W\d]+)[\s./,-]*(?:(\d{1,2})(?:st|nd|rd|th)?[\s./,-]+)?(\d{2,4})$")
_MONTH_YEAR = re.compile(r"^(?:(\d{1,2})[-/.\s](\d{4})|(\d{4})[-/.](\d{1,2}))$")
_CLOCK = re.compile(r"[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(?:[AaPp][Mm])?$")

_MONTHS: Final[dict[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier janv enero ene januar يناير كانون",
            "feb february fevrier fevr febrero februar فبراير شباط",
            "mar march mars marzo marz maerz مارس اذار",
            "apr april avril avr abril abr ابريل نيسان",
            "may mai mayo مايو ايار",
            "jun june juin junio juni يونيو حزيران",
            "jul july juillet juil julio juli يوليو تموز",
            "aug august aout agosto ago اغسطس اب",
            "sep sept september septembre septiembre سبتمبر ايلول",
            "oct october octobre octubre oktober okt اكتوبر",
            "nov november novembre noviembre نوفمبر",
            "dec december decembre diciembre dic dezember dez ديسمبر",
        ),
        1,
    )
    for name in names.split()
}


class Order(StrEnum):
    """What stands first."""

    DAY = "day-month"
    MONTH = "month-day"


class System(StrEnum):
    """From when a number counts days."""

    FROM_1900 = "1900"
    FROM_1904 = "1904"


class Trouble(StrEnum):
    """Why a text is no birth date."""

    UNREADABLE = "day-unreadable"
    NO_SUCH_DAY = "no-such-day"
    OTHER_ORDER = "day-in-other-order"
    ORDER_NOT_SAID = "day-order-not-said"
    SYSTEM_NOT_SAID = "day-system-not-said"
    SHORT_YEAR = "short-year"
    OTHER_CALENDAR = "other-calendar"


@dataclass(frozen=True, slots=True)
class Day:
    """A birth date and how much of it was told: day, month or year."""

    on: date
    precision: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a column leaves open, with examples: those that only one answer can read, and those that both can.

    `order` and `system` are the answers that the examples prove; None where nothing proves one, or both are.
    """

    open_order: tuple[str, ...] = ()
    only_day_first: tuple[str, ...] = ()
    only_month_first: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()

    @property
    def needs_order(self) -> bool:
        """Whether anything in the column cannot be read without knowing what stands first."""
        return bool(self.open_order or self.only_day_first or self.only_month_first)

    @property
    def asks_order(self) -> bool:
        """Whether anything in the column could be read both ways."""
        return bool(self.open_order)

    @property
    def order(self) -> Order | None:
        """The order that the examples prove."""
        if bool(self.only_day_first) == bool(self.only_month_first):
            return None
        return Order.DAY if self.only_day_first else Order.MONTH


def read(text: str, *, order: Order | None = None, system: System | None = None, today: date) -> Day | Trouble | None:
    """Return the birth date that a text says, what is wrong with it, or None when it says nothing.

    Args:
        order: how days and months of this column stand; None when nobody said.
        system: from when numbers of this column count days; None when nobody said.
        today: years of two figures are of the past.
    """
    told = _CLOCK.sub("", western(text).strip().strip("'\"")).strip()
    if fold(told) in _NOTHING:
        return None
    if told.isdecimal():
        return _number(told, system, today)
    if found := _MONTH_YEAR.match(told):
        month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _made(int(year), int(month), None)
    if found := _NUMBERS.match(told):
        return _three(found[1], found[2], found[3], order, today)
    if found := _WORDS.match(told.casefold().replace("sept.", "sep").replace("de ", " ")):
        month_number = _MONTHS.get(fold(found[2]))
        if month_number is None or (found[1] and found[3]):
            return Trouble.UNREADABLE
        full = _full_year(found[4], today)
        if isinstance(full, Trouble):
            return full
        day = found[1] or found[3]
        return _made(full, month_number, int(day) if day else None)
    return Trouble.UNREADABLE


def _number(told: str, system: System | None, today: date) -> Day | Trouble:
    if len(told) == 8:
        return _made(int(told[:4]), int(told[4:6]), int(told[6:]))
    value = int(told) if len(told) < 9 else 0
    if len(told) == 4 and EARLIEST_YEAR <= value <= today.year:
        return Day(date(value, 1, 1), "year")
    if len(told) == 4 and 1200 <= value <= 1500:
        return Trouble.OTHER_CALENDAR
    if value not in _SERIALS:
        return Trouble.UNREADABLE
    return Trouble.SYSTEM_NOT_SAID if system is None else Day(serial_day(value, system), "day")


def serial_day(serial: int, system: System) -> date:
    """Return the day of a number of days, in the system of 1900 (Windows) or 1904 (old Macintosh)."""
    if system is System.FROM_1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    if serial == 60:
        raise ValueError("29 February 1900 never was")
    return date(1899, 12, 31 if serial < 60 else 30) + timedelta(days=serial)


def _three(one: str, two: str, three: str, order: Order | None, today: date) -> Day | Trouble:
    if len(one) >= 3:
        return _made(int(one), int(two), int(three)) if len(one) == 4 and len(three) < 3 else Trouble.UNREADABLE
    full = _full_year(three, today)
    if isinstance(full, Trouble):
        return full
    a, b = int(one), int(two)
    if a == b:
        return _made(full, a, b)
    readings = {Order.DAY: _made(full, b, a), Order.MONTH: _made(full, a, b)}
    if all(isinstance(reading, Trouble) for reading in readings.values()):
        return readings[order or Order.DAY]
    if order is None:
        return Trouble.ORDER_NOT_SAID
    if isinstance(readings[order], Trouble):
        return Trouble.OTHER_ORDER
    return readings[order]


def _full_year(told: str, today: date) -> int | Trouble:
    """Two figures that could also be of this century are not guessed; what lies in the future was the last one."""
    value = int(told)
    if len(told) == 4:
        return value
    if len(told) != 2:
        return Trouble.UNREADABLE
    return 1900 + value if value > today.year % 100 else Trouble.SHORT_YEAR


def _made(year: int, month: int, day: int | None) -> Day | Trouble:
    if 1200 <= year <= 1500:
        return Trouble.OTHER_CALENDAR
    if year < EARLIEST_YEAR:
        return Trouble.UNREADABLE
    try:
        return Day(date(year, month, day or 1), "day" if day else "month")
    except ValueError:
        return Trouble.NO_SUCH_DAY


def question(texts: Iterable[str], *, today: date) -> Question:
    """Return what a column of texts leaves open, with at most three examples of each kind."""
    kinds: dict[str, dict[str, None]] = {"open": {}, "day": {}, "month": {}, "serial": {}}
    for text in texts:
        first = read(text, order=Order.DAY, system=System.FROM_1900, today=today)
        kind = "serial" if read(text, order=Order.DAY, today=today) is Trouble.SYSTEM_NOT_SAID else ""
        if not kind and read(text, today=today) is Trouble.ORDER_NOT_SAID:
            other = read(text, order=Order.MONTH, today=today)
            kind = "month" if isinstance(first, Trouble) else "day" if isinstance(other, Trouble) else "open"
        if kind and len(kinds[kind]) < EXAMPLES:
            kinds[kind][text.strip()] = None
    return Question(*(tuple(kinds[kind]) for kind in ("open", "day", "month", "serial")))
