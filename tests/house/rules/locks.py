"""The locks are in step with pyproject.toml: every dependency locked, in range, hashed, and nothing left over."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import Finding, House

RULE = "lock"
PRODUCT, DEVELOPMENT, INSTALLER = "requirements/product.txt", "requirements/dev.txt", "requirements/uv.txt"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")

_NEXT = "Run `make lock` and commit the three files of requirements/"


@dataclass
class Locked:
    """One package of a lock: its version, the line it stands on, and whether pyproject.toml asked for it."""

    version: str
    line: int
    hashes: int = 0
    asked_for: bool = False


@dataclass
class Lock:
    path: str
    packages: dict[str, Locked] = field(default_factory=dict)


def read(house: House, path: str) -> Lock:
    """Read a compiled requirements file: pins, hashes, and whose wish each is (“via”)."""
    lock, current = Lock(path), Locked("", 0)
    for number, line in enumerate(house.text(path).splitlines(), 1):
        if pinned := PINNED.match(line):
            current = lock.packages.setdefault(canonicalize_name(pinned[1]), Locked(pinned[2], number))
        current.hashes += line.count("--hash=")
        current.asked_for |= line.lstrip().startswith("#") and "pyproject.toml" in line
    return lock


def check(house: House) -> Iterator[Finding]:
    """Compare names, ranges and hashes offline; solving anew is `make lock`."""
    project = tomllib.loads(house.text("pyproject.toml"))
    product = [Requirement(text) for text in project["project"]["dependencies"]]
    development = [Requirement(text) for text in project.get("dependency-groups", {}).get("dev", [])]
    locks = {path: read(house, path) for path in (PRODUCT, DEVELOPMENT, INSTALLER)}
    yield from _asked(house, locks[PRODUCT], product)
    yield from _asked(house, locks[DEVELOPMENT], product + development)
    for lock in locks.values():
        for name, locked in lock.packages.items():
            if not locked.hashes:
                yield Finding(lock.path, locked.line, RULE, f"{name} has no hash", _NEXT)
    for name, locked in locks[PRODUCT].packages.items():
        tested = locks[DEVELOPMENT].packages.get(name)
        if tested is None or tested.version != locked.version:
            what = f"{name} {locked.version} is shipped, but {tested.version if tested else 'nothing'} is tested"
            yield Finding(PRODUCT, locked.line, RULE, what, _NEXT)


def _asked(house: House, lock: Lock, wanted: list[Requirement]) -> Iterator[Finding]:
    names = {canonicalize_name(one.name) for one in wanted}
    for one in wanted:
        locked = lock.packages.get(canonicalize_name(one.name))
        if locked is None:
            yield Finding("pyproject.toml", _line(house, one.name), RULE, f"{one.name} is not in {lock.path}", _NEXT)
        elif not one.specifier.contains(locked.version, prereleases=True):
            what = f"{lock.path} has {one.name} {locked.version}, outside {one.specifier}"
            yield Finding("pyproject.toml", _line(house, one.name), RULE, what, _NEXT)
    for name, locked in lock.packages.items():
        if locked.asked_for and name not in names:
            yield Finding(
                lock.path, locked.line, RULE, f"{name} is locked, but pyproject.toml no longer asks for it", _NEXT
            )


def _line(house: House, name: str) -> int:
    lines = house.text("pyproject.toml").splitlines()
    return next((number for number, line in enumerate(lines, 1) if re.match(rf'\s*"{re.escape(name)}\b', line)), 1)
