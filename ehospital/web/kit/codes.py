"""Codes of vocabularies in words, for whoever reads a screen; what has no words of ours is shown as it came."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# HL7 v3 ObservationInterpretation, the codes that laboratories send.
_INTERPRETATIONS: Final[dict[str, Promise]] = {
    "N": _("Normal"),
    "H": _("High"),
    "HH": _("Critically high"),
    "HU": _("Significantly high"),
    "L": _("Low"),
    "LL": _("Critically low"),
    "LU": _("Significantly low"),
    "A": _("Abnormal"),
    "AA": _("Critically abnormal"),
    "POS": _("Positive"),
    "NEG": _("Negative"),
    "DET": _("Detected"),
    "ND": _("Not detected"),
    "E": _("Equivocal"),
    "IND": _("Indeterminate"),
    "R": _("Resistant"),
    "I": pgettext_lazy("of a germ to an antibiotic", "Intermediate"),
    "S": pgettext_lazy("of a germ to an antibiotic", "Susceptible"),
    "SDD": _("Susceptible, dose dependent"),
    "RR": _("Reactive"),
    "WR": _("Weakly reactive"),
    "NR": _("Non-reactive"),
    "U": _("Significant change up"),
    "D": _("Significant change down"),
    "B": _("Better"),
    "W": _("Worse"),
    "<": _("Off scale low"),
    ">": _("Off scale high"),
    "EX": _("Outside the threshold"),
}
# FHIR data-absent-reason: the codes, and the words of its own that an import stored instead of them.
_ABSENT: Final[dict[str, Promise]] = {
    "unknown": pgettext_lazy("why there is no value", "not known"),
    "asked-unknown": _("asked, but not known"),
    "asked but unknown": _("asked, but not known"),
    "temp-unknown": _("not known yet"),
    "temporarily unknown": _("not known yet"),
    "not-asked": _("not asked"),
    "not asked": _("not asked"),
    "asked-declined": _("asked, but declined"),
    "asked but declined": _("asked, but declined"),
    "masked": _("withheld"),
    "not-applicable": _("does not apply"),
    "not applicable": _("does not apply"),
    "unsupported": _("the system cannot give it"),
    "as-text": _("in the text only"),
    "as text": _("in the text only"),
    "error": _("an error"),
    "not-a-number": _("no number"),
    "not a number (nan)": _("no number"),
    "negative-infinity": _("too low to measure"),
    "negative infinity (ninf)": _("too low to measure"),
    "positive-infinity": _("too high to measure"),
    "positive infinity (pinf)": _("too high to measure"),
    "not-performed": _("not performed"),
    "not performed": _("not performed"),
    "not-permitted": _("not permitted"),
    "not permitted": _("not permitted"),
    "a quantity without a number": _("a quantity without a number"),
    "a code that says nothing": _("a code that says nothing"),
}
_ACTORS: Final[dict[str, Promise]] = {
    "staff": _("staff"),
    "patient": pgettext_lazy("who acts", "patient"),
    "device": pgettext_lazy("who acts", "device"),
    "client": _("another system"),
    "system": _("the hospital's computers"),
}


def interpretation_words(code: str) -> str:
    """Return what a laboratory's mark on a result means."""
    return str(_INTERPRETATIONS.get(code.upper(), code))


def absent_words(reason: str) -> str:
    """Return why a result has no value."""
    return str(_ABSENT.get(reason.lower(), reason))


def actor_words(kind: str) -> str:
    """Return what kind of actor did something."""
    return str(_ACTORS.get(kind, kind))
