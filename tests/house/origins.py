"""Where a value comes from: a small reading of a function that follows models, rows and querysets through names."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.house.imported import dotted
from tests.house.records import MACHINERY, Records
from tests.house.tree import PACKAGE

QUERYSET_VERBS = {
    "all", "alias", "annotate", "defer", "distinct", "exclude", "filter", "for_update", "none", "only", "order_by",
    "prefetch_related", "reverse", "select_for_update", "select_related", "using", "get_queryset", "union", "in_bulk",
}  # fmt: skip
ONE_ROW = {"get", "aget", "first", "afirst", "last", "alast", "earliest", "latest", "create", "acreate", "iterator"}
FINDERS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}
READING_ROOMS = {"queries", "locks"}


@dataclass(frozen=True)
class Origin:
    """What a value is: rows of a package's models, or something of Python's own (`plain`)."""

    package: str | None = None
    plain: bool = False
    queried: bool = False
    """It came out of a query function, which may as well return a dictionary."""


PLAIN = Origin(plain=True)
Known = dict[str, Origin]


@dataclass
class Reader:
    """Reads one module: the imports, the models of the house, and the names of the scope it is in."""

    records: Records
    names: dict[str, str]
    module: str
    known: Known = field(default_factory=dict)

    def owner(self, node: ast.AST) -> str | None:
        """The package whose model an expression names, when it names one."""
        path = dotted(node, self.names)
        return self.records.owner(path) or self.records.owner(f"{self.module}.{path}")

    def origin(self, node: ast.AST) -> Origin | None:
        """What an expression is, as far as can be told without running it."""
        if isinstance(
            node,
            ast.Dict | ast.Set | ast.List | ast.DictComp | ast.SetComp | ast.ListComp | ast.Constant | ast.JoinedStr,
        ):
            return PLAIN
        if isinstance(node, ast.Await | ast.Subscript | ast.Starred):
            return self.origin(node.value)
        if isinstance(node, ast.IfExp):
            return self.origin(node.body) or self.origin(node.orelse)
        if isinstance(node, ast.BoolOp):
            return next(filter(None, map(self.origin, node.values)), None)
        if isinstance(node, ast.NamedExpr):
            return self.origin(node.value)
        if isinstance(node, ast.Name) and node.id in self.known:
            return self.known[node.id]
        if owner := self.owner(node):
            return Origin(owner)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        return self._call(node) if isinstance(node, ast.Call) else None

    def _attribute(self, node: ast.Attribute) -> Origin | None:
        if node.attr in self.records.managers:
            return self.origin(node.value) or Origin()
        return Origin() if self.records.is_set(node.attr) else None

    def _call(self, node: ast.Call) -> Origin | None:
        path = dotted(node.func, self.names) or ""
        if path in {"dict", "set", "list", "collections.Counter", "collections.defaultdict"}:
            return PLAIN
        if path.rsplit(".", 1)[-1] in FINDERS and node.args:
            return self.origin(node.args[0]) or Origin()
        parts = path.split(".")
        if parts[0] == PACKAGE and READING_ROOMS & set(parts[2:-1]):
            own = parts[1] if parts[1] != MACHINERY else None
            given = self.origin(node.args[0]) if node.args and not own else None
            return given or Origin(own, queried=True)
        if isinstance(node.func, ast.Attribute):
            verb, before = node.func.attr, self.origin(node.func.value)
            if before and not before.plain and verb in QUERYSET_VERBS | ONE_ROW:
                return before
            if verb in {"select_for_update", "select_related", "prefetch_related"}:
                return before or Origin()
            return None
        return Origin(owner) if (owner := self.owner(node.func)) else None

    def inside(self, scope: ast.AST) -> "Reader":
        """A reader that also knows the names which a function (or comprehension) binds."""
        inner = Reader(self.records, self.names, self.module, dict(self.known))
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument in [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]:
                inner.bind(argument.arg, inner._annotated(argument.annotation))
        for node in within(scope):
            inner._learn(node)
        return inner

    def bind(self, name: str, origin: Origin | None) -> None:
        """Remember what a name stands for; a name that nothing is known of forgets what it stood for outside."""
        if origin:
            self.known[name] = origin
        else:
            self.known.pop(name, None)

    def _annotated(self, annotation: ast.AST | None) -> Origin | None:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except SyntaxError:
                return None
        for node in ast.walk(annotation) if annotation else ():
            if owner := self.owner(node):
                return Origin(owner)
            if isinstance(node, ast.Name) and node.id in {"dict", "Mapping", "set", "Counter"}:
                return PLAIN
        return None

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.bind(target.id, self.origin(node.value))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self.bind(
                node.target.id, self._annotated(node.annotation) or (self.origin(node.value) if node.value else None)
            )
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.target, ast.Name):
            origin = self.origin(node.iter)
            self.bind(node.target.id, None if origin and origin.plain else origin)
        elif isinstance(node, ast.NamedExpr):
            self.bind(node.target.id, self.origin(node.value))


def within(scope: ast.AST) -> Iterator[ast.AST]:
    """Every node of a scope in the order of the text, without the functions and classes inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from within(child)
