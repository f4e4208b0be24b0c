"""Locks that are out of step with pyproject.toml are found without asking any registry."""

from pathlib import Path

from tests.house.planting import plant
from tests.house.rules import locks
from tests.house.tree import standing

PROJECT = """
[project]
dependencies = [
    "django[argon2]~=5.2.0",
    "Whitenoise>=6",
    "orjson>=3",
]
[dependency-groups]
dev = ["pytest>=8"]
"""
PRODUCT = """django==5.2.19 ; python_version >= '3.11' \\
    --hash=sha256:00
    # via
    #   ehospital (pyproject.toml)
sqlparse==0.5 \\
    --hash=sha256:00
    # via django
whitenoise==6.12.0 \\
    --hash=sha256:00
    # via ehospital (pyproject.toml)
orjson==3.11 \\
    --hash=sha256:00
    # via ehospital (pyproject.toml)
"""
TESTING = "pytest==9.0 \\\n    --hash=sha256:00\n    # via ehospital (pyproject.toml:dev)\n"


def ask(
    folder: Path, *, project: str = PROJECT, product: str = PRODUCT, development: str = PRODUCT + TESTING
) -> list[str]:
    house = plant(folder, {"requirements/product.txt": product, "requirements/dev.txt": development})
    (folder / "pyproject.toml").write_text(project)
    return [f"{finding.path}:{finding.line}: {finding.what}" for finding in sorted(locks.check(house))]


def test_locks_in_step_are_left_alone(tmp_path: Path) -> None:
    assert ask(tmp_path) == []


def test_a_dependency_that_nobody_locked_is_found(tmp_path: Path) -> None:
    assert ask(tmp_path, project=PROJECT.replace('"orjson>=3",', '"orjson>=3",\n    "msgspec",')) == [
        "pyproject.toml:7: msgspec is not in requirements/dev.txt",
        "pyproject.toml:7: msgspec is not in requirements/product.txt",
    ]


def test_a_version_out_of_range_is_found(tmp_path: Path) -> None:
    assert ask(tmp_path, project=PROJECT.replace("~=5.2.0", "~=6.0")) == [
        "pyproject.toml:4: requirements/dev.txt has django 5.2.19, outside ~=6.0",
        "pyproject.toml:4: requirements/product.txt has django 5.2.19, outside ~=6.0",
    ]


def test_a_leftover_is_found(tmp_path: Path) -> None:
    assert ask(tmp_path, project=PROJECT.replace('"orjson>=3",', "")) == [
        "requirements/dev.txt:11: orjson is locked, but pyproject.toml no longer asks for it",
        "requirements/product.txt:11: orjson is locked, but pyproject.toml no longer asks for it",
    ]


def test_a_pin_without_a_hash_is_found(tmp_path: Path) -> None:
    bare = PRODUCT.replace("sqlparse==0.5 \\\n    --hash=sha256:00\n", "sqlparse==0.5\n")
    assert ask(tmp_path, product=bare) == ["requirements/product.txt:5: sqlparse has no hash"]


def test_a_version_that_is_shipped_but_not_tested_is_found(tmp_path: Path) -> None:
    assert ask(tmp_path, development=PRODUCT.replace("sqlparse==0.5 ", "sqlparse==0.6 ") + TESTING) == [
        "requirements/product.txt:5: sqlparse 0.5 is shipped, but 0.6 is tested"
    ]


def test_the_locks_of_the_house_are_in_step() -> None:
    assert [str(finding) for finding in locks.check(standing())] == []
