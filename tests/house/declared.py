"""The models of the house as Django knows them, and where in the source each of them stands."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.house.tree import PACKAGE, Finding, House


def ours(kind: type) -> bool:
    return kind.__module__.startswith(f"{PACKAGE}.")


def own_models() -> Iterator[type[models.Model]]:
    """Every model of ours that has a table, in a fixed order."""
    kinds = (kind for kind in apps.get_models() if ours(kind) and not kind._meta.proxy)
    return iter(sorted(kinds, key=lambda kind: kind._meta.label))


def package(kind: type) -> str:
    """The package of the house that a model lives in; empty for somebody else's."""
    return kind.__module__.split(".")[1] if ours(kind) else ""


def place(house: House, kind: type, attribute: str | None = None) -> tuple[str, int]:
    """The file and the line of a class, or of the line in it that assigns an attribute."""
    file = Path(inspect.getfile(kind)).resolve()
    name = file.relative_to(house.root).as_posix() if file.is_relative_to(house.root) else str(file)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == kind.__name__]
    if not found:
        return name, 1
    for statement in found[0].body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if attribute and any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            return name, statement.lineno
        if attribute and isinstance(statement, ast.ClassDef) and statement.name == attribute:
            return name, statement.lineno
    return name, found[0].lineno


def finding(house: House, rule: str, kind: type, attribute: str | None, what: str, next_step: str) -> Finding:
    """A finding that points at a model, or at one attribute of it."""
    return Finding(*place(house, kind, attribute), rule, what, next_step)
