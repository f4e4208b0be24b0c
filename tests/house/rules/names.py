"""Words that name nothing: a file, class or package that needs one has not found its noun."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import Finding, House, is_migration

RULE = "name"
BANNED = {
    "util", "utils", "helper", "helpers", "common", "core", "misc",
    "base", "manager", "managers", "handler", "handlers", "service", "services",
}  # fmt: skip

# "Service" is a word of FHIR and CDS Hooks before it is one of programmers: these nouns are theirs.
NOUNS = re.compile(r"healthcare_?service|service_?request|service_?type|cds_?services?", re.IGNORECASE)

# Files whose names belong to somebody else, by a part of their path.
FOREIGN = {
    "vendor": "shipped as its authors named it",
    "allauth": "templates that override allauth's must carry allauth's names",
}

_NEXT = "Name the thing after what it is in the hospital"


def words(name: str) -> list[str]:
    """Split `BaseManager`, `base_manager` or `base-manager` into its words, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+", NOUNS.sub("", name))]


def banned(name: str) -> str | None:
    """The first word of the name that says nothing, or None."""
    return next((word for word in words(name) if word in BANNED), None)


def check(house: House) -> Iterator[Finding]:
    """Report files, folders and classes that carry a banned word."""
    seen: set[Path] = set()
    for path in house.files:
        if FOREIGN.keys() & set(path.parts):
            continue
        for place in [path, *path.parents]:
            if place not in seen and place.name and (word := banned(place.name.split(".")[0])):
                yield Finding(place.as_posix(), 1, RULE, f"the word “{word}” in a file or folder name", _NEXT)
            seen.add(place)
    for source in house.sources:
        for node in ast.walk(source.tree) if not is_migration(source.path) else ():
            if isinstance(node, ast.ClassDef) and (word := banned(node.name)):
                yield source.finding(RULE, node, f"the word “{word}” in the class name {node.name}", _NEXT)
