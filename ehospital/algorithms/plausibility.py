"""Whether a number that was typed can be a measurement at all: refused, asked again, or taken.

Beyond `possible` no living body and no method gives such a number: it is a slip of the finger, or another unit. Beyond
`usual` it happens, and a slip is as likely: whoever typed it reads it again. Both pairs come from the catalogue
of tests (`clinical/orderables`), where each hospital sets them; both ends belong to what they bound.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final

VERSION: Final = "plausibility-1"
SOURCE: Final = "the project's own; the bounds are those of the catalogue"

Bounds = tuple[Decimal, Decimal]


class Plausibility(StrEnum):
    """What is to be done with a number."""

    TAKEN = "taken"
    ASKED_AGAIN = "asked again"
    REFUSED = "refused"


def plausibility(value: Decimal, *, possible: Bounds | None, usual: Bounds | None) -> Plausibility:
    """Return what is to be done with a number; without bounds it is taken."""
    if possible is not None and not possible[0] <= value <= possible[1]:
        return Plausibility.REFUSED
    if usual is not None and not usual[0] <= value <= usual[1]:
        return Plausibility.ASKED_AGAIN
    return Plausibility.TAKEN
