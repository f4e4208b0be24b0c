"""References: relative, absolute, by URN, by identifier, contained."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

NAMESPACE = UUID("5f1f7c5e-3c0e-5d0b-9a55-6d1c9d1b7a10")
"""Under this name every imported row has its id; it can never change."""

LONGEST_ID = 200
_TARGET = re.compile(r"^(?:https?://[^?#]*/|)([A-Z][A-Za-z]{1,60})/([^/?#|]{1,200})(?:/_history/[^/]+|\|.*)?$")
_CONDITION = re.compile(r"^(?:https?://[^?#]*/|)([A-Z][A-Za-z]{1,60})\?identifier=([^&]+)$")
_ID = re.compile(rf"^[^\s\0/|?#]{{1,{LONGEST_ID}}}$")


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to. Exactly one of `id`, `urn`, `number` and `contained` is set.

    `number` is (system, value) of an identifier; `kind` is "" when the reference does not say it.
    """

    kind: str
    id: str = ""
    urn: str = ""
    number: tuple[str, str] | None = None
    contained: str = ""


def target(reference: Any) -> Target | None:
    """Return where the JSON of a Reference leads; None when it says nothing that can be followed."""
    if not isinstance(reference, dict):
        return None
    text = reference.get("reference")
    if isinstance(text, str) and text:
        return parse(text)
    identifier, kind = reference.get("identifier"), reference.get("type")
    if isinstance(identifier, dict) and isinstance(value := identifier.get("value"), str) and value:
        system = identifier.get("system")
        return Target(kind if isinstance(kind, str) else "", number=(system if isinstance(system, str) else "", value))
    return None


def parse(text: str) -> Target | None:
    """Return where the text of a reference leads, or None."""
    if text.startswith("#"):
        return Target("", contained=text[1:]) if len(text) > 1 else None
    if text.startswith("urn:"):
        return Target("", urn=text)
    if found := _TARGET.match(text):
        return Target(found[1], id=found[2])
    if found := _CONDITION.match(text):
        system, bar, value = unquote(found[2]).rpartition("|")
        return Target(found[1], number=(system if bar else "", value))
    return None


def id_of(given: Any, full_url: str) -> str:
    """Return the id of a resource: its own, or in a transaction the one in its URL; "" when it has none."""
    if isinstance(given, str) and _ID.match(given):
        return given
    if given is None:
        last = re.split(r"[:/]", full_url)[-1] if full_url else ""
        return last if _ID.match(last) else ""
    return ""


@lru_cache(maxsize=8192)
def row_id(source: str, kind: str, resource_id: str) -> UUID:
    """Return the id of the row that a resource becomes: the same for ever."""
    return uuid5(NAMESPACE, f"{source}\n{kind}\n{resource_id}")
