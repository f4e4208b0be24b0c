"""Changing a form by hand, on its FHIR content: whatever is not touched stays as it was written, to the letter.

Each function returns changed content and leaves its argument alone; whether the result can be used, `reading.read`
says. Words that are changed lose their translations, for those would say something else.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ehospital.algorithms.questionnaires import extensions

OWN: Final = "urn:ehospital:answers"
KINDS: Final = ("boolean", "choice", "open-choice", "string", "text", "integer", "decimal", "date", "display", "score")
"""What can be added; a score adds up every answer of the form that has a weight."""
_WEIGHED: Final = re.compile(r"(.*\S)\s*=\s*(-?\d+(?:\.\d+)?)")
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it is edited. `options` are "label = weight", one a line, None where answers are not edited here.

    `when` is what opens it, "question|answer"; None for a rule that is more than that.
    """

    link_id: str
    depth: int
    kind: str
    text: str
    required: bool
    options: tuple[str, ...] | None
    when: str | None
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """What was typed for one item; None leaves it as it was."""

    text: str | None = None
    required: bool | None = None
    options: tuple[str, ...] | None = None
    when: str | None = None


def rows(content: Content) -> list[Row]:
    """Return the items of a form, each before what stands in it."""
    return list(_rows(content.get("item", []), 0))


def _rows(items: Sequence[Content], depth: int) -> Iterator[Row]:
    for place, one in enumerate(items):
        kind = "score" if extensions.whole(one, extensions.SCORE) else str(one.get("type"))
        yield Row(
            link_id=str(one.get("linkId")), depth=depth, kind=kind, text=str(one.get("text", "")),
            required=one.get("required") is True, options=_lines(one), when=_when(one),
            first=place == 0, last=place == len(items) - 1,
        )  # fmt: skip
        yield from _rows(one.get("item", []), depth + 1)


def answers(content: Content) -> list[tuple[str, str]]:
    """Return what can open another item, as (key, words): each answer of a choice, and yes and no."""
    found = []
    for one in _walk(content.get("item", [])):
        key, text = str(one.get("linkId")), str(one.get("text", ""))
        if one.get("type") == "boolean":
            found += [(f"{key}|true", f"{text}: ✓"), (f"{key}|false", f"{text}: ✗")]
        for option in one.get("answerOption", []):
            if coding := option.get("valueCoding"):
                found.append((f"{key}|{coding.get('code')}", f"{text}: {coding.get('display', coding.get('code'))}"))
    return found


def titled(content: Content, title: str, description: str, source: str) -> dict[str, Any]:
    """Return the form with other words over it."""
    made = deepcopy(dict(content))
    for name, words in (("title", title), ("description", description), ("copyright", source)):
        if words.strip() != str(made.get(name, "")):
            made[name] = words.strip()
            made.pop(f"_{name}", None)
    return made


def changed(content: Content, edits: Mapping[str, Edit]) -> dict[str, Any]:
    """Return the form with its items as they were typed."""
    made = deepcopy(dict(content))
    questions = {str(one.get("linkId")): one for one in _walk(made.get("item", []))}
    for key, edit in edits.items():
        if one := questions.get(key):
            _edit(one, edit, questions)
    return made


def _edit(one: dict[str, Any], edit: Edit, questions: Mapping[str, dict[str, Any]]) -> None:
    if edit.text is not None and edit.text.strip() != str(one.get("text", "")):
        one["text"] = edit.text.strip()
        one.pop("_text", None)
    if edit.required is not None and edit.required != (one.get("required") is True):
        one["required"] = edit.required
    if edit.options is not None and _lines(one) is not None and edit.options != _lines(one):
        one["answerOption"] = _options(one, edit.options)
    if edit.when is not None and _when(one) is not None and edit.when != _when(one):
        one.pop("enableBehavior", None)
        one.pop("enableWhen", None)
        if condition := _condition(edit.when, questions):
            one["enableWhen"] = [condition]


