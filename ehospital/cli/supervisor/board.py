"""What is known about every part, written where the tour page and other commands can read it."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from ehospital.cli.engines.files import write_private
from ehospital.cli.supervisor.parts import Standing

FILE = "status.json"


def as_json(standings: Mapping[str, Standing], started_at: float) -> dict[str, object]:
    """The status: who supervises since when, and one entry per part in the order of the start."""
    return {
        "supervisor": {"pid": os.getpid(), "started_at": started_at},
        "written_at": time.time(),
        "parts": [standing.as_json() for standing in standings.values()],
    }


def write(run: Path, standings: Mapping[str, Standing], started_at: float) -> None:
    """Replace `run`/status.json in one step; it lives as long as the run, so it need not reach the disk."""
    write_private(run / FILE, json.dumps(as_json(standings, started_at), indent=1), durable=False)


def remove(run: Path) -> None:
    """Nothing runs any more."""
    (run / FILE).unlink(missing_ok=True)
