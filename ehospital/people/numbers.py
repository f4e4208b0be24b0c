"""Whether a number can be one that its issuer gives: the form of it, and its check digit. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from ehospital.kernel import identifiers

FORM, CHECK = "form", "check"
LONGEST: Final = 40

CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "none": lambda number: True,
    "luhn": identifiers.luhn_valid,
    "nhs": identifiers.nhs_valid,
    "mod97": identifiers.mod97_valid,
    **{
        f"iso7064-{system}": lambda number, system=system: identifiers.iso7064_valid(number, system)  # type: ignore[misc]
        for system in ("11-2", "37-2", "97-10", "11,10", "37,36")
    },
}
"""The check-digit algorithms of `kernel.identifiers`, by the name that an issuer is set up with."""


def written(text: str) -> str:
    """Return a number as it is kept: without spaces, in capitals."""
    return "".join(text.split()).upper()


def trouble(number: str, *, pattern: str, check: str) -> str:
    """Return what is wrong with a number: `form`, `check`, or nothing.

    Args:
        number: as `written`.
        pattern: a regular expression that the whole number matches; empty when any form will do.
        check: one of `CHECKS`.
    """
    if len(number) > LONGEST or (pattern and not re.fullmatch(pattern, number)):
        return FORM
    return "" if CHECKS[check](number) else CHECK
