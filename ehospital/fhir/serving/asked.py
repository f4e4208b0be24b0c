"""What a search asks for: its parameters against the declared ones, each accepted, refused in words, or reported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from django.db.models import Q

from ehospital.fhir.serving import parameters
from ehospital.fhir.serving.kinds import Kind, Source
from ehospital.fhir.serving.outcomes import Problem
from ehospital.fhir.serving.parameters import Asking, BadValue

USUAL, MOST = 50, 200
MOST_VALUES: Final = 200
_HARMLESS: Final = {"_format", "_pretty"}
_RESULT: Final = {"_count", "_sort", "_cursor", "_total"}


@dataclass
class Asked:
    """A search that is understood.

    Attributes:
        conditions: one for each table of the type.
        in_error: whether it asks by name for what was entered in error.
        count: lines of a page; 0 asks for the number alone.
        sort: a name of the type's `sorts`, or `_id`; `descending` the other way round.
        counted: whether to tell how many there are in all, which costs a look at each of them.
        cursor: where the page begins, as a `next` link said.
        used: the parameters that count, in order, without the cursor: what `self` and `next` repeat.
        ignored: words for each that does not.
    """

    conditions: list[Q]
    in_error: bool = False
    count: int = USUAL
    sort: str = "_id"
    descending: bool = False
    cursor: str = ""
    counted: bool = True
    used: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def understood(kind: Kind, sent: Iterable[tuple[str, str]], ask: Asking, *, strict: bool) -> Asked:
    """Return what is asked for.

    Args:
        strict: refuse what is not known instead of leaving it away.
    Raises:
        Problem: 400, naming the parameter.
    """
    asked = Asked([Q() for _ in kind.sources])
    for place, (name, value) in enumerate(sent):
        if place >= MOST_VALUES:
            raise _refused(name, f"more than {MOST_VALUES} parameters")
        base, _, modifier = name.partition(":")
        if base == "_has" or "." in name:
            raise _refused(name, "reverse and chained searches tell of what a client may not read; ask for it itself")
        if not value:
            continue
        if len(value) > parameters.LONGEST_VALUE and base != "_cursor":
            raise _refused(name, f"a value longer than {parameters.LONGEST_VALUE} characters")
        if base in _RESULT:
            _result(asked, kind, name, value)
        elif base in kind.parameters:
            _condition(asked, kind, (name, base, modifier), value, ask)
        elif base not in _HARMLESS:
            if strict:
                raise _refused(name, f"it is none of {', '.join(kind.parameters)}", code="not-supported")
            asked.ignored.append(f"The parameter {name[:60]} is not known here and was left away.")
            continue
        if base != "_cursor":
            asked.used.append((name, value))
    return asked


def _result(asked: Asked, kind: Kind, name: str, value: str) -> None:
    if name == "_cursor":
        asked.cursor = value
    elif name == "_count" and value.isascii() and value.isdigit() and len(value) < 8:
        asked.count = min(int(value), MOST)
    elif name == "_sort" and value.removeprefix("-") in kind.sorts:
        asked.sort, asked.descending = value.removeprefix("-"), value.startswith("-")
    elif name == "_total" and value in ("none", "estimate", "accurate"):
        asked.counted = value != "none"
    else:
        allowed = (
            f"one of {', '.join(kind.sorts)}, with - for the newest first"
            if "_sort" in name
            else "none, estimate or accurate"
            if "_total" in name
            else "a number"
        )
        raise _refused(name, f"write {allowed}")


def _condition(asked: Asked, kind: Kind, name: tuple[str, str, str], value: str, ask: Asking) -> None:
    whole, base, modifier = name
    if modifier and modifier not in kind.parameters[base].modifiers:
        allowed = ", ".join(kind.parameters[base].modifiers) or "no modifier"
        raise _refused(whole, f"the modifier {modifier[:20]!r} is not known; it takes {allowed}")
    values = parameters.alternatives(value)
    for place, source in enumerate(kind.sources):
        try:
            asked.conditions[place] &= _of_source(source, base, values, modifier, ask)
        except BadValue as error:
            raise _refused(whole, str(error)) from None
        asked.in_error |= base == source.told_by and any(one.endswith("entered-in-error") for one in values)


def _of_source(source: Source, name: str, values: list[str], modifier: str, ask: Asking) -> Q:
    """Return the condition for a value of each alternative: any of them, or with `:not` none of them."""
    found = Q(pk__in=[])
    parameter = parameters.Ids() if name == "_id" else source.parameters[name]
    for value in values:
        found |= parameter.condition(value, "" if modifier == "not" else modifier, ask)
    return ~found if modifier == "not" else found


def _refused(name: str, why: str, code: str = "invalid") -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, code, f"The parameter {name[:60]}: {why}.", where=[f"http.{name[:60]}"])


def strictly(headers: Mapping[str, str]) -> bool:
    """Return whether the client would rather be refused than have a parameter left away."""
    return "handling=strict" in headers.get("Prefer", "").replace(" ", "").lower()
