"""A house that does not start is reported at the line that keeps it from starting, by every rule that must start it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.house.planting import plant_django
from tests.house.rules.__main__ import FROM_DJANGO, OFFLINE
from tests.house.tree import ROOT

BROKEN = "from django.db import models\n\nwards = undefined\n"


def test_every_rule_points_at_the_line_that_does_not_load(tmp_path: Path) -> None:
    house = plant_django(tmp_path, {"ehospital/estate/models.py": BROKEN}, apps=("estate",))
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    run = subprocess.run(
        [sys.executable, "-m", "tests.house.rules", "--json", "--root", str(house.root), *FROM_DJANGO],
        cwd=tmp_path, env={**os.environ, **OFFLINE, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode == 1
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert [rule["rule"] for rule in told] == list(FROM_DJANGO)
    for rule in told:
        (finding,) = rule["findings"]
        assert (finding["path"], finding["line"]) == ("ehospital/estate/models.py", 3)
        assert finding["what"] == f"{rule['rule']} could not be asked: NameError: name 'undefined' is not defined"
