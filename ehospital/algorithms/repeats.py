"""Whether a test that is about to be asked for was asked or answered so lately that once may be enough.

A warning, never a refusal: a course of potassium is taken on purpose. The hours are those that programmes against
needless repeats use for blood tests of inpatients (Choosing Wisely; RCPath, National minimum re-testing intervals in
pathology, G147), simplified to one span for tests of the same day and one for imaging.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

VERSION: Final = "repeats-1"
SOURCE: Final = "after RCPath G147, National minimum re-testing intervals in pathology; simplified"

WITHIN: Final = {"laboratory": timedelta(hours=12), "imaging": timedelta(days=7)}
OTHERS: Final = timedelta(hours=24)


class Seen(StrEnum):
    """What is there already."""

    ASKED = "asked"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order or a result of the same test; `at` is when it was asked for, or measured."""

    seen: Seen
    at: datetime


def repeat(kind: str, earlier: tuple[Earlier, ...], *, at: datetime) -> Earlier | None:
    """Return what makes an order a repeat, or None: an open order always does, a result within its span.

    Args:
        kind: a kind of order: laboratory, imaging, referral, nursing.
        earlier: open orders and results of the same test, in any order.
    """
    asked = [one for one in earlier if one.seen is Seen.ASKED]
    if asked:
        return max(asked, key=lambda one: one.at)
    span = WITHIN.get(kind, OTHERS)
    fresh = [one for one in earlier if at - span < one.at]
    return max(fresh, key=lambda one: one.at, default=None)
