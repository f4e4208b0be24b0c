"""What the designer's page sends: the form as it stands in the browser, and what was typed over it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from ehospital.algorithms.questionnaires import designing
from ehospital.algorithms.questionnaires.designing import Edit

MOST_CHARACTERS: Final = 400_000
_WORDS: Final = 20_000


class NotAForm(ValueError):
    """What was sent is no form that this page has shown."""


def typed(sent: QueryDict) -> dict[str, Any]:
    """Return the form with everything that was typed and pressed.

    Raises:
        NotAForm: it cannot be read.
    """
    content = _content(sent.get("content", ""))
    content = designing.titled(content, *(_words(sent, name) for name in ("title", "description", "source")))
    content = designing.changed(content, _edits(sent))
    press, _, key = sent.get("do", "").partition(":")
    if press == "drop":
        return designing.removed(content, key)
    if press in ("up", "down"):
        return designing.moved(content, key, -1 if press == "up" else 1)
    kind, text = sent.get("new_kind", ""), _words(sent, "new_text")
    if press == "add" and kind in designing.KINDS and text.strip():
        return designing.added(content, kind, text, _lines(sent.get("new_lines", "")))
    return content


def _content(text: str) -> Mapping[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise NotAForm("it is too long")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAForm("it is no JSON") from error
    if not designing.sound(content):
        raise NotAForm("it has another shape")
    return dict(content)


def _edits(sent: QueryDict) -> dict[str, Edit]:
    edits = {}
    for number, key in enumerate(sent.getlist("key")):
        options, when = sent.get(f"options-{number}"), sent.get(f"when-{number}")
        edits[key] = Edit(
            text=_words(sent, f"text-{number}"),
            required=f"required-{number}" in sent if f"asks-{number}" in sent else None,
            options=None if options is None else tuple(_lines(options)),
            when=when,
        )
    return edits


def _words(sent: QueryDict, name: str) -> str:
    """Return words as they were typed: browsers send another sign for the end of a line."""
    return sent.get(name, "").replace("\r\n", "\n")[:_WORDS]


def _lines(text: str) -> list[str]:
    return [line.strip()[:500] for line in text.splitlines() if line.strip()][:1000]
