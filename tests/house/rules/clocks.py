"""No clock below a door: whoever calls says when, as `at`, and a test can say any time."""

import ast
from collections.abc import Iterator

from tests.house.imported import aliases, dotted
from tests.house.tree import Finding, House, Source

RULE = "clock"
CLOCKS = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "django.utils.timezone.now", "django.utils.timezone.localtime", "django.utils.timezone.localdate",
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
    "time.localtime", "time.gmtime", "time.sleep",
}  # fmt: skip
DATABASE_CLOCK = "django.db.models.functions.Now"

# Rooms that are doors themselves: time wakes a task, a person opens the administration.
DOORS = {"tasks", "admin", "management", "worker", "apps"}

EXCEPTIONS = {
    "ehospital/kernel/identifiers.py": "an identifier is made when it is asked for; no rule reads a time out of it",
    "ehospital/foundation/relay.py": "the worker's loop: the age of the oldest event that waits is a metric of its own",
    "ehospital/people/signing_in.py": "allauth's adapter is the door of sign-in: allauth calls it and passes no time",
}

_NEXT = "Take `at` (or a clock) as an argument and let the door read the clock"


def check(house: House) -> Iterator[Finding]:
    """Report clocks read in the kernel, the algorithms, the foundation, the domains, the journeys and the reports."""
    below = house.between("algorithms", "reporting") | house.between("kernel", "kernel") - {"wire"}
    for source in house.product():
        if (
            source.package in below
            and source.package != "wire"
            and source.room not in DOORS
            and source.name not in EXCEPTIONS
        ):
            yield from _clocks(source)


def _clocks(source: Source) -> Iterator[Finding]:
    names = aliases(source)
    stamps = {
        id(part)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg == "db_default"
        for part in ast.walk(node)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield source.finding(RULE, node.value, f"{node.arg} reads the clock behind the caller's back", _NEXT)
        path = dotted(node, names) if isinstance(node, ast.Attribute | ast.Name) else None
        if path in CLOCKS and not _given(node, path, source.tree):
            yield source.finding(RULE, node, f"{path} is a clock", _NEXT)
        elif path == DATABASE_CLOCK and id(node) not in stamps:
            # As a db_default it stamps when the database wrote the row, which decides nothing.
            yield source.finding(RULE, node, "Now() is the database's clock", _NEXT)


def _given(node: ast.AST, path: str, tree: ast.Module) -> bool:
    """`localtime(value)` converts a time that was passed; only without one does it read a clock."""
    if path.rsplit(".", 1)[1] not in {"localtime", "localdate", "gmtime"}:
        return False
    return any(isinstance(call, ast.Call) and call.func is node and bool(call.args) for call in ast.walk(tree))
