"""What was measured and seen, and what a trend of it is called."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ehospital.clinical.details.entries import NOTHING, EntryDetails, Moment
from ehospital.kernel.codes import LOINC, Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an observation found: a number with its unit, or a code, or text, or the reason why there is nothing."""

    number: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    ucum: str = ""
    code: Code = NOTHING
    text: str = ""
    absent_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The range that the source calls normal, in the unit of the value."""

    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDetails:
    """One part of a panel: the systolic pressure of a blood pressure."""

    code: Code
    value: Value
    interpretation: str = ""
    reference: Reference = Reference()
    other_codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationDetails(EntryDetails):
    """One result or vital sign; a panel has parts and usually no value of its own."""

    code: Code
    effective: Moment
    category: str = "laboratory"
    status: str = "final"
    value: Value = Value()
    interpretation: str = ""
    reference: Reference = Reference()
    effective_until: datetime | None = None
    issued_at: datetime | None = None
    method: str = ""
    body_site: str = ""
    note: str = ""
    other_codes: tuple[Code, ...] = ()
    parts: tuple[PartDetails, ...] = ()


def quantity(number: Decimal | str | int, ucum: str, unit: str = "") -> Value:
    """Return a measured value in a UCUM unit: `quantity("4.1", "mmol/L")`."""
    return Value(number=Decimal(number), unit=unit or ucum, ucum=ucum)


def loinc(code: str, display: str) -> Code:
    """Return a LOINC code with its words."""
    return Code(LOINC, code, display)


def concept(code: Code) -> str:
    """Return what a trend is drawn over: "<system>|<code>", or "text|<words>" where there is no code."""
    name = f"{code.system}|{code.code}" if code.code else f"text|{' '.join(code.display.casefold().split())}"
    if len(name) <= 200:  # what the column holds
        return name
    return f"{name[:167]}#{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"
