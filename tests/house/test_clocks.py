"""A clock below a door is found under whatever name it was imported."""

from pathlib import Path

import pytest

from tests.house.planting import marked, plant
from tests.house.rules import clocks
from tests.house.tree import standing

DOMAIN = """
import datetime as dt
import time
from datetime import UTC, date, datetime
from time import monotonic

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.timezone import now as what_time_is_it


class Visit(models.Model):
    began_at = models.DateTimeField(default=timezone.now)  # caught
    typed_at = models.DateTimeField(auto_now_add=True)  # caught
    stored_at = models.DateTimeField(db_default=Now())


def visit(*, at):
    later = at + dt.timedelta(minutes=5)
    timezone.localtime(at)
    timezone.localtime()  # caught
    datetime.now(UTC)  # caught
    dt.datetime.now(dt.UTC)  # caught
    date.today()  # caught
    time.time()  # caught
    monotonic()  # caught
    what_time_is_it()  # caught
    Visit.objects.filter(began_at__lt=Now())  # caught
    datetime.fromisoformat("2026-01-01")
    return later
"""
CLOCK = "from django.utils import timezone\n\n\ndef read():\n    return timezone.now(){mark}\n"
BELOW = (
    "kernel",
    "algorithms",
    "foundation",
    "people",
    "estate",
    "clinical",
    "monitoring",
    "billing",
    "journeys",
    "reporting",
)
DOORS = ("web", "fhir", "live", "gateway", "stream", "simulation", "cli", "config", "wire")


def test_clocks_are_found_in_every_disguise(tmp_path: Path) -> None:
    house = plant(tmp_path, {"ehospital/people/actions/visiting.py": DOMAIN})
    assert [(finding.path, finding.line) for finding in sorted(clocks.check(house))] == marked(house)


@pytest.mark.parametrize("package", BELOW)
def test_below_a_door_there_is_no_clock(tmp_path: Path, package: str) -> None:
    files = {
        f"ehospital/{package}/queries.py": CLOCK.format(mark="  # caught"),
        f"ehospital/{package}/tasks.py": CLOCK.format(mark=""),
        f"ehospital/{package}/migrations/0001_initial.py": CLOCK.format(mark=""),
    }
    house = plant(tmp_path, files)
    assert [(finding.path, finding.line) for finding in clocks.check(house)] == marked(house)


@pytest.mark.parametrize("package", DOORS)
def test_a_door_reads_the_clock(tmp_path: Path, package: str) -> None:
    assert list(clocks.check(plant(tmp_path, {f"ehospital/{package}/reading.py": CLOCK.format(mark="")}))) == []


def test_the_house_reads_the_clock_at_its_doors_only() -> None:
    assert [str(finding) for finding in clocks.check(standing())] == []


def test_every_exception_is_a_file_that_still_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    excused = set(clocks.EXCEPTIONS)
    monkeypatch.setattr(clocks, "EXCEPTIONS", {})
    assert excused <= {finding.path for finding in clocks.check(standing())}
