"""Nothing that was sent is dropped silently: what would be read back is compared with what came, element by element.

Left out of the comparison is only what follows from the rest (narrative, the display of a code, a name in one text),
what the door gives itself (id, version), and whose record it is, which the door has looked up.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from ehospital.fhir.elements import Reading, moment

MOST_TOLD: Final = 10

_OF_THE_DOOR: Final = {"resourceType", "id", "text", "subject", "patient"}
_OF_META: Final = {"versionId", "lastUpdated", "profile", "source"}
_OF_A_CODING: Final = {"display", "version", "userSelected"}
_WORDS_IN_PARTS: Final = {"given", "prefix", "suffix"}
_INSTEAD: Final[Mapping[str, str]] = {"effectiveInstant": "effectiveDateTime"}


def lost(
    sent: Mapping[str, Any], stored: Mapping[str, Any], *, kind: str, reading: Reading, base_url: str
) -> list[str]:
    """Return the paths of what was sent and would not be read back, the first ten.

    Args:
        sent: the resource as it came.
        stored: the resource as the door would send it now.
        base_url: the address of the door: references may be absolute.
    """
    return list(islice(_Comparison(reading, base_url).resource(sent, stored, kind), MOST_TOLD))


class _Comparison:
    """One comparison; each method yields the paths of what is lost."""

    def __init__(self, reading: Reading, base_url: str) -> None:
        self.reading, self.base_url = reading, base_url

    def resource(self, sent: Mapping[str, Any], stored: Mapping[str, Any], path: str) -> Iterator[str]:
        """Compare two resources."""
        meta = sent.get("meta")
        if isinstance(meta, dict):
            yield from (f"{path}.meta.{name}" for name in meta if name not in _OF_META)
        rest = {name: value for name, value in sent.items() if name not in {*_OF_THE_DOOR, "meta"}}
        yield from self.object(rest, stored, path)

    def object(self, sent: Mapping[str, Any], stored: Mapping[str, Any], path: str) -> Iterator[str]:
        """Compare two objects; whatever is stored besides is no loss."""
        for name, value in sent.items():
            if value is None or self._follows(name, sent, path):
                continue
            special = _SPECIAL.get(name)
            if special is not None:
                if not special(value, stored, sent):
                    yield f"{path}.{name}"
                continue
            other = stored.get(_INSTEAD.get(name, name))
            if other is None:
                yield f"{path}.{name}"
            else:
                yield from self.value(value, other, f"{path}.{name}")

    def value(self, sent: Any, stored: Any, path: str) -> Iterator[str]:
        """Compare two values of whatever type."""
        if isinstance(sent, dict) and isinstance(stored, dict):
            if path.endswith(".contact.name") or (".contact[" in path and path.endswith("].name")):
                if _full_name(sent) != stored.get("text"):
                    yield path
                return
            yield from self.object(sent, stored, path)
        elif isinstance(sent, list) and isinstance(stored, list):
            yield from self.items(sent, stored, path)
        elif not self._same(sent, stored):
            yield path

    def items(self, sent: list[Any], stored: list[Any], path: str) -> Iterator[str]:
        """Find for each item of a list another one that holds all of it; first the one in its own place."""
        name = path.rsplit(".", 1)[-1]
        if name in _WORDS_IN_PARTS:
            if _words(sent) != _words(stored):
                yield path
            return
        free = list(stored)
        for place, item in enumerate(sent):
            here = f"{path}[{place}]"
            order = sorted(range(len(free)), key=lambda one: one != 0) if free else []
            match = next((one for one in order if not any(True for _ in self.value(item, free[one], here))), None)
            if match is not None:
                free.pop(match)
                continue
            nearest = stored[place] if place < len(stored) else None
            yield from self.value(item, nearest, here) if nearest is not None else iter([here])

    def _same(self, sent: Any, stored: Any) -> bool:
        if isinstance(sent, bool) or isinstance(stored, bool):
            return sent is stored
        if isinstance(sent, int | float | Decimal) and isinstance(stored, int | float | Decimal):
            return Decimal(str(sent)) == Decimal(str(stored))
        if not isinstance(sent, str) or not isinstance(stored, str):
            return False
        if sent.strip() == stored or sent.removeprefix(f"{self.base_url}/") == stored:
            return True
        try:
            return moment(sent, self.reading, "") == moment(stored, self.reading, "")
        except ValueError:
            return False

    def _follows(self, name: str, sent: Mapping[str, Any], path: str) -> bool:
        """Return whether an element says nothing that the others do not say."""
        if name in _OF_A_CODING and "code" in sent:
            return True
        if name == "text":
            return bool(sent.get("coding") or sent.get("family") or sent.get("given") or sent.get("line"))
        if name in ("display", "type") and ("reference" in sent or "identifier" in sent):
            return isinstance(sent[name], str)
        return name == "use" and ".identifier" in path and sent["use"] in ("official", "usual")


def _words(parts: list[Any]) -> list[str]:
    return " ".join(part for part in parts if isinstance(part, str)).split()


def _full_name(name: Mapping[str, Any]) -> str:
    """Return a name as it is kept of a contact: in one text."""
    if set(name) - {"prefix", "given", "family", "text", "use"}:
        return ""
    parts = [*_words(name.get("prefix") or []), *_words(name.get("given") or [])]
    whole = " ".join([*parts, *([name["family"]] if name.get("family") else [])])
    return whole or str(name.get("text") or "").strip()


def _note(value: Any, stored: Mapping[str, Any], _sent: Mapping[str, Any]) -> bool:
    """Annotations are kept as paragraphs of one text, without who wrote them when."""
    kept = "".join(one["text"] for one in stored.get("note", []))
    return isinstance(value, list) and all(
        isinstance(one, dict) and set(one) == {"text"} and str(one["text"]).strip() in kept for one in value
    )


def _integer(value: Any, stored: Mapping[str, Any], _sent: Mapping[str, Any]) -> bool:
    return bool(stored.get("valueQuantity") == {"value": value})


def _coded_value(value: Any, stored: Mapping[str, Any], _sent: Mapping[str, Any]) -> bool:
    """A value in words alone is a text, whether it came as a concept or not."""
    if not isinstance(value, dict):
        return False
    if set(value) == {"text"}:
        return str(value["text"]).strip() in (
            stored.get("valueString"),
            stored.get("valueCodeableConcept", {}).get("text"),
        )
    codings = value.get("coding")
    kept = stored.get("valueCodeableConcept", {})
    if set(value) - {"coding", "text"} or not isinstance(codings, list) or len(codings) != 1:
        return False
    first, other = codings[0], (kept.get("coding") or [{}])[0]
    told = {name: one for name, one in first.items() if name not in _OF_A_CODING}
    words = value.get("text") or first.get("display") or kept.get("text")
    return told == {name: other[name] for name in ("system", "code") if name in other} and words == kept.get("text")


_SPECIAL: Final[dict[str, Callable[[Any, Mapping[str, Any], Mapping[str, Any]], bool]]] = {
    "note": _note,
    "valueInteger": _integer,
    "valueCodeableConcept": _coded_value,
}
