"""Which items of a form are open, which answers count, and what they add up to: one pass in the order of need."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ehospital.algorithms.questionnaires.answers import Answers, answer, meets, option_of
from ehospital.algorithms.questionnaires.definition import Band, Item, Questionnaire

Path = tuple[str | int, ...]
"""Where an item stands: its id, and before it, for each repeating group around it, the group's id and its number."""


@dataclass(frozen=True, slots=True)
class Total:
    """What a score came to. `value` is None as long as answers are `missing`; then there is no band either."""

    value: Decimal | None
    missing: tuple[str, ...] = ()
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A form whose questions are sorted into open and closed: `answers` hold what counts, nothing of closed items."""

    open: frozenset[Path]
    answers: Answers
    totals: Mapping[Path, Total]


def settle(form: Questionnaire, answers: Mapping[str, Any], *, whole: bool = False) -> Settled:
    """Return which items are open and which answers count.

    An item is open when the item around it is (below a question: when that question has an answer) and its conditions
    hold, judged by the answers of open items only. What is not in the form is dropped. A read-only question holds what
    the form says at first, a score what it comes to.

    Args:
        whole: drop what a group holds no answer in, as for a form that is finished.
    """
    pass_ = _Pass(form, whole=whole)
    kept = pass_.scope((), answers, [], ())
    return Settled(frozenset(pass_.open), kept, pass_.totals)


class _Pass:
    def __init__(self, form: Questionnaire, *, whole: bool) -> None:
        self.form, self.whole = form, whole
        self.open: set[Path] = set()
        self.totals: dict[Path, Total] = {}

    def scope(self, scope: tuple[str, ...], told: Mapping[str, Any], outer: list[Answers], prefix: Path) -> Answers:
        """Settle the items of one scope: the whole form, or one time that a group was filled."""
        kept: Answers = {}
        for item in self.form.ordered.get(scope, ()):
            path = (*prefix, item.link_id)
            if not self._opens(item, kept, outer, prefix):
                continue
            self.open.add(path)
            values = self._values(item, told, [*outer, kept], path)
            if values:
                kept[item.link_id] = values
        return kept

    def _opens(self, item: Item, kept: Answers, outer: list[Answers], prefix: Path) -> bool:
        around = self.form.parents.get(item.link_id)
        if around is not None and around not in prefix:
            if (*prefix, around) not in self.open:
                return False
            if self.form.every[around].asks and not kept.get(around):
                return False
        held = (self._met(one.question, one, kept, outer) for one in item.when)
        return (any(held) if item.when_any else all(held)) if item.when else True

    def _met(self, question: str, condition: Any, kept: Answers, outer: list[Answers]) -> bool:
        mappings = (*outer, kept)
        depth = len(self.form.scopes[question])
        return meets(self.form.every[question], mappings[depth].get(question, []), condition)

    def _values(self, item: Item, told: Mapping[str, Any], outer: list[Answers], path: Path) -> list[Any]:
        if item.score is not None:
            total = self.totals[path] = _total(self.form, item, outer[-1], self.open, path[:-1])
            return [] if total.value is None else [_as_stored(item, total.value)]
        if item.kind == "group" and item.repeats:
            times = told.get(item.link_id)
            filled = [one for one in times if isinstance(one, Mapping)] if isinstance(times, list) else []
            inner = (*self.form.scopes[item.link_id], item.link_id)
            found = [self.scope(inner, one, outer, (*path, place)) for place, one in enumerate(filled)]
            return [one for one in found if one or not self.whole]
        if not item.asks:
            return []
        if item.read_only:
            return list(item.initial)
        values = told.get(item.link_id)
        told_ = (answer(item, one) for one in values) if isinstance(values, list) else ()
        return [one for one in told_ if one is not None]


def _as_stored(item: Item, value: Decimal) -> Any:
    return int(value) if item.kind == "integer" else str(value)


def _total(form: Questionnaire, item: Item, kept: Answers, open_: set[Path], prefix: Path) -> Total:
    """Add up the weights of what was chosen. A closed part counts nothing, an open one without an answer is missing,
    unless several may be chosen: then none may be, too."""
    score, total, missing = item.score, Decimal(0), []
    for part in score.parts if score else ():
        question = form.every[part]
        if (*prefix, part) not in open_:
            continue
        values = kept.get(part, [])
        if not values and not (question.repeats and not question.required):
            missing.append(part)
        for value in values:
            chosen = option_of(question, value)
            if chosen is None or chosen.weight is None:
                missing.append(part)
            else:
                total += chosen.weight
    if missing or score is None:
        return Total(None, tuple(missing))
    return Total(total, (), score.band(total))


def begun(form: Questionnaire, answers: Mapping[str, Any], before: frozenset[Path] = frozenset()) -> Settled:
    """Settle the answers and let each item that was not open `before` begin with what the form says at first.

    What was open before and is empty was emptied by somebody, and stays so.
    """
    settled = settle(form, answers)
    seen = set(before)
    while fresh := settled.open - seen:
        seen |= fresh
        told = settled.answers
        changed = [_begin(form, told, path) for path in sorted(fresh, key=str)]
        if not any(changed):
            break
        settled = settle(form, told)
    return settled


def _begin(form: Questionnaire, told: Answers, path: Path) -> bool:
    item, held = form.every[str(path[-1])], told
    for group, place in zip(path[:-1:2], path[1:-1:2], strict=True):
        times = held.get(str(group), [])
        if int(place) >= len(times):
            return False
        held = times[int(place)]
    if held.get(item.link_id):
        return False
    if item.kind == "group" and item.repeats:
        held[item.link_id] = [{}]
        return True
    first = [*item.initial, *(one.value for one in item.options if one.chosen)]
    if first and not item.read_only:
        held[item.link_id] = first if item.repeats else first[:1]
    return bool(held.get(item.link_id))
