"""A FHIR R4 Questionnaire, read and checked as a whole: what the engine does not carry is refused by name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ehospital.algorithms.questionnaires import extensions, pieces
from ehospital.algorithms.questionnaires.answers import measure
from ehospital.algorithms.questionnaires.definition import NUMBERS, ORDERED, QUESTIONS, Due, Item, Questionnaire
from ehospital.algorithms.questionnaires.pieces import Refused
from ehospital.algorithms.questionnaires.scores import check_scores, read_score, resolved

MOST_ITEMS: Final = 1000
_KINDS: Final = (*QUESTIONS, "group", "display")
_STATUS: Final = ("draft", "active", "retired")
_ITEM_KEYS: Final = frozenset(
    [
        "id",
        "extension",
        "linkId",
        "definition",
        "code",
        "prefix",
        "text",
        "type",
        "enableWhen",
        "enableBehavior",
        "required",
        "repeats",
        "readOnly",
        "maxLength",
        "answerValueSet",
        "answerOption",
        "initial",
        "item",
        "_text",
        "_prefix",
    ]
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with a definition, and at which item; `link_id` is empty for the whole form."""

    link_id: str
    why: str

    def __str__(self) -> str:
        return f"{self.link_id}: {self.why}" if self.link_id else self.why


class UnusableQuestionnaire(ValueError):
    """The definition cannot be used as it is; `refusals` say why, each with its linkId."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


def newer(version: str, other: str) -> bool:
    """Tell whether a version is newer than another: numbers count as numbers, so 1.10 comes after 1.9."""
    return _version(version) > _version(other)


def _version(text: str) -> tuple[list[int], str]:
    return [int(one) for one in re.findall(r"\d+", text)], text


def read(resource: Mapping[str, Any]) -> Questionnaire:
    """Return the form that a Questionnaire defines.

    Args:
        resource: the parsed JSON; numbers may be floats or Decimals.
    Raises:
        UnusableQuestionnaire: with every reason that was found.
    """
    reader = _Reader(resource)
    form = reader.form()
    if not reader.refusals:
        form = reader.check(form)
    if reader.refusals:
        raise UnusableQuestionnaire(reader.refusals)
    return form


class _Reader:
    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.resource = resource
        self.refusals: list[Refusal] = []
        self.count = 0

    def refuse(self, link_id: str, why: str) -> None:
        self.refusals.append(Refusal(link_id, why))

    def form(self) -> Questionnaire:
        """Read everything, as far as it can be read."""
        told = self.resource
        if told.get("resourceType") != "Questionnaire":
            self.refuse("", "this is no Questionnaire of FHIR")
        for key in ("url", "version", "title"):
            if not isinstance(told.get(key), str) or not told[key].strip():
                self.refuse("", f"a {key} is needed")
        if told.get("status") not in _STATUS:
            self.refuse("", f"status is to be one of {', '.join(_STATUS)}")
        if "modifierExtension" in told:
            self.refuse("", "modifierExtension is not supported")
        for url in extensions.unknown(told, extensions.OF_FORMS):
            self.refuse("", f"the extension {url} is not supported")
        items = told.get("item")
        if not isinstance(items, list) or not items:
            self.refuse("", "a form without items asks nothing")
        return Questionnaire(
            url=str(told.get("url", ""))[:250],
            version=str(told.get("version", ""))[:40],
            title=pieces.text(told, "title"),
            status=str(told.get("status", "")),
            items=self.items(items if isinstance(items, list) else []),
            description=pieces.text(told, "description"),
            copyright=str(told.get("copyright", "")),
            due=self.due(),
            signs=tuple(pieces.text(one, "valueString") for one in self.signs()),
            death=str(extensions.value(self.resource, extensions.DEATH) or ""),
            **self.ages(),
        )

    def ages(self) -> dict[str, int]:
        """Return for which ages it is meant, in years."""
        found = extensions.parts(self.resource, extensions.AGES)
        names = {"from": "from_years", "below": "below_years"}
        if found.keys() - names or not all(type(one) is int and one >= 0 for one in found.values()):
            self.refuse("", "the extension for ages has from and below, whole numbers of years")
            return {}
        return {names[name]: years for name, years in found.items()}

    def signs(self) -> Iterator[Mapping[str, Any]]:
        """Yield the lines to be signed."""
        for one in extensions.listed(self.resource):
            if one.get("url") == extensions.SIGN:
                if not isinstance(one.get("valueString"), str) or not one["valueString"].strip():
                    self.refuse("", "a line to be signed says who signs it, as valueString")
                else:
                    yield one

    def due(self) -> Due | None:
        found = extensions.parts(self.resource, extensions.DUE)
        if not found:
            return None
        within, again = found.get("within-hours"), found.get("again-after-hours")
        if not isinstance(within, int) or not (again is None or isinstance(again, int)) or "setting" not in found:
            self.refuse("", "the extension for when it is due needs setting and within-hours")
            return None
        return Due(str(found["setting"]), within, again)

    def items(self, told: list[Any]) -> tuple[Item, ...]:
        """Read items and everything below them."""
        found = []
        for one in told:
            self.count += 1
            if self.count > MOST_ITEMS:
                self.refuse("", f"a form has at most {MOST_ITEMS} items")
                break
            if not isinstance(one, Mapping) or not isinstance(one.get("linkId"), str) or not one["linkId"].strip():
                self.refuse("", f"an item has no linkId: {str(one)[:60]}")
                continue
            found.append(self.item(one["linkId"], one))
        return tuple(found)

    def item(self, key: str, told: Mapping[str, Any]) -> Item:
        kind = str(told.get("type", ""))
        own: dict[str, Any] = {}
        try:
            for why in self.unsupported(kind, told):
                self.refuse(key, why)
            if kind in QUESTIONS:
                own = self.question(kind, told)
            own["when"] = tuple(pieces.condition(one) for one in pieces.listed(told, "enableWhen"))
            own["score"] = read_score(told) if kind in ("integer", "decimal") else None
        except Refused as refused:
            self.refuse(key, str(refused))
        below = told.get("item", [])
        return Item(
            link_id=key,
            kind=kind,
            text=pieces.text(told, "text"),
            prefix=str(told.get("prefix", "")),
            required=told.get("required") is True,
            repeats=told.get("repeats") is True,
            read_only=told.get("readOnly") is True,
            hidden=extensions.value(told, extensions.HIDDEN) is True,
            when_any=told.get("enableBehavior") == "any",
            items=self.items(below if isinstance(below, list) else []),
            **own,
        )

    def unsupported(self, kind: str, told: Mapping[str, Any]) -> Iterator[str]:
        """Yield what an item asks for that the engine does not carry."""
        if kind not in _KINDS:
            yield f"the type {kind or 'of nothing'} is not supported"
        for name in sorted(told.keys() - _ITEM_KEYS):
            yield f"{name} is not supported"
        for url in extensions.unknown(told, extensions.OF_ITEMS):
            yield f"the extension {url} is not supported"
        if kind == "display" and told.get("item"):
            yield "words alone have no items below them"
        if kind in QUESTIONS and told.get("repeats") is True and told.get("item"):
            yield "a question that repeats has no items below it here: put them into a group that repeats"
        if len(pieces.listed(told, "enableWhen")) > 1 and told.get("enableBehavior") not in ("all", "any"):
            yield "enableBehavior is needed where there are several conditions: all or any"
        if kind not in ("group", "display") and not told.get("text"):
            yield "a question needs its text"

    def question(self, kind: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """Read what only questions have."""
        coded = extensions.value(told, extensions.EXTRACT) is True
        codes = pieces.listed(told, "code")
        if coded and not codes:
            raise Refused("an answer that is to be an observation needs a code")
        options = pieces.options(kind, told, self.resource)
        return {
            "max_length": pieces.whole(told, "maxLength"),
            "max_decimals": extensions.value(told, extensions.DECIMALS),
            "lowest": pieces.bound(kind, extensions.value(told, extensions.LOWEST)),
            "highest": pieces.bound(kind, extensions.value(told, extensions.HIGHEST)),
            "options": options,
            "initial": pieces.initial(kind, told, options),
            "unit": pieces.unit(told),
            "code": pieces.code(codes[0]) if coded else None,
            "category": pieces.category(extensions.value(told, extensions.CATEGORY)),
        }

    def check(self, form: Questionnaire) -> Questionnaire:
        """Look at what items say of each other, and return the form with its scores worked out."""
        self.check_ids(form)
        if self.refusals:
            return form
        for key, item in form.every.items():
            for one in item.when:
                self.check_condition(form, key, item, one)
            self.check_bounds(key, item)
        for key, why in check_scores(form):
            self.refuse(key, why)
        died = form.every.get(form.death)
        if form.death and (died is None or died.kind != "dateTime" or not died.required or died.repeats or died.when):
            self.refuse(form.death, "when the patient died is a dateTime that is always required, and given once")
        if self.refusals:
            return form
        whole = resolved(form)
        try:
            whole.ordered  # noqa: B018  worked out once, and kept
        except ValueError as circle:
            self.refuse(str(circle.args[0]), f"these open each other in a circle: {', '.join(circle.args)}")
        return whole

    def check_ids(self, form: Questionnaire) -> None:
        seen: set[str] = set()
        for key in pieces.ids(form.items):
            if key in seen:
                self.refuse(key, "the linkId stands twice")
            seen.add(key)

    def check_condition(self, form: Questionnaire, key: str, item: Item, one: Any) -> None:
        question = form.every.get(one.question)
        if question is None or not question.asks:
            self.refuse(key, f"enableWhen asks for {one.question}, and no question has that linkId")
            return
        around, own = form.scopes[one.question], form.scopes[key]
        if own[: len(around)] != around:
            self.refuse(
                key, f"enableWhen asks for {one.question}, which may have several answers: another repeating group"
            )
        if one.operator in (">", "<", ">=", "<=") and question.kind not in ORDERED:
            self.refuse(key, f"enableWhen: {one.operator} cannot be asked of {one.question}, a {question.kind}")
        if one.operator != "exists" and not pieces.fits(question, one.answer):
            self.refuse(key, f"enableWhen: {one.question} is a {question.kind}, and is compared with something else")

    def check_bounds(self, key: str, item: Item) -> None:
        for bound in (item.lowest, item.highest):
            if bound is not None and item.kind not in ORDERED:
                self.refuse(key, f"a {item.kind} has neither a least nor a greatest value")
        if item.kind in ("choice", "open-choice") and not item.options:
            self.refuse(key, "a choice needs answerOption")
        both = item.lowest is not None and item.highest is not None and item.kind in ORDERED
        if both and measure(item.kind, item.lowest) > measure(item.kind, item.highest):
            self.refuse(key, "its least value is above its greatest")
        if item.unit is not None and item.kind not in NUMBERS:
            self.refuse(key, f"a {item.kind} has no unit")
        if item.repeats and item.kind == "boolean":
            self.refuse(key, "a yes or no does not repeat")
