"""Which models there are and by what names their rows are reached, read from the source alone."""

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property

from tests.house.tree import PACKAGE, House, Source

# The foundation is the machinery that every domain stands on; its models are abstract, or its own business.
MACHINERY = "foundation"
MANAGERS = {"objects", "_default_manager", "_base_manager"}


@dataclass(frozen=True)
class Records:
    """The models of the house, as far as their source tells."""

    models: dict[str, str] = field(default_factory=dict)
    """Dotted path and re-export (`ehospital.people.models.names.Name`, `ehospital.people.models.Name`) → package."""
    related: set[str] = field(default_factory=set)
    """Attributes of a row that are a set of other rows."""
    managers: set[str] = field(default_factory=lambda: set(MANAGERS))

    def owner(self, path: str | None) -> str | None:
        """The package of the model behind a dotted path, or None."""
        return self.models.get(path) if path else None

    def is_set(self, attribute: str) -> bool:
        return attribute in self.related or attribute.endswith("_set")

    @cached_property
    def labels(self) -> dict[str, str]:
        """The beginnings of table names: `people_` → people."""
        return {f"{package}_": package for package in self.models.values()}


def read(house: House) -> Records:
    """Collect every model, manager and related name below `models`."""
    records = Records()
    for source in house.product():
        if source.room == "models" and source.package:
            _read(source, records)
    return records


def _read(source: Source, records: Records) -> None:
    for node in source.tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        if _could_be_a_model(node):
            records.models[f"{source.module}.{node.name}"] = source.package
            records.models[f"{PACKAGE}.{source.package}.models.{node.name}"] = source.package
        for statement in node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                _attribute(statement, statement.value, records)


def _could_be_a_model(node: ast.ClassDef) -> bool:
    """A class with a base that is no manager, queryset, enumeration, exception or type of the language."""
    bases = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases]
    other = re.compile(r"(QuerySet|Manager|Choices|Enum|Protocol|Error|Exception|NamedTuple|TypedDict|Func|Field)$")
    return bool(bases) and not any(other.search(base) for base in bases)


def _attribute(statement: ast.Assign, call: ast.Call, records: Records) -> None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if called == "as_manager" or "Manager" in called or "from_queryset" in ast.dump(call.func):
        records.managers.update(names)
    if called == "ManyToManyField":
        records.related.update(names)
    for keyword in call.keywords:
        if keyword.arg == "related_name" and isinstance(keyword.value, ast.Constant) and called != "OneToOneField":
            records.related.add(str(keyword.value.value))
