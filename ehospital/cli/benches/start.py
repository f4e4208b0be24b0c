"""How long `ehospital demo` takes on an empty data folder, and on the same folder again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ehospital.cli.benches import Bar, Result
from ehospital.cli.engines.places import place_for
from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor import control

COLD_S, WARM_S = 120.0, 10.0
PATIENCE_S = 600.0
POLL_S = 0.05
NOT_OURS = ("EHOSPITAL_DATABASE_URL", "EHOSPITAL_DATABASE_OWNER_URL", "EHOSPITAL_NATS_URL")


def run() -> Result:
    """Start cold, stop, start warm, and kill the database under it.

    Raises:
        CommandFailed: the demo did not become ready.
    """
    data = Path(tempfile.mkdtemp(prefix="ehospital-bench-", dir="/var/tmp")) / "data"
    try:
        with running_demo(data) as cold_s:
            pass
        with running_demo(data) as warm_s:
            back_s = _database_back(data)
    finally:
        place_for(data).remove()
        shutil.rmtree(data.parent, ignore_errors=True)
    return Result(
        "start",
        figures={"cold_start_s": cold_s, "warm_start_s": warm_s, "database_back_after_kill_s": back_s},
        ratios={"cold_to_warm": cold_s / warm_s},
        bars={"cold_start_s": Bar(COLD_S, cold_s), "warm_start_s": Bar(WARM_S, warm_s)},
    )


@contextmanager
def running_demo(data: Path, *options: str) -> Iterator[float]:
    """A running demo with further options of its command; yields the seconds from that to its demo.json."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    complaints = data.parent / "complaints"
    began = time.monotonic()
    demo = subprocess.Popen(  # noqa: S603  (ourselves)
        [sys.executable, "-m", "ehospital", "demo", "--data", str(data), *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=complaints.open("w"),
    )
    try:
        while not (data / "demo.json").exists():
            if demo.poll() is not None or time.monotonic() - began > PATIENCE_S:
                demo.kill()
                said = complaints.read_text().strip().splitlines() or ["it said nothing"]
                raise CommandFailed("The demo did not start", why=said[-1])
            time.sleep(POLL_S)
        yield round(time.monotonic() - began, 2)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait()


def _database_back(data: Path) -> float:
    """Seconds from a SIGKILL to the database until every part is ready again."""
    folder = place_for(data).run
    began = time.monotonic()
    control.ask(folder, {"do": "kill", "name": "postgres"})
    while time.monotonic() - began < PATIENCE_S:
        parts = json.loads((folder / "status.json").read_text())["parts"]
        restarted = any(part["name"] == "postgres" and part["restarts"] for part in parts)
        if restarted and all(part["state"] in {"ready", "done"} for part in parts):
            return round(time.monotonic() - began, 2)
        time.sleep(POLL_S)
    raise CommandFailed("The hospital did not recover from the death of its database")
