"""Pregnancies counted and dated.

Sources: Naegele's rule (280 days from the first day of the last period, as in ACOG committee opinion 700); gravida and
para as obstetric texts define them: para counts pregnancies, not children, that ended at or after viability.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

VERSION: Final = "1.0.0"
TERM: Final = timedelta(days=280)
VIABLE_FROM_WEEKS: Final = 24
MOST_WEEKS: Final = 45
ONGOING, LIVE_BIRTH, STILLBIRTH = "ongoing", "live-birth", "stillbirth"


@dataclass(frozen=True, slots=True)
class Counted:
    """Gravida, para, and how many ended before viability; `unclear` ended at a time that nobody knows."""

    gravida: int
    para: int
    losses: int
    unclear: int


def due_on(last_period_on: date) -> date:
    """Return the estimated day of delivery."""
    return last_period_on + TERM


def gestation(last_period_on: date, on: date) -> tuple[int, int] | None:
    """Return the completed weeks and days on a day; None before the last period, or beyond any pregnancy."""
    days = (on - last_period_on).days
    return divmod(days, 7) if 0 <= days < MOST_WEEKS * 7 else None


def counted(pregnancies: Iterable[tuple[str, int | None]]) -> Counted:
    """Return the counts of pregnancies, each told by its outcome and the completed weeks at which it ended.

    A live birth or a stillbirth counts as para whatever its weeks: only what is viable is called so.
    """
    gravida = para = losses = unclear = 0
    for outcome, weeks in pregnancies:
        gravida += 1
        if outcome == ONGOING:
            continue
        if outcome in (LIVE_BIRTH, STILLBIRTH) or (weeks is not None and weeks >= VIABLE_FROM_WEEKS):
            para += 1
        elif outcome == "":
            unclear += 1
        else:
            losses += 1
    return Counted(gravida, para, losses, unclear)
