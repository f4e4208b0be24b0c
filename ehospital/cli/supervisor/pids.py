"""Notes on disk about what runs, so that the next start finds what a killed one left behind."""

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

from ehospital.cli.engines.files import write_private

START_TOLERANCE_S = 2.0  # the start time is derived from the wall clock, which may be corrected meanwhile


def note(folder: Path, name: str, pid: int) -> None:
    """Remember that `name` runs as `pid`; its start time tells it from a later process with the same number."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(psutil.NoSuchProcess):  # it died at once: nothing to remember
        started = psutil.Process(pid).create_time()
        write_private(folder / f"{name}.json", json.dumps({"pid": pid, "started": started}), durable=False)


def forget(folder: Path, name: str) -> None:
    """`name` has ended."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def running(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The noted processes that are still alive, by name."""
    for path in sorted(folder.glob("*.json")):
        try:
            noted = json.loads(path.read_text())
            process = psutil.Process(int(noted["pid"]))
            same = abs(process.create_time() - float(noted["started"])) < START_TOLERANCE_S
            if same and process.status() != psutil.STATUS_ZOMBIE:
                yield path.stem, process
        except (OSError, ValueError, KeyError, psutil.Error):
            continue


def sweep(folder: Path, *, patience_s: float = 10.0) -> list[str]:
    """End every noted process and what it started; return the names of those that were still alive.

    The supervisor goes first, or it would start its children again. Engines get a signal to close their files and
    `patience_s` seconds to do so.
    """
    left = sorted(running(folder), key=lambda found: found[0] != "supervisor")
    for name, process in left:
        with contextlib.suppress(psutil.Error):
            family = [*process.children(recursive=True), process]
            if name == "supervisor":
                process.kill()
            else:
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
            _gone, alive = psutil.wait_procs([process], timeout=patience_s)
            for survivor in [*alive, *(member for member in family if name != "supervisor")]:
                with contextlib.suppress(psutil.Error):
                    survivor.kill()
            psutil.wait_procs(family, timeout=patience_s)
    for path in folder.glob("*.json"):
        path.unlink(missing_ok=True)
    return [name for name, process in left if process.pid != os.getpid()]
