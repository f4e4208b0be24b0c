"""The pieces of an item: texts, options, conditions, first answers, units."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from ehospital.algorithms.questionnaires import extensions
from ehospital.algorithms.questionnaires.answers import number, option_of, typed
from ehospital.algorithms.questionnaires.definition import Condition, Item, Option, Text, Value
from ehospital.kernel.codes import UCUM, Code

_OPERATORS: Final = ("exists", "=", "!=", ">", "<", ">=", "<=")
_SIMPLE: Final = ("String", "Integer", "Date", "Time")
_FIRST: Final = {
    "boolean": "Boolean", "decimal": "Decimal", "integer": "Integer", "date": "Date", "dateTime": "DateTime",
    "time": "Time", "string": "String", "text": "String", "url": "Uri", "quantity": "Quantity",
}  # fmt: skip


class Refused(ValueError):
    """What this piece asks for is not carried; the message says it."""


def listed(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of elements."""
    found = told.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Refused(f"{name} is to be a list")
    return list(found)


def ids(items: Iterable[Item]) -> Iterator[str]:
    """Yield every linkId, also those that stand twice."""
    for one in items:
        yield one.link_id
        yield from ids(one.items)


def text(told: Mapping[str, Any], name: str) -> Text:
    """Return words with their translations."""
    return Text(str(told.get(name, "")), extensions.translations(told.get(f"_{name}")))


def whole(told: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number above 0."""
    found = told.get(name)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise Refused(f"{name} is to be a whole number above 0")
    return found


def bound(kind: str, value: Any) -> Value | None:
    """Return the least or greatest value, as it is compared."""
    if value is None:
        return None
    found = typed(Item("", kind, Text("")), str(value) if isinstance(value, float | int | Decimal) else value)
    if found is None:
        raise Refused(f"{value} is no least or greatest value of a {kind}")
    return found


def code(told: Mapping[str, Any]) -> Code:
    """Return a coding."""
    if not told.get("code"):
        raise Refused("a code is empty")
    return Code(str(told.get("system", "")), str(told["code"]), str(told.get("display", "")))


def category(told: Any) -> str:
    """Return the category of an observation, as a word of FHIR."""
    codings = told.get("coding", []) if isinstance(told, Mapping) else []
    return next((str(one.get("code", "")) for one in codings if isinstance(one, Mapping)), "")


def unit(told: Mapping[str, Any]) -> Code | None:
    """Return the one unit of a number."""
    found = extensions.values(told, extensions.UNIT) + extensions.values(told, extensions.UNIT_OPTION)
    codes = {str(one.get("code", "")) for one in found if isinstance(one, Mapping)}
    if len(codes) > 1:
        raise Refused("a choice of units is not supported: ask in one unit")
    one = found[0] if found else None
    return Code(str(one.get("system", UCUM)), str(one.get("code", "")), str(one.get("display", ""))) if one else None


def options(kind: str, told: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[Option, ...]:
    """Return the answers that are offered, from the item or from a value set within the form."""
    if kind not in ("choice", "open-choice"):
        if "answerOption" in told or "answerValueSet" in told:
            raise Refused(f"a {kind} offers no answers")
        return ()
    if "answerValueSet" in told:
        return _contained(str(told["answerValueSet"]), resource)
    found = tuple(_option(one) for one in listed(told, "answerOption"))
    if any(option_of(Item("", kind, Text(""), options=found[:place]), one.value) for place, one in enumerate(found)):
        raise Refused("an answer is offered twice")
    return found


def _option(told: Mapping[str, Any]) -> Option:
    for url in extensions.unknown(told, extensions.OF_OPTIONS):
        raise Refused(f"the extension {url} of an answer is not supported")
    chosen = told.get("initialSelected") is True
    if isinstance(coding := told.get("valueCoding"), Mapping):
        for url in extensions.unknown(coding, extensions.OF_OPTIONS):
            raise Refused(f"the extension {url} of an answer is not supported")
        label = text(coding, "display")
        value = {key: str(coding[key]) for key in ("system", "code", "display") if coding.get(key)}
        if not label.plain and not coding.get("code"):
            raise Refused("an answer has neither words nor a code")
        label = label if label.plain else Text(str(coding["code"]))
        return Option(value, label, _weight(told, coding), chosen)
    for name in _SIMPLE:
        if (plain := told.get(f"value{name}")) is not None:
            label = Text(str(plain), extensions.translations(told.get(f"_value{name}")))
            return Option(plain, label, _weight(told, {}), chosen)
    raise Refused("an answer that is offered has no value that is supported")


def _weight(*nodes: Mapping[str, Any]) -> Decimal | None:
    for node in nodes:
        for url in (extensions.ORDINAL, extensions.WEIGHT):
            if (found := number(extensions.value(node, url))) is not None:
                return found
    return None


def _contained(reference: str, resource: Mapping[str, Any]) -> tuple[Option, ...]:
    held = resource.get("contained", [])
    sets = {f"#{one.get('id')}": one for one in held if isinstance(one, Mapping)} if isinstance(held, list) else {}
    found = sets.get(reference)
    if found is None or found.get("resourceType") != "ValueSet":
        raise Refused(f"the value set {reference} is not within the form: list the answers as answerOption")
    includes = found.get("compose", {}).get("include", [])
    if not includes or any(not one.get("concept") for one in includes):
        raise Refused(f"the value set {reference} does not list its concepts")
    return tuple(
        _option(
            {"valueCoding": {"system": one.get("system", ""), **concept}, "extension": concept.get("extension", [])}
        )
        for one in includes
        for concept in one["concept"]
    )


def initial(kind: str, told: Mapping[str, Any], offered: tuple[Option, ...]) -> tuple[Value, ...]:
    """Return what a question says at first."""
    item, found = Item("", kind, Text(""), options=offered), []
    for one in listed(told, "initial"):
        name = "Coding" if kind in ("choice", "open-choice") and "valueCoding" in one else _FIRST.get(kind, "String")
        value = typed(item, one.get(f"value{name}"))
        if value is None:
            raise Refused(f"its first answer is no {kind}")
        found.append(value)
    return tuple(found)


def condition(told: Mapping[str, Any]) -> Condition:
    """Return what opens an item."""
    question, operator = told.get("question"), told.get("operator")
    given = [value for name, value in told.items() if name.startswith("answer")]
    if not isinstance(question, str) or operator not in _OPERATORS or len(given) != 1:
        raise Refused("enableWhen needs a question, an operator of FHIR and one answer")
    if operator == "exists" and not isinstance(given[0], bool):
        raise Refused("enableWhen: exists is compared with true or false")
    return Condition(question, str(operator), _plain(given[0]))


def _plain(value: Any) -> Value:
    if isinstance(value, Mapping):
        kept = {key: value[key] for key in ("system", "code", "display", "value", "unit") if key in value}
        return {key: str(one) for key, one in kept.items()}
    return str(value) if isinstance(value, float | Decimal) else value


def fits(question: Item, value: Value) -> bool:
    """Tell whether a question may have this answer at all."""
    if question.kind in ("choice", "open-choice"):
        if isinstance(value, dict):
            return any(
                isinstance(one.value, dict) and one.value.get("code") == value.get("code") for one in question.options
            )
        return option_of(question, value) is not None or question.kind == "open-choice"
    return typed(question, value) is not None
