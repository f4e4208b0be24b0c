"""A file over 500 lines, a function over 60 or a view over 25 hides a noun that nobody has named yet."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import Finding, House, Source, functions, is_migration

RULE = "size"
FILE, FUNCTION, VIEW = 500, 60, 25
KINDS = {".py", ".js", ".css", ".sh"}


def check(house: House) -> Iterator[Finding]:
    """Report files and functions that are too long; templates, migrations, data and vendored files are apart."""
    for path in house.files:
        if path.suffix in KINDS and not is_migration(path) and "vendor" not in path.parts:
            lines = house.text(path).count("\n")
            if lines > FILE:
                yield Finding(path.as_posix(), 1, RULE, f"{lines} lines; {FILE} is the most", _split(path))
    for source in house.sources:
        if not is_migration(source.path):
            yield from _functions(source)


def _split(path: Path) -> str:
    return f"Find the noun that is missing and make {path.stem} a folder of the same name"


def _functions(source: Source) -> Iterator[Finding]:
    for function in functions(source.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        most, kind = (VIEW, "view") if is_view(source, function) else (FUNCTION, "function")
        if lines > most:
            step = (
                "Load, ask permission, make one call, answer" if kind == "view" else "Give its parts names of their own"
            )
            yield source.finding(RULE, function, f"{kind} {function.name} has {lines} lines; {most} is the most", step)


def is_view(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether the function is a view: it stands in views.py or views/, or is decorated with @page(…)."""
    if source.package and ("views" in source.path.parts or source.path.name == "views.py"):
        return True
    return any("page" in {getattr(part, "id", ""), getattr(part, "attr", "")} for part in _decorators(function))


def _decorators(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    return [mark.func if isinstance(mark, ast.Call) else mark for mark in function.decorator_list]
