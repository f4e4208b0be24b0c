"""The source tree that the rules read, and what they report about it."""

import ast
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PACKAGE = "ehospital"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks one rule, and what to do about it."""

    path: str
    line: int
    rule: str
    what: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.what}. {self.next_step}"


@dataclass(frozen=True)
class Source:
    """One Python file: where it lies below the root, and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.as_posix()

    @property
    def module(self) -> str:
        """The dotted name, `ehospital.people.models`; a package is its folder."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The package right below `ehospital` that the file belongs to; empty for the files beside them."""
        return self.path.parts[1] if len(self.path.parts) > 2 and self.path.parts[0] == PACKAGE else ""

    @property
    def room(self) -> str:
        """The file or folder inside the package: `models`, `actions`, `views`."""
        return Path(self.path.parts[2]).stem if self.package else ""

    def finding(self, rule: str, node: ast.AST, what: str, next_step: str) -> Finding:
        return Finding(self.name, getattr(node, "lineno", 1), rule, what, next_step)


class House:
    """A checkout, or a small copy of one with something planted in it."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root

    @cached_property
    def files(self) -> list[Path]:
        """Every file that is tracked or could be, relative to the root; what .gitignore names is apart."""
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=self.root, capture_output=True, check=True, text=True,
            ).stdout.split("\0")  # fmt: skip
            found: Iterable[Path] = (Path(name) for name in listed if name)
        else:
            found = (path.relative_to(self.root) for path in self.root.rglob("*") if "__pycache__" not in path.parts)
        return sorted({path for path in found if (self.root / path).is_file()})

    @cached_property
    def sources(self) -> list[Source]:
        """Every Python file that parses; ruff tells of those that do not."""
        return list(self._parsed())

    def _parsed(self) -> Iterator[Source]:
        for path in self.files:
            if path.suffix == ".py":
                text = self.text(path)
                try:
                    yield Source(path, text, ast.parse(text))
                except SyntaxError:
                    continue

    def product(self) -> Iterator[Source]:
        """The Python files of the product itself, migrations apart."""
        return (source for source in self.sources if source.path.parts[0] == PACKAGE and not is_migration(source.path))

    def text(self, path: Path | str) -> str:
        """The text of one file, empty when it does not exist; bytes that are no UTF-8 become replacement characters."""
        place = self.root / path
        return place.read_text(encoding="utf-8", errors="replace") if place.is_file() else ""

    @cached_property
    def floors(self) -> list[tuple[str, ...]]:
        """The packages floor by floor, the ground first, as the import contract in pyproject.toml has them."""
        contracts = tomllib.loads(self.text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
        (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
        return [tuple(name.strip() for name in layer.split("|")) for layer in reversed(layers)]

    def floor(self, package: str) -> int | None:
        """The floor of a package, the ground being 0; None for what is not ours."""
        return next((number for number, names in enumerate(self.floors) if package in names), None)

    def between(self, lowest: str, highest: str) -> frozenset[str]:
        """Every package from the floor of one to the floor of another, both included."""
        low, high = self.floor(lowest), self.floor(highest)
        assert low is not None and high is not None, f"{lowest} and {highest} must have a floor in pyproject.toml"
        return frozenset(name for names in self.floors[low : high + 1] for name in names)

    @cached_property
    def domains(self) -> frozenset[str]:
        """The packages that own records of the hospital."""
        return self.between("people", "billing")


@cache
def standing() -> House:
    """The house as it stands, read once."""
    return House()


def is_migration(path: Path) -> bool:
    return "migrations" in path.parts


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def docstrings(tree: ast.AST) -> set[int]:
    """The identities of the constants that stand alone as statements: words for the reader."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
