"""How urgent the age of an unread answer makes it look: the older, the louder. The hours are the project's own."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

VERSION: Final = "waiting-tone-1"
SOURCE: Final = "the project's own judgement: a day is a round that did not see it, three days are a weekend"

LATE_AFTER: Final = timedelta(days=1)
OVERDUE_AFTER: Final = timedelta(days=3)


class Tone(StrEnum):
    """How a page says it."""

    NEW = "new"
    LATE = "late"
    OVERDUE = "overdue"


def tone(waited: timedelta, *, critical: bool = False) -> Tone:
    """Return how an answer that has waited for so long is shown; a critical one is overdue at once."""
    if critical or waited >= OVERDUE_AFTER:
        return Tone.OVERDUE
    return Tone.LATE if waited >= LATE_AFTER else Tone.NEW
