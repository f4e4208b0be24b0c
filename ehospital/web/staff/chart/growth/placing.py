"""What was measured, placed beside the standards: a line of the table for each day, with the age that counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ehospital.algorithms.growth import Age, Indicator, Reading, Score, corrected, reading, scores
from ehospital.clinical.queries import Growth
from ehospital.clinical.queries.growth import Day

LAST_DAY: Final = 6939
"""The last day of age of the reference: 19 years."""
NAMES: Final[dict[Indicator, Promise]] = {
    Indicator.WEIGHT: gettext_lazy("Weight for age"),
    Indicator.HEIGHT: gettext_lazy("Length or height for age"),
    Indicator.BMI: gettext_lazy("BMI for age"),
    Indicator.HEAD: gettext_lazy("Head circumference for age"),
    Indicator.WEIGHT_FOR_HEIGHT: gettext_lazy("Weight for length or height"),
}
UNITS: Final = {
    Indicator.WEIGHT: "kg", Indicator.HEIGHT: "cm", Indicator.BMI: "kg/m²", Indicator.HEAD: "cm",
    Indicator.WEIGHT_FOR_HEIGHT: "kg",
}  # fmt: skip
_READINGS: Final[dict[Reading, Promise]] = {
    Reading.SEVERELY_STUNTED: gettext_lazy("severely stunted"),
    Reading.STUNTED: gettext_lazy("stunted"),
    Reading.SEVERELY_UNDERWEIGHT: gettext_lazy("severely underweight"),
    Reading.UNDERWEIGHT: gettext_lazy("underweight"),
    Reading.SEVERELY_WASTED: gettext_lazy("severely wasted"),
    Reading.WASTED: gettext_lazy("wasted"),
    Reading.RISK_OF_OVERWEIGHT: gettext_lazy("possible risk of overweight"),
    Reading.OVERWEIGHT: gettext_lazy("overweight"),
    Reading.OBESE: gettext_lazy("obese"),
    Reading.SEVERELY_THIN: gettext_lazy("severely thin"),
    Reading.THIN: gettext_lazy("thin"),
}
_SEVERE: Final = frozenset(
    {Reading.SEVERELY_STUNTED, Reading.SEVERELY_UNDERWEIGHT, Reading.SEVERELY_WASTED, Reading.SEVERELY_THIN}
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as the table shows it; `z` and `centile` are empty where WHO has no table."""

    label: str
    value: str
    unit: str
    z: str = ""
    centile: str = ""
    words: str = ""
    tone: str = ""
    implausible: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One day; `x_cm` is the length or height as the table of weight for height reads it."""

    day: Day
    age: Age
    age_words: str
    corrected_words: str
    scores: dict[Indicator, Score]
    cells: Sequence[Cell]

    @property
    def on(self) -> date:
        """On which day."""
        return self.day.on


def place(found: Growth, born_on: date, sex: str) -> list[Line]:
    """Return the days of childhood, oldest first; what is dated before the birth is left out."""
    lines = []
    for one in found.days:
        days = (one.on - born_on).days
        if 0 <= days <= LAST_DAY:
            age = corrected(days, found.gestation_days)
            scored = scores(one.measured, age, sex)
            words = age_words(one.on - timedelta(days=age.days), one.on) if age.corrected else ""
            lines.append(Line(one, age, age_words(born_on, one.on), words, scored, _cells(one, age, scored)))
    return lines


def age_words(born_on: date, on: date) -> str:
    """Return an age as it is said: days, then months by the calendar, from 2 years on years and months.

    Args:
        born_on: or, for a corrected age, when the birth was due; that may be later.
    """
    days = (on - born_on).days
    if days < 0:
        weeks = -(days // 7)
        return ngettext("{n} week before term", "{n} weeks before term", weeks).format(n=weeks)
    if days < 61:
        return ngettext("{n} day", "{n} days", days).format(n=days)
    months = (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)
    if months < 24:
        return ngettext("{n} month", "{n} months", months).format(n=months)
    years, rest = divmod(months, 12)
    if not rest:
        return ngettext("{n} year", "{n} years", years).format(n=years)
    return _("{years} y {months} mo").format(years=years, months=rest)


def _cells(day: Day, age: Age, scored: dict[Indicator, Score]) -> list[Cell]:
    one = day.measured
    raw: dict[Indicator, float | None] = {
        Indicator.WEIGHT: one.weight_kg,
        Indicator.HEIGHT: one.height_cm,
        Indicator.BMI: one.weight_kg / (one.height_cm / 100) ** 2 if one.weight_kg and one.height_cm else None,
        Indicator.HEAD: one.head_cm,
        Indicator.WEIGHT_FOR_HEIGHT: one.weight_kg if Indicator.WEIGHT_FOR_HEIGHT in scored else None,
    }
    return [cell(kind, value, scored.get(kind), age) for kind, value in raw.items()]


def cell(kind: Indicator, value: float | None, score: Score | None, age: Age) -> Cell:
    """Return one value in words."""
    if value is None:
        return Cell(str(NAMES[kind]), "", UNITS[kind])
    written = f"{value:.2f}".rstrip("0").rstrip(".") if kind == Indicator.WEIGHT else f"{value:.1f}"
    if score is None:
        return Cell(str(NAMES[kind]), written, UNITS[kind])
    name = reading(kind, score.z, age.days)
    tone = "" if name == Reading.USUAL else "bad" if name in _SEVERE else "warn"
    return Cell(
        label=str(NAMES[kind]),
        value=written,
        unit=UNITS[kind],
        z=f"{score.z:+.2f}",
        centile=centile_words(score.centile),
        words="" if score.implausible or name == Reading.USUAL else str(_READINGS[name]),
        tone=tone,
        implausible=score.implausible,
    )


def centile_words(percent: float) -> str:
    """Return a centile with the digits that mean something."""
    if percent < 0.1:
        return "<0.1"
    if percent > 99.9:
        return ">99.9"
    return f"{percent:.0f}" if 1 <= percent <= 99 else f"{percent:.1f}"
