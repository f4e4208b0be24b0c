"""Notes on disk about what runs, so that the next start finds what a killed one left behind."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from ehospital.cli.engines.files import write_private

START_TOLERANCE_S = 2.0  # the start time is derived from the wall clock, which may be corrected meanwhile
POLL_S = 0.02


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
            if abs(process.create_time() - float(noted["started"])) < START_TOLERANCE_S and alive(process):
                yield path.stem, process
        except (OSError, ValueError, KeyError, psutil.Error):
            continue


def alive(process: psutil.Process) -> bool:
    """Whether it can still do something; a zombie that nobody buries cannot."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def wait_until_gone(processes: Iterable[psutil.Process], timeout_s: float) -> bool:
    """Wait for the end of processes that need not be our children; return whether all have ended."""
    waited = list(processes)
    deadline = time.monotonic() + timeout_s
    while any(alive(process) for process in waited):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def sweep(folder: Path, *, patience_s: float = 10.0) -> list[str]:
    """End every noted process and what it started; return the names of those that were still alive.

    The supervisor goes first, or it would start its children again. The others get a signal to close their files and
    `patience_s` seconds to do so.
    """
    left = [found for found in running(folder) if found[1].pid != os.getpid()]
    for name, process in sorted(left, key=lambda found: found[0] != "supervisor"):
        with contextlib.suppress(psutil.Error):
            family = [process] if name == "supervisor" else [*process.children(recursive=True), process]
            if name != "supervisor":
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
                wait_until_gone([process], patience_s)
            for survivor in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    survivor.kill()
            wait_until_gone(family, patience_s)
    for path in folder.glob("*.json"):
        path.unlink(missing_ok=True)
    return sorted(name for name, _ in left)
