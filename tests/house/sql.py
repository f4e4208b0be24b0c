"""Statements that write, found in the text of a query."""

import ast
import re
from collections.abc import Iterator

_TABLE = r"(?P<{0}>[\w.\"{{}}%]+)"
_WRITES = "|".join(
    [
        r"INSERT\s+INTO\s+" + _TABLE.format("inserted"),
        r"UPDATE\s+(?:ONLY\s+)?(?!SET\b)" + _TABLE.format("updated") + r"(?:\s+(?:AS\s+)?\w+)?\s+SET\b",
        r"DELETE\s+FROM\s+(?:ONLY\s+)?" + _TABLE.format("deleted"),
        r"MERGE\s+INTO\s+" + _TABLE.format("merged"),
        r"TRUNCATE\s+(?:TABLE\s+)?" + _TABLE.format("truncated"),
        r"COPY\s+" + _TABLE.format("copied") + r"\s*(?:\([^)]*\)\s*)?FROM\b",
    ]
)
_EXACT, _ANY_CASE = re.compile(rf"\b(?:{_WRITES})"), re.compile(rf"\b(?:{_WRITES})", re.IGNORECASE)
EXECUTING = {"execute", "aexecute", "executemany", "copy", "raw", "SQL", "RunSQL"}


def written_tables(text: str, *, any_case: bool = False) -> list[str]:
    """The tables that a text writes to; in prose only capitals count, in a call to the database any case."""
    matches = (_ANY_CASE if any_case else _EXACT).finditer(text)
    return [next(name for name in match.groups() if name).strip('"') for match in matches]


def statements(tree: ast.Module, apart: set[int]) -> Iterator[tuple[ast.AST, list[str]]]:
    """Every string of a module that writes, with its tables; `apart` are the strings that are words for the reader."""
    run: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and (getattr(node.func, "attr", None) or getattr(node.func, "id", None)) in EXECUTING
        ):
            run |= {id(part) for argument in node.args for part in ast.walk(argument)}
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        text = _text(node) if id(node) not in apart | inner else None
        if text and (tables := written_tables(text, any_case=id(node) in run)):
            yield node, tables


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None
