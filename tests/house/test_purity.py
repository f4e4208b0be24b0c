"""What a decision could depend on besides its arguments is found."""

from pathlib import Path

import pytest

from tests.house.planting import marked, plant
from tests.house.rules import purity
from tests.house.tree import standing

IMPURE = """
import math
import os  # caught
import random
import socket  # caught
import uuid
from dataclasses import dataclass
from random import choice

import httpx  # caught
import msgspec
from django.db import models  # caught
from ehospital.kernel import units
from ehospital.people import queries  # caught
from . import early_warning
from ..wire import subjects  # caught

seen = 0


def decide(values, draw: random.Random):
    global seen  # caught
    open("x")  # caught
    print(values)  # caught
    random.random()  # caught
    choice(values)  # caught
    uuid.uuid4()  # caught
    random.Random(7).random()
    draw.random()
    return math.sqrt(values[0])
"""


@pytest.mark.parametrize("package", ["algorithms", "kernel"])
def test_what_is_not_plain_is_found(tmp_path: Path, package: str) -> None:
    house = plant(tmp_path, {f"ehospital/{package}/matching.py": IMPURE, "ehospital/people/queries.py": "import os\n"})
    assert [(finding.path, finding.line) for finding in sorted(purity.check(house))] == marked(house)


def test_the_decisions_of_the_house_are_pure() -> None:
    assert [str(finding) for finding in purity.check(standing())] == []


def test_every_exception_is_a_file_that_still_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    excused = set(purity.EXCEPTIONS)
    monkeypatch.setattr(purity, "EXCEPTIONS", {})
    assert excused <= {finding.path for finding in purity.check(standing())}
