"""A form as the engine knows it: plain frozen values, read from a FHIR Questionnaire by `reading`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from ehospital.kernel.codes import Code

Value = Any
"""One answer as JSON has it: bool, int, str (also decimals, days, times, instants), a coding or quantity as a dict."""

QUESTIONS: Final = (
    "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "choice", "open-choice",
    "quantity",
)  # fmt: skip
NUMBERS: Final = ("decimal", "integer", "quantity")
ORDERED: Final = (*NUMBERS, "date", "dateTime", "time")


@dataclass(frozen=True, slots=True)
class Text:
    """Words, and the same in other languages by their code."""

    plain: str
    others: Mapping[str, str] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """Return the words in a language (`fr`, `ar-EG`), or as they were written first."""
        return self.others.get(language) or self.others.get(language.split("-")[0]) or self.plain


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that is offered, its words, and its weight in a score."""

    value: Value
    label: Text
    weight: Decimal | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """What opens an item: a question, an operator of FHIR, and the answer to compare with."""

    question: str
    operator: str
    answer: Value


@dataclass(frozen=True, slots=True)
class Band:
    """What a total means from `at_least` on, until the next band; `raises` says that the score's flag goes up.

    `tone` is how it is to be seen at a glance: ok, warn or bad; "" says nothing.
    """

    code: str
    at_least: Decimal
    text: Text
    raises: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of weights. `parts` are the questions that count, `flag` the safety flag that it decides on, or ""."""

    parts: tuple[str, ...]
    bands: tuple[Band, ...]
    flag: str = ""
    observed_as: str = "number"

    def band(self, total: Decimal) -> Band | None:
        """Return the band in which a total lies; None when the score has none."""
        return next((one for one in reversed(self.bands) if one.at_least <= total), None)


@dataclass(frozen=True, slots=True)
class Due:
    """When the form is to be filled: within hours of the beginning of a stay, and again after so many, or never."""

    setting: str
    within_h: int
    again_after_h: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a form: a group, a question, or words alone.

    `code` is set where the answer is an observation. `lowest` and `highest` are answers of the question's own kind.
    """

    link_id: str
    kind: str
    text: Text
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    max_length: int | None = None
    max_decimals: int | None = None
    lowest: Value | None = None
    highest: Value | None = None
    options: tuple[Option, ...] = ()
    when: tuple[Condition, ...] = ()
    when_any: bool = False
    initial: tuple[Value, ...] = ()
    unit: Code | None = None
    code: Code | None = None
    category: str = ""
    score: Score | None = None
    items: tuple["Item", ...] = ()

    @property
    def asks(self) -> bool:
        """Tell whether it takes an answer."""
        return self.kind in QUESTIONS


@dataclass(frozen=True)
class Questionnaire:
    """A whole form. Every `link_id` is unique; what opens an item never depends, however indirectly, on that item.

    `signs` are the lines for signatures on its print; `death` is the question for when the patient died, or "".
    It is meant for ages from `from_years` on and below `below_years`, as far as these are told.
    """

    url: str
    version: str
    title: Text
    status: str
    items: tuple[Item, ...]
    description: Text = Text("")
    copyright: str = ""
    due: Due | None = None
    signs: tuple[Text, ...] = ()
    death: str = ""
    from_years: int | None = None
    below_years: int | None = None

    def fits(self, age_years: int | None) -> bool:
        """Tell whether it is meant for this age; an age that nobody knows fits every form."""
        if age_years is None:
            return True
        young = self.from_years is not None and age_years < self.from_years
        old = self.below_years is not None and age_years >= self.below_years
        return not young and not old

    @cached_property
    def every(self) -> Mapping[str, Item]:
        """Every item by its id, parents before children."""
        return {one.link_id: one for one in walk(self.items)}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The item within which each item stands; items at the top are not in it."""
        return {below.link_id: one.link_id for one in walk(self.items) for below in one.items}

    @cached_property
    def scopes(self) -> Mapping[str, tuple[str, ...]]:
        """For each item the repeating groups around it, outermost first: in which its answer is one of several."""
        return {key: tuple(one for one in self.above(key) if self._many(one))[::-1] for key in self.every}

    def above(self, link_id: str) -> Iterator[str]:
        """Yield the items around an item, from the inside out."""
        while link_id in self.parents:
            link_id = self.parents[link_id]
            yield link_id

    def _many(self, link_id: str) -> bool:
        item = self.every[link_id]
        return item.kind == "group" and item.repeats

    def needs(self, link_id: str) -> set[str]:
        """Return the items that are to be settled before this one."""
        item = self.every[link_id]
        found = {one.question for one in item.when} | set(item.score.parts if item.score else ())
        if link_id in self.parents:
            found.add(self.parents[link_id])
        if self._many(link_id):
            inside = {below for below in self.every if link_id in self.scopes[below]}
            found |= {one.question for below in inside for one in self.every[below].when} - inside
        return found

    @cached_property
    def ordered(self) -> Mapping[tuple[str, ...], tuple[Item, ...]]:
        """The items of each scope in an order in which each comes after everything that it needs.

        Raises:
            ValueError: items need each other in a circle; its ids are the arguments.
        """
        waiting = {key: self.needs(key) for key in self.every}
        order: list[str] = []
        while waiting:
            free = [key for key, needed in waiting.items() if not needed & waiting.keys()]
            if not free:
                raise ValueError(*sorted(waiting))
            order += free
            for key in free:
                del waiting[key]
        found: dict[tuple[str, ...], list[Item]] = {(): []}
        for key in order:
            found.setdefault(self.scopes[key], []).append(self.every[key])
        return {scope: tuple(items) for scope, items in found.items()}


def walk(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield items and everything below them, parents first, as they are read."""
    for one in items:
        yield one
        yield from walk(one.items)
