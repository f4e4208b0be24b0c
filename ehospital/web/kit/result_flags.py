"""The mark beside a result that is not as usual: an arrow and a word, never a colour alone."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.algorithms.result_standing import URGENT, Standing, said
from ehospital.clinical.queries import Result
from ehospital.web.kit.codes import interpretation_words

_ARROWS: Final = {
    Standing.LOW: "▼", Standing.VERY_LOW: "▼▼", Standing.HIGH: "▲", Standing.VERY_HIGH: "▲▲",
}  # fmt: skip
_COMPUTED: Final[dict[Standing, Promise]] = {
    Standing.LOW: _("Below range"), Standing.HIGH: _("Above range"), Standing.OUTSIDE: _("Disagrees with its range"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResultFlag:
    """`kind` is the tag's: bad for what must be acted on, warn for what lies outside, empty for any other word."""

    kind: str
    arrow: str
    words: str


def result_mark(interpretation: str) -> ResultFlag | None:
    """Return the mark of a result that this hospital marked itself; None for one as usual, or not judged."""
    stands = said(interpretation)
    if stands in (Standing.UNKNOWN, Standing.WITHIN):
        return None
    return ResultFlag(
        "bad" if stands in URGENT else "warn", _ARROWS.get(stands, ""), interpretation_words(interpretation)
    )


def result_flag(result: Result) -> ResultFlag | None:
    """Return the mark of a result: the laboratory's own words, or what its number says; None when it is as usual."""
    stands, told = result.standing, said(result.interpretation)
    kind = "bad" if stands in URGENT or result.interpretation.upper() == "AA" else "warn"
    if stands is told and result.interpretation and told is not Standing.WITHIN:
        kind = "" if told in (Standing.UNKNOWN, Standing.FOUND, Standing.NOT_FOUND) else kind
        return ResultFlag(kind, _ARROWS.get(stands, ""), interpretation_words(result.interpretation))
    if stands in _COMPUTED:
        return ResultFlag(kind, _ARROWS.get(stands, ""), str(_COMPUTED[stands]))
    return None
