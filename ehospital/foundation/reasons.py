"""Why somebody does what others must be able to read about later: asked for, and refused, in one way."""

from collections.abc import Iterable
from enum import StrEnum


class About(StrEnum):
    """What the missing words are about: a page says by it what to write."""

    ARCHIVED_RECORD = "why a record is archived"
    REMOVED_PHOTO = "why a photo is removed"
    WRONG_ENTRY = "why a line is wrong"
    WRONG_SET = "why a set of observations is wrong"
    CANCELLED_ORDER = "why there will be no answer to an order"
    AMENDED_RESULT = "why there is a new version of a result"
    PLAN_STEP = "why a plan rests, ends early or goes on"
    MISSED_ACTIVITY = "why something planned could not be done"
    NOTE_TO_TEAM = "what the team should know"
    UNUSUAL_TARGET = "why a target lies outside the usual"
    VISIT = "why the patient came"


class ReasonMissing(ValueError):
    """Nobody said why, and whoever asks later must read it; nothing was written.

    Attributes:
        about: what the words are about.
        keys: of several lines, those that lack words.
    """

    def __init__(self, about: About, keys: Iterable[str] = ()) -> None:
        self.about, self.keys = about, tuple(keys)
        super().__init__(f"say {about}" + (f": {', '.join(self.keys)}" if self.keys else ""))


def given(words: str, about: About, *, most: int = 1000) -> str:
    """Return the words without what stands around them, shortened to what the column holds.

    Raises:
        ReasonMissing: there are none.
    """
    found = words.strip()[:most]
    if not found:
        raise ReasonMissing(about)
    return found
