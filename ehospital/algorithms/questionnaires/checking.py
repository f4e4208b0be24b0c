"""Whether the answers will do: one finding for each thing that keeps a form from being finished."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ehospital.algorithms.questionnaires.answers import measure, option_of, typed
from ehospital.algorithms.questionnaires.definition import Item, Questionnaire, Value
from ehospital.algorithms.questionnaires.filling import Path, Settled, settle


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one item.

    `why`: required, unusable, too_many, too_long, too_low, too_high, too_precise or not_offered; `bound` is the length
    or the limit that it breaks.
    """

    path: Path
    why: str
    bound: Value | None = None


def findings(form: Questionnaire, answers: Mapping[str, Any]) -> list[Finding]:
    """Return what keeps these answers from being finished, in the order of the form; closed items are not looked at."""
    settled = settle(form, answers)
    places = sorted(settled.open, key=lambda path: _place(form, path))
    return [one for path in places for one in _item(form, settled, path)]


def _place(form: Questionnaire, path: Path) -> list[int]:
    order = {key: number for number, key in enumerate(form.every)}
    return [order[one] if isinstance(one, str) else one for one in path]


def held(settled: Settled, path: Path) -> list[Value]:
    """Return the answers at a place."""
    found: Mapping[str, Any] = settled.answers
    for group, place in zip(path[:-1:2], path[1:-1:2], strict=True):
        times = found.get(str(group), [])
        if int(place) >= len(times):
            return []
        found = times[int(place)]
    return list(found.get(str(path[-1]), []))


def _item(form: Questionnaire, settled: Settled, path: Path) -> Iterator[Finding]:
    item = form.every[str(path[-1])]
    if item.kind == "group":
        if item.required and not _answered(form, settled, item, path):
            yield Finding(path, "required")
        return
    if not item.asks or item.score is not None or item.read_only:
        return
    values = held(settled, path)
    if item.required and not values:
        yield Finding(path, "required")
    if len(values) > 1 and not item.repeats:
        yield Finding(path, "too_many")
    for value in values:
        yield from _value(item, path, value)


def _answered(form: Questionnaire, settled: Settled, group: Item, path: Path) -> bool:
    if group.repeats:
        return any(held(settled, path))
    inside = {key for key in form.every if group.link_id in form.above(key)}
    near = (one for one in settled.open if one[-1] in inside and one[: len(path) - 1] == path[:-1])
    return any(held(settled, one) for one in near if not form.every[str(one[-1])].score)


def _value(item: Item, path: Path, value: Value) -> Iterator[Finding]:
    if typed(item, value) is None:
        yield Finding(path, "not_offered" if item.kind == "choice" else "unusable")
        return
    words = value if isinstance(value, str) and option_of(item, value) is None else ""
    if item.max_length is not None and len(words) > item.max_length:
        yield Finding(path, "too_long", item.max_length)
    if item.lowest is None and item.highest is None and item.max_decimals is None:
        return
    found = measure(item.kind, value)
    if item.lowest is not None and found < measure(item.kind, item.lowest):
        yield Finding(path, "too_low", item.lowest)
    if item.highest is not None and found > measure(item.kind, item.highest):
        yield Finding(path, "too_high", item.highest)
    if item.max_decimals is not None and isinstance(found, Decimal):
        exponent = found.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > item.max_decimals:
            yield Finding(path, "too_precise", item.max_decimals)
