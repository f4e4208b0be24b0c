"""A result in plain words: what was measured, the value, and where it stands beside the usual range.

Nothing reassures that is not known: without a range and without the laboratory's own word, a result has no standing.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ehospital.algorithms.result_standing import OUT_OF_RANGE, URGENT, Standing
from ehospital.clinical.queries import Result
from ehospital.kernel.codes import alias_of
from ehospital.web.kit.quantities import comparator_sign, normalised, readable, rounded, unit_words
from ehospital.web.portal.plain_tests import plain_test

WORDS: Final[dict[Standing, Promise]] = {
    Standing.UNKNOWN: gettext_lazy("no usual range given"),
    Standing.WITHIN: gettext_lazy("within the usual range"),
    Standing.LOW: gettext_lazy("lower than usual"),
    Standing.VERY_LOW: gettext_lazy("much lower than usual"),
    Standing.HIGH: gettext_lazy("higher than usual"),
    Standing.VERY_HIGH: gettext_lazy("much higher than usual"),
    Standing.OUTSIDE: gettext_lazy("not as usual"),
    Standing.FOUND: gettext_lazy("positive: it was found"),
    Standing.NOT_FOUND: gettext_lazy("negative: it was not found"),
}
_PROPERTY: Final = re.compile(r"\s*\[[^\]]*\]")
_SEMANTIC_TAG: Final = re.compile(
    r"\s*\((?:disorder|finding|situation|procedure|regime/therapy|event|substance|product|organism"
    r"|morphologic abnormality|observable entity|person|environment|record artifact|body structure|qualifier value)\)$"
)


@dataclass(frozen=True, slots=True)
class PlainResult:
    """One result as a patient reads it; a panel has parts, and a blood pressure reads 120/80.

    `value` and `unit` read from left to right in every language; `text` is a value in words. `key` is the address of
    the results of the same test over time.
    """

    name: str
    formal: str
    about: str
    value: str
    unit: str
    text: str
    standing: Standing
    usual: str
    at: datetime
    precision: str
    preliminary: bool
    note: str
    rounded: bool
    key: str
    id: str = ""
    parts: tuple["PlainResult", ...] = ()

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return str(WORDS[self.standing])

    @property
    def urgent(self) -> bool:
        """Whether it lies so far outside that somebody should have talked with the patient about it."""
        return self.standing in URGENT or any(part.standing in URGENT for part in self.parts)

    @property
    def out_of_range(self) -> bool:
        """Whether it, or a part of it, lies outside the usual range."""
        return self.standing in OUT_OF_RANGE or any(part.standing in OUT_OF_RANGE for part in self.parts)

    @property
    def known(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.value or self.text or self.parts)


def plain(result: Result) -> PlainResult:
    """Return a result in plain words."""
    test = plain_test(result.code_system, result.code)
    formal = plain_words(result.display)
    parts = tuple(plain(part) for part in result.parts)
    return PlainResult(
        name=str(test.name) if test else formal,
        formal=result.display,
        about=str(test.about) if test else "",
        value=_pair(result.parts) or _number(result),
        unit=unit_of(result.parts[0] if _pair(result.parts) else result),
        text=result.value_text
        or (_("No value: {reason}").format(reason=result.absent_reason) if result.absent_reason else ""),
        standing=result.standing,
        usual=usual(result),
        at=result.effective_at,
        precision=result.effective_precision,
        preliminary=result.status in {"preliminary", "unknown"},
        note=result.note,
        rounded=result.value is not None and rounded(result.value) != result.value,
        key=key_of(result.concept),
        id="" if result.panel_id else str(result.id),
        parts=parts,
    )


def plain_words(display: str) -> str:
    """Return a vocabulary's words without what only machines need: “(disorder)”, “[Mass/volume]”."""
    text = display.replace("\u200b", "")
    return _SEMANTIC_TAG.sub("", _PROPERTY.sub("", text)).strip() or display


def usual(result: Result) -> str:
    """Return the usual range as it is written; empty when there is none."""
    low, high = normalised(result.reference_low), normalised(result.reference_high)
    end = f" {unit_of(result)}".rstrip()
    if low and high:
        return f"{low} – {high}{end}"
    if high:
        return f"≤ {high}{end}"
    if low:
        return f"≥ {low}{end}"
    return result.reference_text


def unit_of(result: Result) -> str:
    """Return the unit of a result as people write it."""
    return unit_words(result.unit or result.ucum)


def _number(result: Result) -> str:
    return f"{comparator_sign(result.comparator)} {readable(result.value)}".strip() if result.value is not None else ""


def _pair(parts: Sequence[Result]) -> str:
    """Return a blood pressure as people write it, empty for every other panel."""
    if [alias_of(part.code) for part in parts] not in (["sbp", "dbp"], ["dbp", "sbp"]):
        return ""
    upper, lower = sorted(parts, key=lambda part: alias_of(part.code) == "dbp")
    return f"{_number(upper)}/{_number(lower)}" if _number(upper) and _number(lower) else ""


def key_of(concept: str) -> str:
    """Return the concept as an address: opaque, so that no history or log of a proxy names an illness in clear."""
    return urlsafe_b64encode(concept.encode()).decode().rstrip("=")


def concept_of(key: str) -> str:
    """Return the concept behind an address, empty when it is none."""
    try:
        concept = urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
    except ValueError:
        return ""
    return concept if concept.isprintable() else ""
