"""Why two records may be of one person, in words: the codes of `algorithms.matching` as the desk reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.algorithms.matching import Match, Other, Verdict
from ehospital.people.queries import Alike, Found, Pair

REASONS: dict[str, Promise] = {
    "family:same": _("same family name"),
    "family:near": _("family name differs by a slip"),
    "family:sounds": _("family name sounds alike"),
    "family:shared": _("family name the same in part"),
    "family:different": _("another family name"),
    "given:same": _("same given name"),
    "given:near": _("given name differs by a slip"),
    "given:sounds": _("given name sounds alike"),
    "given:shared": _("given names the same in part"),
    "given:initial": _("same initial"),
    "given:different": _("another given name"),
    "order:swapped": _("family and given name swapped"),
    "birth-day:same": _("same birth date"),
    "birth-day:swapped": _("birth date with day and month swapped"),
    "birth-day:near": _("birth date differs by one figure"),
    "birth-day:different": _("another birth date"),
    "birth-month:same": _("born in the same month"),
    "birth-month:different": _("born in another month"),
    "birth-year:same": _("born in the same year"),
    "birth-year:near": _("born within a year"),
    "birth-year:different": _("born in another year"),
    "sex:different": _("another sex"),
    "number:same": _("same official number"),
    "number:near": _("official number differs by one figure"),
    "number:different": _("another official number"),
    "reach:same": _("same telephone and address"),
    "reach:phone": _("same telephone"),
    "reach:address": _("same address"),
    "reach:area": _("same postal code"),
    "reach:different": _("another telephone or address"),
}
"""What is not among them (the same sex, names in their usual order) is not worth a word."""

VERDICTS = {
    Verdict.LIKELY: _("Very likely the same person"),
    Verdict.POSSIBLE: _("Possibly the same person"),
    Verdict.UNLIKELY: _("Rather two people"),
}
OTHERWISE = {
    Other.TWIN: _("If not the same, perhaps a twin."),
    Other.RELATIVE: _("If not the same, perhaps a relative of the same name."),
}
LIKELY_PERCENT = 90


@dataclass(frozen=True)
class Suspect:
    """A known patient beside what was typed, in words."""

    found: Found
    verdict: Promise
    likely: bool
    reasons: tuple[Promise, ...]
    against: tuple[Promise, ...]
    otherwise: Promise | str


def suspects(alike: Iterable[Alike]) -> list[Suspect]:
    """Return the people who may be meant, each with the reasons for and against."""
    return [_suspect(one.found, one.match) for one in alike]


def _suspect(found: Found, match: Match) -> Suspect:
    return Suspect(
        found=found,
        verdict=VERDICTS[match.verdict],
        likely=match.verdict is Verdict.LIKELY,
        reasons=tuple(REASONS[one.code] for one in match.reasons if one.weight > 0 and one.code in REASONS),
        against=tuple(REASONS[one.code] for one in match.reasons if one.weight < 0 and one.code in REASONS),
        otherwise=OTHERWISE.get(match.otherwise, "") if match.verdict is not Verdict.LIKELY else "",
    )


def pair_reasons(pair: Pair) -> list[Promise]:
    """Return why a pair stands on the worklist, in words."""
    return [REASONS[code] for code in pair.reasons if code in REASONS]


def percent(probability: float) -> int:
    """Return the probability in whole percent, never more certain than 99."""
    return max(1, min(99, int(probability * 100)))
