"""Answers as they are stored, typed and compared.

The answers of a form are a mapping of item id → list of values; a repeating group has a list of such mappings instead,
one for each time that it was filled. Items of a group that is filled once, and items below a question, stand in the
mapping around them: an item's id is unique anyway.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ehospital.algorithms.questionnaires.definition import Condition, Item, Option, Value
from ehospital.kernel.codes import UCUM

Answers = dict[str, list[Any]]

_NUMBER: Final = re.compile(r"[+-]?\d{1,20}(\.\d{1,12})?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS: Final = re.compile(r"https?://[\w.-]+(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)
_TIME: Final = re.compile(r"\d{2}:\d{2}(:\d{2})?")


def typed(item: Item, raw: object) -> Value | None:
    """Return what was typed, or sent as JSON, as the value that is stored; None when it cannot be one.

    Numbers keep the digits that were written; 07:30 becomes 07:30:00; an instant needs its offset.
    """
    if isinstance(raw, str):
        raw = raw.replace("\x00", "").strip()
        if not raw:
            return None
    if item.kind in ("choice", "open-choice"):
        return _chosen(item, raw)
    return _READ[item.kind](item, raw) if item.kind in _READ else None


def answer(item: Item, raw: object) -> Value | None:
    """Return what was told as the value that is stored, or as it was typed when it cannot be one: nothing is lost.

    Nothing at all is None.
    """
    found = typed(item, raw)
    if found is not None or raw is None:
        return found
    return str(raw).replace("\x00", "").strip()[:1000] or None


def number(raw: object) -> Decimal | None:
    """Return a number with exactly the digits that were written; a comma is read as the point."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        return None
    text = str(raw).replace(",", ".").strip()
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def _boolean(_item: Item, raw: object) -> Value | None:
    return {True: True, False: False, "true": True, "false": False}.get(raw) if isinstance(raw, bool | str) else None


def _decimal(_item: Item, raw: object) -> Value | None:
    found = number(raw)
    return None if found is None else str(found)


def _integer(_item: Item, raw: object) -> Value | None:
    found = number(raw)
    return int(found) if found is not None and found == found.to_integral_value() else None


def _day(_item: Item, raw: object) -> Value | None:
    text = str(raw)
    return text if _DAY.fullmatch(text) and _parsed(date.fromisoformat, text) is not None else None


def _time(_item: Item, raw: object) -> Value | None:
    text = str(raw)
    found = _parsed(time.fromisoformat, text) if _TIME.fullmatch(text) else None
    return None if found is None else found.isoformat()


def _instant(_item: Item, raw: object) -> Value | None:
    found = _parsed(datetime.fromisoformat, str(raw))
    return None if found is None or found.utcoffset() is None else found.isoformat()


def _words(_item: Item, raw: object) -> Value | None:
    return raw.replace("\r\n", "\n").replace("\r", "\n") if isinstance(raw, str) else None


def _address(_item: Item, raw: object) -> Value | None:
    return raw if isinstance(raw, str) and _ADDRESS.fullmatch(raw) else None


def _quantity(item: Item, raw: object) -> Value | None:
    if isinstance(raw, dict):
        if item.unit and (raw.get("code") or raw.get("unit")) not in (item.unit.code, item.unit.display):
            return None
        raw = raw.get("value")
    found = number(raw)
    if found is None:
        return None
    unit = item.unit
    named = {"unit": unit.display or unit.code, "system": unit.system or UCUM, "code": unit.code} if unit else {}
    return {"value": str(found), **named}


_READ: Final = {
    "boolean": _boolean, "decimal": _decimal, "integer": _integer, "date": _day, "time": _time, "dateTime": _instant,
    "string": _words, "text": _words, "url": _address, "quantity": _quantity,
}  # fmt: skip


def _parsed(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


def _chosen(item: Item, raw: object) -> Value | None:
    found = option_of(item, raw)
    if found is not None:
        return found.value
    return raw if item.kind == "open-choice" and isinstance(raw, str) else None


def option_of(item: Item, value: object) -> Option | None:
    """Return the option that a value is."""
    return next((one for one in item.options if same(one.value, value)), None)


def same(one: object, other: object) -> bool:
    """Tell whether two values are one answer; of a coding, system and code alone count."""
    if isinstance(one, dict) and isinstance(other, dict):
        measured = "value" in one or "value" in other
        coded = one.get("code") or other.get("code")
        keys = ("value", "code") if measured else ("system", "code") if coded else ("display",)
        return all(one.get(key, "") == other.get(key, "") for key in keys)
    return type(one) is type(other) and one == other


def measure(kind: str, value: Value) -> Any:
    """Return what values of an ordered kind are compared by; None for what is none."""
    if kind in ("decimal", "integer"):
        return number(value)
    if kind == "quantity":
        return number(value.get("value")) if isinstance(value, dict) else None
    read = {"date": date.fromisoformat, "time": time.fromisoformat, "dateTime": datetime.fromisoformat}[kind]
    return _parsed(read, str(value))


def meets(question: Item, values: list[Value], condition: Condition) -> bool:
    """Tell whether a condition holds for the answers of its question, as FHIR R4 says.

    `exists` compares whether there is an answer at all. Any other operator holds when it holds for one of the answers;
    `!=` when no answer is equal, so also when there is none.
    """
    if condition.operator == "exists":
        return bool(values) is condition.answer
    if condition.operator == "!=":
        return not any(_equal(question, one, condition.answer) for one in values)
    if condition.operator == "=":
        return any(_equal(question, one, condition.answer) for one in values)
    return any(_ordered(question.kind, one, condition) for one in values)


def _equal(question: Item, value: Value, wanted: Value) -> bool:
    if question.kind in ("decimal", "integer", "quantity", "dateTime", "date", "time"):
        mine, theirs = measure(question.kind, value), measure(question.kind, wanted)
        return mine is not None and mine == theirs
    if isinstance(value, dict) and isinstance(wanted, dict) and not wanted.get("system"):
        return bool(value.get("code") == wanted.get("code"))
    return same(value, wanted)


def _ordered(kind: str, value: Value, condition: Condition) -> bool:
    mine, theirs = measure(kind, value), measure(kind, condition.answer)
    if mine is None or theirs is None:
        return False
    result: dict[str, bool] = {">": mine > theirs, "<": mine < theirs, ">=": mine >= theirs, "<=": mine <= theirs}
    return result[condition.operator]
