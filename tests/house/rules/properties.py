"""Properties never query or save: what looks like reading a field must cost what reading a field costs."""

import ast
from collections.abc import Iterator

from tests.house.imported import aliases, dotted
from tests.house.records import Records, read
from tests.house.tree import PACKAGE, Finding, House, Source

RULE = "property"
PROPERTIES = {"property", "functools.cached_property", "django.utils.functional.cached_property"}
ASKING = {
    "all", "aggregate", "annotate", "count", "exclude", "exists", "filter", "first", "get", "in_bulk", "iterator",
    "last", "latest", "earliest", "order_by", "prefetch_related", "select_related", "values", "values_list",
}  # fmt: skip
ALWAYS = {
    "refresh_from_db",
    "arefresh_from_db",
    "save",
    "asave",
    "delete",
    "adelete",
    "bulk_create",
    "update_or_create",
    "get_or_create",
}
ON_PLAIN_VALUES_TOO = {"count", "get", "values", "filter"}

_NEXT = "Make it a query in queries.py, or annotate the row where it is read"


def check(house: House) -> Iterator[Finding]:
    """Report properties whose body asks the database; a heuristic that knows querysets by their verbs."""
    records = read(house)
    for source in house.product():
        names = aliases(source)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef) and any(
                dotted(mark, names) in PROPERTIES for mark in node.decorator_list
            ):
                yield from _questions(source, node, names, records)


def _questions(source: Source, function: ast.FunctionDef, names: dict[str, str], records: Records) -> Iterator[Finding]:
    for node in ast.walk(function):
        if why := _why(node, names, records if source.room == "models" else None):
            yield source.finding(RULE, node, f"the property {function.name} {why}", _NEXT)


def _why(node: ast.AST, names: dict[str, str], records: Records | None) -> str | None:
    if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
        return "asks the database"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    path, verb = dotted(node.func, names) or "", node.func.attr
    if path.startswith(f"{PACKAGE}.") and {"queries", "actions", "locks"} & set(path.split(".")[2:-1]):
        return f"calls {path}()"
    if path == "django.db.connection.cursor" or verb in ALWAYS:
        return f"calls {verb}()"
    if records and verb in ASKING and (verb not in ON_PLAIN_VALUES_TOO or _of_rows(node.func.value, records)):
        return f"calls .{verb}() on a set of rows"
    return None


def _of_rows(node: ast.AST, records: Records) -> bool:
    """`self.names.get(…)` asks when some key is related by that name; `SCALE.get(…)` asks a dictionary."""
    return isinstance(node, ast.Attribute) and records.is_set(node.attr)
