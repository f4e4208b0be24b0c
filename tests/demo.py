"""A whole demo hospital for tests: one command, free ports, a data folder of its own, and ended for sure."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg
import pytest

from ehospital.cli.engines import ports
from ehospital.cli.engines.places import place_for
from ehospital.cli.supervisor import control, pids
from ehospital.cli.supervisor.child import Child, Launch

FIGURE = "figure"
PATIENTS, BEDS = 68, 24
"""The fewest patients that the seed invents for a full monitored ward."""
READY_S, STOPPED_S, TEST_S = 400.0, 40.0, 120.0


class Hospital:
    """`ehospital demo` in a process of its own that dies with ours.

    Attributes:
        data: its data folder.
        told: demo.json, once it is ready.
        took_s: from the command to demo.json.
    """

    def __init__(self, data: Path, *wishes: str) -> None:
        self.data = data
        self.log = data.with_name(f"{data.name}.console.txt")
        self.told: dict[str, Any] = {}
        self.took_s = 0.0
        program = (sys.executable, "-m", "ehospital", "demo", "--data", str(data), "--port", str(ports.pick()), *wishes)
        # As on a person's machine: nothing of ours is set, and nobody sits at a terminal.
        ours = [name for name in os.environ if name.startswith(("EHOSPITAL_", "DJANGO_", "COLUMNS"))]
        self._child = Child(
            Launch(
                name=data.name,
                program=program,
                log=self.log,
                notes=data.with_name(f"{data.name}.notes"),
                environment=dict.fromkeys(ours),
                folder=Path.cwd(),
                death_signal=signal.SIGTERM,
            )
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start it, or start it again, and return once it is ready."""
        began, file = time.monotonic(), self.data / "demo.json"
        file.unlink(missing_ok=True)  # of a run that was killed
        self._child.start()
        until(lambda: file.exists() or not self._child.alive, "the hospital is ready", within_s=READY_S)
        assert self._child.alive, self.console()
        self.took_s = time.monotonic() - began
        self.told = json.loads(file.read_text())
        return self

    def stop(self) -> None:
        """Ask it to stop; whatever still runs after that is killed, and nothing is left under /var/tmp."""
        self._child.stop(patience_s=STOPPED_S)
        if self.data.exists():
            place = place_for(self.data)
            pids.sweep(place.notes)
            place.remove()

    def cut_the_power(self) -> list[int]:
        """SIGKILL to everything at once, the supervisor frozen first; return the numbers of whoever ran."""
        psutil.Process(self._child.pid).suspend()  # so that nothing is started again between the kills
        family = self.family()
        for process in family:
            process.kill()
        self._child.kill()
        assert pids.wait_until_gone(family, STOPPED_S), "something survives SIGKILL"
        return [process.pid for process in family]

    def family(self) -> list[psutil.Process]:
        """Its supervisor and every process below."""
        supervisor = psutil.Process(self._child.pid)
        return [*supervisor.children(recursive=True), supervisor]

    def console(self) -> str:
        """What it has said."""
        return self.log.read_text(errors="replace")

    def sign_in(self, role: str) -> tuple[str, str]:
        """User name and password of a role of demo.json."""
        one = self.told["sign_ins"][role]
        return one["username"], one["password"]

    def standing(self) -> dict[str, dict[str, Any]]:
        """What its supervisor says of each part."""
        parts = control.ask(place_for(self.data).run, {"do": "status"})["parts"]
        return {part["name"]: part for part in parts}

    def all_up(self) -> bool:
        """Whether every part is ready."""
        return all(part["state"] in {"ready", "done"} for part in self.standing().values())

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers to its owner."""
        with psycopg.connect(self.told["database_urls"]["owner"]) as connection:
            return connection.execute(statement, values).fetchall()


def until(condition: Any, what: str, *, within_s: float) -> None:
    """Wait for a condition, and fail by name when it does not come true."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"after {within_s:.0f} s still not: {what}")
        time.sleep(0.02)


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The demo hospital that the tests of one process share: 24 monitored beds with their stories.

    Who uses it carries the mark `xdist_group("hospital")`, so that a run has one however many processes it has.
    """
    folder = tmp_path_factory.mktemp("demo") / "hospital"
    with Hospital(folder, "--patients", str(PATIENTS), "--beds", str(BEDS)) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count a test's own time alone: the first one to ask for the hospital also waits for it."""
    for item in items:
        if "hospital" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TEST_S, func_only=True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured without judging it: `record_property(FIGURE, "…")`."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    figures = [value for report in reports for name, value in report.user_properties if name == FIGURE]
    if figures:
        terminalreporter.section("measured, not judged")
        for figure in dict.fromkeys(figures):
            terminalreporter.line(str(figure))
