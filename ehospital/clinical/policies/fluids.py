"""How amounts of fluid are coded: urine by LOINC, the rest by the house's own words, for want of a sure code."""

from collections.abc import Mapping
from typing import Final

from ehospital.kernel.codes import LOINC, Code

SYSTEM: Final = "urn:ehospital:fluids"
CODES: Final[Mapping[str, Code]] = {
    "oral": Code(SYSTEM, "oral", "Fluid intake: drunk"),
    "tube": Code(SYSTEM, "tube", "Fluid intake: by tube"),
    "infusion": Code(SYSTEM, "infusion", "Fluid intake: infusion"),
    "blood": Code(SYSTEM, "blood", "Fluid intake: blood products"),
    "other-in": Code(SYSTEM, "other-in", "Fluid intake: other"),
    "urine": Code(LOINC, "9187-6", "Urine output"),
    "vomit": Code(SYSTEM, "vomit", "Fluid output: vomit"),
    "gastric": Code(SYSTEM, "gastric", "Fluid output: gastric tube"),
    "drain": Code(SYSTEM, "drain", "Fluid output: drain"),
    "stool": Code(SYSTEM, "stool", "Fluid output: liquid stool, stoma"),
    "blood-loss": Code(SYSTEM, "blood-loss", "Fluid output: blood"),
    "other-out": Code(SYSTEM, "other-out", "Fluid output: other"),
}
"""The code of each kind of `algorithms.fluid_balance.KINDS`."""


def kind_of(system: str, code: str) -> str:
    """Return the kind that a code stands for, "" for none."""
    return next((kind for kind, one in CODES.items() if (one.system, one.code) == (system, code)), "")
