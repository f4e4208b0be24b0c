"""A form as a page draws it: its items with their words, fields, answers and what is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ehospital.algorithms.questionnaires import Finding, Item, Path, Questionnaire, Settled
from ehospital.algorithms.questionnaires.answers import option_of
from ehospital.algorithms.questionnaires.checking import held
from ehospital.web.kit.dates import day, moment
from ehospital.web.staff.chart.forms.names import id_of, local, name_of

_CONTROLS: Final = {
    "boolean": "choice", "choice": "choice", "open-choice": "choice", "decimal": "number", "integer": "number",
    "quantity": "number", "date": "date", "dateTime": "datetime-local", "time": "time", "url": "url", "string": "text",
    "text": "area",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that is offered."""

    value: str
    label: str
    chosen: bool


@dataclass
class Node:
    """One item at one place. `kind` is group, times (a group that repeats), time, words, score or question.

    `said` are the answers in words, `values` as the fields hold them, `total` what a score came to.
    """

    kind: str
    name: str
    id: str
    label: str
    open: bool
    level: int
    item: Item
    control: str = ""
    values: Sequence[str] = ()
    said: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    other: str = ""
    unit: str = ""
    total: str = ""
    tone: str = ""
    errors: Sequence[str] = ()
    nodes: list["Node"] = field(default_factory=list)

    @property
    def step(self) -> str:
        """In which steps a number goes."""
        return "1" if self.item.kind == "integer" else "any"


class Drawing:
    """One form with its answers, drawn in the language of the page."""

    def __init__(self, form: Questionnaire, settled: Settled, findings: Sequence[Finding] = ()) -> None:
        self.form, self.settled = form, settled
        self.language = get_language() or "en"
        self.wrong: dict[Path, list[str]] = {}
        for one in findings:
            self.wrong.setdefault(one.path, []).append(words_of(one))

    def nodes(self) -> list[Node]:
        """Return the whole form."""
        return [self._node(item, (), 3) for item in self.form.items if not item.hidden]

    def _node(self, item: Item, prefix: Path, level: int) -> Node:
        path = (*prefix, item.link_id)
        made = Node(
            kind="question" if item.asks else "words" if item.kind == "display" else "group",
            name=name_of(path),
            id=id_of(path),
            label=" ".join(filter(None, (item.prefix, item.text.said(self.language)))),
            open=path in self.settled.open,
            level=min(level, 6),
            item=item,
            errors=self.wrong.get(path, []),
        )
        if item.kind == "group" and item.repeats:
            made.kind = "times"
            made.nodes = [self._time(item, path, place, level) for place in range(len(held(self.settled, path)))]
            return made
        if item.asks:
            self._answered(made, item, path)
        made.nodes = [self._node(one, prefix, level + 1) for one in item.items if not one.hidden]
        return made

    def _time(self, item: Item, path: Path, place: int, level: int) -> Node:
        here = (*path, place)
        label = f"{item.text.said(self.language)} {place + 1}"
        made = Node("time", name_of(here), id_of(here), label, True, min(level + 1, 6), item)
        made.nodes = [self._node(one, here, level + 2) for one in item.items if not one.hidden]
        return made

    def _answered(self, made: Node, item: Item, path: Path) -> None:
        values = held(self.settled, path)
        made.said = [self.said(item, one) for one in values]
        made.unit = item.unit.display or item.unit.code if item.unit else ""
        if item.score is not None:
            made.kind = "score"
            total = self.settled.totals.get(path)
            band = total.band if total else None
            made.tone = band.tone if band else ""
            made.total = score_words(
                item, total.value if total else None, band.text.said(self.language) if band else ""
            )
            return
        shown = values or ([] if made.open else list(item.initial))
        made.control = _CONTROLS[item.kind]
        if made.control == "choice":
            made.choices, made.other = self._choices(item, shown)
        else:
            made.values = [_typed(item, one) for one in shown]
            if item.repeats or not made.values:
                made.values = [*made.values, ""]

    def _choices(self, item: Item, values: Sequence[Any]) -> tuple[list[Choice], str]:
        if item.kind == "boolean":
            pairs = (("true", _("Yes"), True), ("false", _("No"), False))
            return [Choice(value, label, told in values) for value, label, told in pairs], ""
        chosen = [option_of(item, one) for one in values]
        offered = [
            Choice(str(place), one.label.said(self.language), one in chosen) for place, one in enumerate(item.options)
        ]
        other = [one for one in values if option_of(item, one) is None and isinstance(one, str)]
        return offered, ", ".join(other)

    def said(self, item: Item, value: Any) -> str:
        """Return one answer in words."""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if item.kind in ("choice", "open-choice"):
            option = option_of(item, value)
            return option.label.said(self.language) if option else str(value)
        number = value.get("value", "") if isinstance(value, dict) else value
        unit = item.unit.display or item.unit.code if item.unit else ""
        try:
            if item.kind == "date":
                return day(date.fromisoformat(str(value)))
            if item.kind == "dateTime":
                return moment(datetime.fromisoformat(str(value)))
        except ValueError:
            return str(value)
        return f"{number} {unit}".strip()


def score_words(item: Item, value: Any, band: str) -> str:
    """Return what a score came to."""
    if value is None:
        return ""
    return (
        band
        if item.score and item.score.observed_as == "band" and band
        else f"{value} · {band}"
        if band
        else str(value)
    )


def worst(tones: Iterable[str]) -> str:
    """Return the tone of several results together: bad, warn, ok, or "" when none says anything."""
    found = set(tones)
    return next((one for one in ("bad", "warn", "ok") if one in found), "")


def flat(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield every node."""
    for one in nodes:
        yield one
        yield from flat(one.nodes)


def _typed(item: Item, value: Any) -> str:
    if item.kind == "dateTime":
        return local(value)
    return str(value.get("value", "")) if isinstance(value, Mapping) else str(value)


def words_of(finding: Finding) -> str:
    """Return what is wrong with an answer, and what to do."""
    words = {
        "required": _("Answer this."),
        "unusable": _("This cannot be read. Type it as the field asks for it."),
        "not_offered": _("Choose one of the answers that are offered."),
        "too_many": _("Give one answer."),
        "too_long": _("At most {bound} characters. Shorten it."),
        "too_low": _("At least {bound}. Check it."),
        "too_high": _("At most {bound}. Check it."),
        "too_precise": _("At most {bound} digits after the point."),
    }
    return words[finding.why].format(bound=finding.bound)
