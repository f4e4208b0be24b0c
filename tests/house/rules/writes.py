"""Records are written by the actions of the domain that owns them, and nowhere else.

A view, a task, a journey or another domain calls the action: there the lock, the permission, the decision, the audit
row and the event are. Reading is free; the rule looks for the verbs of Django that write and for SQL that does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import sql
from tests.house.imported import aliases
from tests.house.origins import Reader, within
from tests.house.records import MACHINERY, Records, read
from tests.house.tree import PACKAGE, Finding, House, Source, docstrings, functions

RULE = "write"

# Verbs that nothing but Django has; they write whatever they are called on.
DJANGO_ONLY = {
    "bulk_create", "abulk_create", "bulk_update", "abulk_update", "get_or_create", "aget_or_create", "update_or_create",
    "aupdate_or_create", "create_user", "create_superuser", "_raw_delete",
}  # fmt: skip
# Verbs that other things have too; they count when called on rows, or in the very form that rows want.
ON_ROWS = {"create", "acreate", "update", "aupdate"}
OF_A_ROW = {
    "save": {"update_fields", "force_insert", "force_update", "using", "commit"},
    "asave": {"update_fields", "force_insert", "force_update", "using"},
    "delete": {"using", "keep_parents"},
    "adelete": {"using", "keep_parents"},
}
OF_A_SET = {"add", "aadd", "remove", "aremove", "clear", "aclear", "set", "aset"}
WRITING_BASES = {"CreateView", "UpdateView", "DeleteView", "ModelAdmin", "TabularInline", "StackedInline"}

# The import contracts keep Django out of these; their `.delete()` is never a row's.
WITHOUT_RECORDS = {"wire", "gateway", "live", "algorithms", "kernel"}

# What writes no records.
RULES_OF_THE_DATABASE = {
    "ehospital.people.row_security.laying": "copies the permission table and secrets for the policies",
}

_NEXT = "Call (or write) an action in {place}: there the lock, the permission, the audit row and the event are"


def check(house: House) -> Iterator[Finding]:
    """Report writes outside `<domain>/actions`, and writes inside it to the records of another domain."""
    records = read(house)
    for source in house.product():
        if source.module in RULES_OF_THE_DATABASE:
            continue
        if source.package and source.package not in {MACHINERY, *WITHOUT_RECORDS}:
            own = source.package if source.package in house.domains and source.room == "actions" else None
            yield from _python(source, records, own)
    for path in house.files:
        if path.suffix == ".sql" and path.parts[0] == PACKAGE and not {"migrations", MACHINERY} & set(path.parts):
            yield from _sql_file(house, path, records)


def _python(source: Source, records: Records, own: str | None) -> Iterator[Finding]:
    module = Reader(records, aliases(source), source.module)
    module = module.inside(source.tree)
    yield from _calls(source, source.tree, module, own)
    for function in functions(source.tree):
        yield from _calls(source, function, module.inside(function), own)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            yield from _calls(source, node, module.inside(node), own)
            for base in node.bases:
                name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                if name in WRITING_BASES and not own:
                    yield _finding(source, node, f"{node.name} is a {name}, which writes by itself", None)
    for node, tables in sql.statements(source.tree, docstrings(source.tree)):
        for table in tables:
            owner = next((package for start, package in records.labels.items() if table.startswith(start)), None)
            if not own or (owner and owner != own):
                yield _finding(source, node, f"SQL writes to {table}", owner)


def _calls(source: Source, scope: ast.AST, reader: Reader, own: str | None) -> Iterator[Finding]:
    for node in within(scope):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "id", "") == "super":
            continue
        origin = reader.origin(node.func.value)
        owner = origin.package if origin else None
        if origin and origin.plain:
            continue
        elsewhere = owner is not None and owner != own if own else True
        if elsewhere and _writes(node, node.func, reader):
            yield _finding(source, node, f"{ast.unparse(node.func)}() writes", owner)


def _writes(call: ast.Call, func: ast.Attribute, reader: Reader) -> bool:
    verb, keywords = func.attr, {keyword.arg for keyword in call.keywords}
    origin = reader.origin(func.value)
    if verb in DJANGO_ONLY:
        return True
    if verb in OF_A_ROW:
        session = isinstance(func.value, ast.Attribute) and func.value.attr == "session"
        return not call.args and keywords <= OF_A_ROW[verb] and not session
    if verb in ON_ROWS:
        rows = origin is not None and not (origin.queried and verb in {"update"} and not keywords)
        return rows and not call.args
    return verb in OF_A_SET and isinstance(func.value, ast.Attribute) and reader.records.is_set(func.value.attr)


def _sql_file(house: House, path: Path, records: Records) -> Iterator[Finding]:
    own = path.parts[1] if "actions" in path.parts else None
    for number, line in enumerate(house.text(path).splitlines(), 1):
        for table in sql.written_tables(line, any_case=True):
            owner = next((package for start, package in records.labels.items() if table.startswith(start)), None)
            if not own or (owner and owner != own):
                yield Finding(
                    path.as_posix(), number, RULE, f"SQL writes to {table}", _NEXT.format(place=_place(owner))
                )


def _finding(source: Source, node: ast.AST, what: str, owner: str | None) -> Finding:
    return source.finding(RULE, node, what, _NEXT.format(place=_place(owner)))


def _place(owner: str | None) -> str:
    return f"{PACKAGE}/{owner or '<domain>'}/actions"