def added(content: Content, kind: str, text: str, lines: Sequence[str] = ()) -> dict[str, Any]:
    """Return the form with one more item at its end. `lines` are the answers of a choice, the bands of a score."""
    made = deepcopy(dict(content))
    items = made.setdefault("item", [])
    taken = {str(one.get("linkId")) for one in _walk(items)}
    one: dict[str, Any] = {"linkId": _free(text, taken), "text": text.strip(), "type": kind}
    if kind in ("choice", "open-choice"):
        one["answerOption"] = _options(one, tuple(lines))
    if kind == "score":
        one |= {"type": "integer", "readOnly": True, "extension": [_score(made, lines)]}
    items.append(one)
    return made


def removed(content: Content, link_id: str) -> dict[str, Any]:
    """Return the form without an item, and without what opened or was added up by it."""
    made = deepcopy(dict(content))
    siblings, place = _find(made.get("item", []), link_id)
    if siblings is None:
        return made
    gone = {str(one.get("linkId")) for one in _walk([siblings.pop(place)])}
    for one in _walk(made.get("item", [])):
        kept = [condition for condition in one.get("enableWhen", []) if condition.get("question") not in gone]
        if "enableWhen" in one and kept != one["enableWhen"]:
            one["enableWhen"] = kept
            if not kept:
                one.pop("enableWhen")
            if len(kept) < 2:
                one.pop("enableBehavior", None)
        score = extensions.whole(one, extensions.SCORE)
        if isinstance(score, dict):
            score["extension"] = [part for part in extensions.listed(score) if part.get("valueString") not in gone]
    return made


def moved(content: Content, link_id: str, by: int) -> dict[str, Any]:
    """Return the form with an item one place further up (-1) or down (1) among those beside it."""
    made = deepcopy(dict(content))
    siblings, place = _find(made.get("item", []), link_id)
    if siblings is not None and 0 <= place + by < len(siblings):
        siblings[place], siblings[place + by] = siblings[place + by], siblings[place]
    return made


def next_version(version: str) -> str:
    """Return a version that is newer: the last number of it, plus one."""
    found = re.search(r"(\d+)(\D*)$", version)
    return f"{version[: found.start(1)]}{int(found[1]) + 1}{found[2]}" if found else f"{version}.1"


def blank(url: str, title: str) -> dict[str, Any]:
    """Return a form that asks nothing yet."""
    return {
        "resourceType": "Questionnaire", "url": url, "version": "0", "title": title, "status": "active",
        "subjectType": ["Patient"], "item": [],
    }  # fmt: skip


def slug(text: str) -> str:
    """Return words as a short name: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _walk(items: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for one in items:
        yield one
        yield from _walk(one.get("item", []))


def _find(items: list[dict[str, Any]], link_id: str) -> tuple[list[dict[str, Any]] | None, int]:
    for place, one in enumerate(items):
        if one.get("linkId") == link_id:
            return items, place
        found = _find(one.get("item", []), link_id)
        if found[0] is not None:
            return found
    return None, 0


def _free(text: str, taken: set[str]) -> str:
    stem = slug(text) or "question"
    names = (f"{stem}-{number}" if number else stem for number in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def _weight(option: Content) -> Any:
    for url in (extensions.WEIGHT, extensions.ORDINAL):
        found = extensions.value(option, url)
        if isinstance(found, int | float | Decimal) and not isinstance(found, bool):
            return found
    return None


def _lines(one: Content) -> tuple[str, ...] | None:
    options = one.get("answerOption")
    if one.get("type") not in ("choice", "open-choice") or not isinstance(options, list):
        return None
    if not all(isinstance(option.get("valueCoding"), Mapping) for option in options):
        return None
    return tuple(_line(option) for option in options)


def _line(option: Content) -> str:
    coding, weight = option["valueCoding"], _weight(option)
    label = str(coding.get("display") or coding.get("code")).strip()
    return label if weight is None else f"{label} = {weight:g}"


def _options(one: Content, lines: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return answers as they were typed: a line that stood before stays, and one that was reworded keeps its code."""
    old = list(one.get("answerOption", []))
    by_line = {_line(option): option for option in old}
    made, taken = [], {str(option["valueCoding"].get("code")) for option in old}
    for place, line in enumerate(lines):
        if line in by_line:
            made.append(by_line[line])
            continue
        told = _WEIGHED.fullmatch(line)
        label, weight = (told[1], told[2]) if told else (line, "")
        same_place = len(old) == len(lines) and _line(old[place]) not in lines
        coding = {"system": OWN, "code": _free(label, taken), "display": label}
        if same_place:
            coding = {name: value for name, value in old[place]["valueCoding"].items() if name != "_display"}
            coding["display"] = label
        taken.add(str(coding["code"]))
        option: dict[str, Any] = {"valueCoding": coding}
        if weight:
            number = float(weight)
            option["extension"] = [
                {"url": extensions.WEIGHT, "valueDecimal": int(number) if number.is_integer() else number}
            ]
        made.append(option)
    return made


