"""The import contracts of pyproject.toml, tried on small houses: what they must refuse, they refuse by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.planting import plant
from tests.house.tree import PACKAGE, ROOT, House, standing

LINT = [str(Path(sys.executable).with_name("lint-imports")), "--config", "pyproject.toml", "--no-logo", "--no-cache"]

# What is planted (file, import), and the words in which the contract must refuse it.
REFUSED = {
    "upward": (
        "people/queries.py",
        "from ehospital.estate import models",
        "people.queries -> ehospital.estate.models (l.2)",
    ),
    "a neighbour": (
        "medication/actions.py",
        "import ehospital.monitoring.models",
        "medication is not allowed to import ehospital.monitoring",
    ),
    "below the doors": (
        "journeys/admitting.py",
        "from ehospital.web import kit",
        "journeys.admitting -> ehospital.web.kit (l.2)",
    ),
    "a door from a door": (
        "stream/storing.py",
        "from ehospital.gateway import mqtt",
        "stream.storing -> ehospital.gateway",
    ),
    "the simulation": (
        "web/staff/tour.py",
        "from ehospital import simulation",
        "web.staff.tour -> ehospital.simulation",
    ),
    "for types only": (
        "kernel/units.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ehospital import people",
        "kernel.units -> ehospital.people (l.4)",
    ),
    "a new package": ("gossip/__init__.py", "", "ehospital.gossip"),
    "another kind of screen": (
        "web/staff/board.py",
        "from ehospital.web.portal import home",
        "web.staff.board -> ehospital.web.portal",
    ),
    "a screen from the kit": (
        "web/kit/page.py",
        "from ehospital.web import staff",
        "web.kit.page -> ehospital.web.staff",
    ),
    "django in the gateway": ("gateway/mqtt.py", "from django.db import connection", "gateway.mqtt -> django (l.2)"),
    "django in live": ("live/streams.py", "import django", "live.streams -> django"),
    "django in wire": ("wire/subjects.py", "import django", "wire.subjects -> django"),
    "a database in live": ("live/streams.py", "import psycopg", "live.streams -> psycopg"),
    "django by a detour": ("gateway/http.py", "from ehospital.foundation import audit", "foundation.audit -> django"),
    "django in algorithms": ("algorithms/slotting.py", "import django.utils.timezone", "algorithms.slotting -> django"),
    "django in the kernel": ("kernel/money.py", "from django.db import models", "kernel.money -> django"),
    "the bytes of a file": (
        "clinical/queries.py",
        "from ehospital.foundation import contents",
        "clinical.queries -> ehospital.foundation.contents (l.2)",
    ),
    "a network in the kernel": ("kernel/codes.py", "import httpx", "kernel.codes -> httpx"),
}


def house_with(folder: Path, name: str, text: str) -> House:
    """Every package of the house, empty but for what the planted imports need."""
    packages = [package for floor in standing().floors for package in floor]
    files = {f"{PACKAGE}/{package}/__init__.py": "" for package in ("", *packages)}
    files |= {f"{PACKAGE}/web/{part}/__init__.py": "" for part in ("staff", "portal", "display", "kit")}
    files |= {
        f"{PACKAGE}/estate/models.py": "",
        f"{PACKAGE}/monitoring/models.py": "",
        f"{PACKAGE}/web/portal/home.py": "",
        f"{PACKAGE}/foundation/audit.py": "import django\n",
        f"{PACKAGE}/foundation/contents.py": "",
        f"{PACKAGE}/foundation/files.py": "from ehospital.foundation import contents, quarantine\n",
        f"{PACKAGE}/foundation/quarantine.py": "from ehospital.foundation import contents\n",
        f"{PACKAGE}/foundation/remote_files.py": "from ehospital.foundation import contents\n",
    }
    return plant(folder, files | {f"{PACKAGE}/{name}": f"# planted\n{text}\n"})


def lint(house: House) -> tuple[int, str]:
    """The answer of import-linter and its words, without the line breaks that it adds for the eye."""
    run = subprocess.run(LINT, cwd=house.root, capture_output=True, text=True, timeout=60)
    return run.returncode, " ".join((run.stdout + run.stderr).split())


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_floors_forbid_is_refused(tmp_path: Path, case: str) -> None:
    name, text, words = REFUSED[case]
    code, said = lint(house_with(tmp_path, name, text))
    assert code == 1
    assert words in said
    assert "1 broken" in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("web/staff/board.py", "from ehospital.web import kit\nfrom ehospital import journeys, people"),
        ("medication/actions.py", "import django\nfrom ehospital import clinical, algorithms"),
        ("gateway/mqtt.py", "from ehospital import wire, kernel"),
        ("clinical/queries.py", "from ehospital.foundation import files"),
        ("cli/demo.py", "from ehospital import simulation, config"),
    ],
)
def test_what_points_downward_is_allowed(tmp_path: Path, name: str, text: str) -> None:
    code, said = lint(house_with(tmp_path, name, text))
    assert code == 0, said


def test_the_house_keeps_its_floors() -> None:
    code, said = lint(standing())
    assert code == 0, said


def test_every_package_has_a_floor_and_every_floor_a_package() -> None:
    packages = {path.parent.name for path in (ROOT / PACKAGE).glob("*/__init__.py")}
    assert {package for floor in standing().floors for package in floor} == packages
