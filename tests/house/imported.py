"""What a name in a module stands for: `models.Bed` is `ehospital.estate.models.Bed` when the imports say so."""

import ast

from tests.house.tree import Source


def aliases(source: Source) -> dict[str, str]:
    """The dotted path behind every name that the module imports, wherever in the file it does so."""
    found: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                found[name.asname or name.name.split(".")[0]] = name.name if name.asname else name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            start = _start(source, node)
            found.update({name.asname or name.name: f"{start}.{name.name}" for name in node.names})
    return found


def _start(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = source.path.with_suffix("").parts[: -node.level]
    return ".".join([*parts, *([node.module] if node.module else [])])


def dotted(node: ast.AST, names: dict[str, str]) -> str | None:
    """The dotted path of `a.b.c`, its first name replaced by what was imported under it; None for anything else."""
    trail: list[str] = []
    while isinstance(node, ast.Attribute):
        trail.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([names.get(node.id, node.id), *reversed(trail)])


def modules(source: Source) -> list[tuple[ast.stmt, str]]:
    """Every import statement with the module that it names (`from a import b` names `a.b`)."""
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [(node, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node, f"{_start(source, node)}.{name.name}") for name in node.names]
    return found
