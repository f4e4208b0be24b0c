"""Every string of the product that a person reads and a translator translates, found without GNU gettext.

Python is read through its syntax tree, templates through Django's own `templatize`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

# The functions of gettext: how many of their first arguments are (context, singular, plural).
PLAIN, PLURAL, CONTEXT, BOTH = ("msgid",), ("msgid", "plural"), ("context", "msgid"), ("context", "msgid", "plural")
CALLS: dict[str, tuple[str, ...]] = {
    "_": PLAIN, "gettext": PLAIN, "gettext_lazy": PLAIN, "gettext_noop": PLAIN,
    "ngettext": PLURAL, "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT, "pgettext_lazy": CONTEXT,
    "npgettext": BOTH, "npgettext_lazy": BOTH,
}  # fmt: skip
_TEMPLATE_CALL = re.compile(r"(?<![\w.])(?P<name>_|n?p?gettext(?:_noop|_lazy)?)\((?P<rest>.*)", re.DOTALL)
_LITERAL = re.compile(r"""\s*(?P<text>u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))\s*(?P<next>,|\))""", re.DOTALL)


class NotConstant(ValueError):
    """A translated text is put together at run time, so no translator can see it."""


@dataclass(frozen=True, order=True)
class Key:
    """What identifies a message in a catalogue."""

    msgid: str
    context: str = ""
    plural: str = ""


def in_python(text: str, name: str) -> Iterator[Key]:
    """Yield the messages of a Python file; a text that is not constant is refused."""
    for node in ast.walk(ast.parse(text, filename=name)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        parts = CALLS.get(called)
        if parts is None or len(node.args) < len(parts):
            continue
        # `self.gettext(…)` of another library is not ours to translate; `translation.gettext(…)` is.
        if isinstance(function, ast.Attribute) and getattr(function.value, "id", "") != "translation":
            continue
        given = {}
        for part, argument in zip(parts, node.args, strict=False):
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                raise NotConstant(f"{name}:{node.lineno}: {called}() needs its text written out, not put together")
            given[part] = argument.value
        if given["msgid"]:
            yield Key(**given)


def in_template(text: str, name: str) -> Iterator[Key]:
    """Yield the messages of a Django template."""
    rest = templatize(text, name)
    while found := _TEMPLATE_CALL.search(rest):
        rest = found["rest"]
        given = {}
        for part in CALLS[found["name"]]:
            literal = _LITERAL.match(rest)
            if literal is None:
                break
            given[part] = ast.literal_eval(literal["text"])
            rest = rest[literal.end() :]
        if given.get("msgid"):
            yield Key(**given)


def in_tree(root: Path) -> dict[Key, set[str]]:
    """Return every message below a folder, with the files that say it."""
    found: dict[Key, set[str]] = {}
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).parts
        if {"migrations", "static", "locale", "__pycache__"} & set(inside[:-1]):
            continue
        read = {".py": in_python, ".html": in_template, ".txt": in_template}.get(path.suffix)
        if read is None or "styleguide" in inside:  # the style guide speaks to builders, in English
            continue
        name = Path(root.name, *inside).as_posix()
        for key in read(path.read_text(encoding="utf-8"), name):
            found.setdefault(key, set()).add(name)
    return found
