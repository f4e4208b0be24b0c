"""The sum of weights that a form works out by itself: read from our extension, checked against what it adds up."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from ehospital.algorithms.questionnaires import extensions
from ehospital.algorithms.questionnaires.answers import number
from ehospital.algorithms.questionnaires.definition import Band, Item, Questionnaire, Score, walk
from ehospital.algorithms.questionnaires.pieces import Refused, text

_PARTS: Final = frozenset({"sum", "band", "flag", "observed-as"})
_BAND: Final = frozenset({"code", "from", "text", "raises", "tone"})
_TONES: Final = ("", "ok", "warn", "bad")


def read_score(told: Mapping[str, Any]) -> Score | None:
    """Return the score of an item; its parts may name groups, for everything below them that has weights.

    Raises:
        Refused: the extension says something else.
    """
    held = extensions.whole(told, extensions.SCORE)
    if held is None:
        return None
    if told.get("readOnly") is not True:
        raise Refused("a score is worked out: make it readOnly")
    names = {str(one.get("url")) for one in extensions.listed(held)}
    if names - _PARTS:
        raise Refused(f"a score knows no {', '.join(sorted(names - _PARTS))}")
    bands = tuple(_band(one) for one in extensions.listed(held) if one.get("url") == "band")
    if [one.at_least for one in bands] != sorted({one.at_least for one in bands}):
        raise Refused("the bands of a score go upwards, each from another value")
    as_ = str(extensions.value(held, "observed-as") or "number")
    if as_ not in ("number", "band") or (as_ == "band" and not bands):
        raise Refused("a score is observed as its number, or as its band when it has bands")
    flag = str(extensions.value(held, "flag") or "")
    if flag and not any(one.raises for one in bands):
        raise Refused("no band raises the flag of the score")
    return Score(tuple(str(one) for one in extensions.values(held, "sum")), bands, flag, as_)


def _band(told: Mapping[str, Any]) -> Band:
    names = {str(one.get("url")) for one in extensions.listed(told)}
    least, words = number(extensions.value(told, "from")), _words(told)
    if least is None or words is None or names - _BAND:
        raise Refused("a band of a score has code, from and text, and may raise the flag")
    tone = str(extensions.value(told, "tone") or "")
    if tone not in _TONES:
        raise Refused("the tone of a band is ok, warn or bad")
    return Band(str(extensions.value(told, "code") or ""), least, words, extensions.value(told, "raises") is True, tone)


def _words(told: Mapping[str, Any]) -> Any:
    held = extensions.whole(told, "text")
    return text(held, "valueString") if held and held.get("valueString") else None


def check_scores(form: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield (linkId, what is wrong) of each score."""
    for key, item in form.every.items():
        if item.score is None:
            continue
        parts = list(_questions(form, item.score))
        if not parts:
            yield key, "the score adds nothing up"
        for one in item.score.parts:
            if one not in form.every:
                yield key, f"the score adds up {one}, and no item has that linkId"
        for part in parts:
            yield from ((key, why) for why in _part(form, key, part))
        smallest = (min(_weights(part), default=Decimal(0)) for part in parts if not part.repeats)
        least = sum(smallest, Decimal(0))
        if item.score.bands and item.score.band(least) is None:
            yield key, f"the score may come to {least}, which lies below its first band"


def _questions(form: Questionnaire, score: Score) -> Iterator[Item]:
    for one in score.parts:
        if one in form.every:
            found = form.every[one]
            yield from ([found] if found.asks else [below for below in walk(found.items) if _weights(below)])


def _part(form: Questionnaire, key: str, part: Item) -> Iterator[str]:
    if part.kind != "choice" or len(_weights(part)) != len(part.options):
        yield f"the score adds up {part.link_id}: every answer of it needs a weight (ordinalValue or itemWeight)"
    if form.scopes[part.link_id] != form.scopes[key]:
        yield f"the score adds up {part.link_id}, which stands in another repeating group"


def _weights(item: Item) -> list[Decimal]:
    return [one.weight for one in item.options if one.weight is not None]


def resolved(form: Questionnaire) -> Questionnaire:
    """Return the form with the questions that each score adds up in the place of the groups that it names."""
    return replace(form, items=_resolved(form, form.items))


def _resolved(form: Questionnaire, items: tuple[Item, ...]) -> tuple[Item, ...]:
    found = []
    for item in items:
        score = item.score
        if score is not None:
            score = replace(score, parts=tuple(dict.fromkeys(one.link_id for one in _questions(form, score))))
        found.append(replace(item, score=score, items=_resolved(form, item.items)))
    return tuple(found)
