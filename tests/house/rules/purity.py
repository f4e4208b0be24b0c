"""Algorithms and the kernel are plain: values in, values out, to be read by a reviewer and exhausted by a test."""

import ast
import sys
from collections.abc import Iterator

from tests.house.imported import aliases, dotted, modules
from tests.house.tree import PACKAGE, Finding, House, Source

RULE = "pure"
PURE = {"algorithms", "kernel"}

# The part of the standard library that neither looks nor reaches outside the process.
PLAIN = {
    "__future__", "abc", "array", "base64", "binascii", "bisect", "calendar", "collections", "contextlib", "copy",
    "csv",
    "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "hmac",
    "importlib", "io", "itertools", "json", "math", "numbers", "operator", "random", "re", "statistics", "string",
    "struct", "textwrap", "types", "typing", "typing_extensions", "unicodedata", "uuid", "zoneinfo",
}  # fmt: skip

# Packages of others that are as plain, with the reason.
PLAIN_PACKAGES = {"msgspec": "turns bytes into plain values and back; opens nothing"}
OUTSIDE = {"open", "input", "print", "exec", "eval", "compile", "__import__"}

# Files that need one thing from outside, with the reason.
EXCEPTIONS = {
    "ehospital/kernel/identifiers.py": ({"os", "time", "threading"}, "a new identifier needs randomness and the time"),
}

_NEXT = "Take the value as an argument; the action (or the door) above fetches it"


def check(house: House) -> Iterator[Finding]:
    """Report imports, calls and globals by which a decision could depend on anything but its arguments."""
    for source in house.product():
        if source.package in PURE:
            yield from _imports(source)
            yield from _calls(source)


def _imports(source: Source) -> Iterator[Finding]:
    allowed = PLAIN | PLAIN_PACKAGES.keys() | EXCEPTIONS.get(source.name, (set(), ""))[0]
    own = {f"{PACKAGE}.kernel", f"{PACKAGE}.algorithms"}
    for node, module in modules(source):
        top = module.split(".")[0]
        if top == PACKAGE:
            if ".".join(module.split(".")[:2]) not in own:
                yield source.finding(RULE, node, f"{module} is not plain", _NEXT)
        elif top not in allowed:
            kind = "reaches outside the process" if top in sys.stdlib_module_names else "is somebody else's package"
            yield source.finding(RULE, node, f"{top} {kind}", _NEXT)


def _calls(source: Source) -> Iterator[Finding]:
    names = aliases(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global) and source.name not in EXCEPTIONS:
            yield source.finding(RULE, node, f"global {', '.join(node.names)} remembers between calls", _NEXT)
        if not isinstance(node, ast.Call) or not (path := dotted(node.func, names)):
            continue
        if path in OUTSIDE:
            yield source.finding(RULE, node, f"{path}() reaches outside", _NEXT)
        elif path.startswith("random.") and path != "random.Random":
            yield source.finding(
                RULE, node, f"{path}() draws from a shared, unseeded source", "Take a random.Random as an argument"
            )
        elif path in {"uuid.uuid1", "uuid.uuid4"}:
            yield source.finding(RULE, node, f"{path}() gives another answer each time", _NEXT)