def _when(one: Content) -> str | None:
    conditions = one.get("enableWhen", [])
    if not conditions:
        return ""
    (first, *others) = conditions
    if others or first.get("operator") != "=":
        return None
    if isinstance(first.get("answerBoolean"), bool):
        return f"{first['question']}|{str(first['answerBoolean']).lower()}"
    coding = first.get("answerCoding")
    return f"{first['question']}|{coding.get('code')}" if isinstance(coding, Mapping) else None


def _condition(when: str, questions: Mapping[str, Content]) -> dict[str, Any] | None:
    key, _, code = when.rpartition("|")
    question = questions.get(key)
    if question is None:
        return None
    if question.get("type") == "boolean":
        return {"question": key, "operator": "=", "answerBoolean": code == "true"}
    codings = (option.get("valueCoding", {}) for option in question.get("answerOption", []))
    system = next((coding.get("system", OWN) for coding in codings if coding.get("code") == code), OWN)
    return {"question": key, "operator": "=", "answerCoding": {"system": system, "code": code}}


def _score(content: Content, lines: Sequence[str]) -> dict[str, Any]:
    weighed = [
        str(one["linkId"])
        for one in _walk(content.get("item", []))
        if one.get("answerOption") and all(_weight(option) is not None for option in one["answerOption"])
    ]
    parts: list[dict[str, Any]] = [{"url": "sum", "valueString": key} for key in weighed]
    for line in lines:
        least, words, tone = ([part.strip() for part in line.split("=")] + ["", ""])[:3]
        if re.fullmatch(r"-?\d+", least) and words:
            band = [{"url": "code", "valueCode": slug(words) or "band"}, {"url": "from", "valueInteger": int(least)},
                    {"url": "text", "valueString": words}]  # fmt: skip
            parts.append({"url": "band", "extension": [*band, *([{"url": "tone", "valueCode": tone}] if tone else [])]})
    return {"url": extensions.SCORE, "extension": parts}


def sound(content: Any) -> bool:
    """Tell whether content has the shape that these functions walk; what it says may still be refused by `read`."""
    return isinstance(content, Mapping) and _all_items(content.get("item", []))


def _all_items(items: Any) -> bool:
    return isinstance(items, list) and all(_item(one) for one in items)


def _item(one: Any) -> bool:
    if not isinstance(one, Mapping) or not isinstance(one.get("linkId"), str):
        return False
    for name in ("answerOption", "enableWhen", "extension"):
        held = one.get(name, [])
        if not isinstance(held, list) or not all(isinstance(part, Mapping) for part in held):
            return False
    codings = [option.get("valueCoding") for option in one.get("answerOption", []) if "valueCoding" in option]
    asked = all(isinstance(part.get("question"), str) for part in one.get("enableWhen", []))
    return all(isinstance(coding, Mapping) for coding in codings) and asked and _all_items(one.get("item", []))
