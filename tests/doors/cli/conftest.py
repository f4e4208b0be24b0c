"""Small real programs to supervise, and ways to wait for what they do."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ehospital.cli.engines.places import place_for
from ehospital.cli.supervisor import pids

DEADLINE_S = 20.0


def until(condition: Callable[[], object], what: str, *, within_s: float = DEADLINE_S) -> None:
    """Wait for a condition, and fail by name when it does not come true."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"after {within_s:.0f} s still not: {what}")
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        return pids.alive(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a person's machine: no variable of ours is set."""
    for name in [name for name in os.environ if name.startswith(("EHOSPITAL_", "DJANGO_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def data(tmp_path: Path, clean_environment: None) -> Iterator[Path]:
    """A data folder; whatever still runs on it afterwards is ended, and its place under /var/tmp removed."""
    folder = tmp_path / "data"
    yield folder
    if folder.exists():
        place = place_for(folder)
        pids.sweep(place.notes)
        place.remove()
        shutil.rmtree(place.engines.with_name(f"{place.engines.name}-abandoned"), ignore_errors=True)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `tests.doors.cli.small_hospital` in a process of its own, and end it with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.doors.cli.small_hospital", str(folder), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
