"""`ehospital demo` as a newcomer meets it: from nothing to a hospital at work, and again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ehospital.cli.engines import ports
from ehospital.cli.engines.places import place_for
from ehospital.cli.supervisor import control, pids
from tests.doors.cli.conftest import alive, until

ROLES = {
    "doctor", "nurse", "pharmacist", "receptionist", "cashier", "lab_technician", "radiographer", "administrator",
    "privacy_officer", "patient", "other_patient",
}  # fmt: skip
PATIENCE_S = 240


class Demo:
    """A running demo and what its file says."""

    def __init__(self, data: Path, *wishes: str) -> None:
        began, born = time.monotonic(), time.time()
        self.data = data
        file = data / "demo.json"
        self.log = data.parent / "console.txt"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ehospital", "demo", "--data", str(data), *wishes],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )
        until(
            lambda: (file.exists() and file.stat().st_mtime > born) or self.process.poll() is not None,
            "the demo is ready",
            within_s=PATIENCE_S,
        )
        assert self.process.poll() is None, self.log.read_text()
        self.took_s = time.monotonic() - began
        self.told: dict[str, Any] = json.loads(file.read_text())

    def standing(self) -> dict[str, dict[str, Any]]:
        told = json.loads((place_for(self.data).run / "status.json").read_text())
        return {part["name"]: part for part in told["parts"]}

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)


@pytest.fixture
def wishes() -> list[str]:
    """A small hospital on ports that nobody else wants."""
    return ["--patients", "60", "--beds", "4", "--port", str(ports.pick())]


@pytest.fixture
def demo(data: Path, wishes: list[str]) -> Iterator[Demo]:
    running = Demo(data, *wishes)
    yield running
    running.process.kill()
    running.process.wait()


def frames(demo: Demo) -> int:
    with psycopg.connect(demo.told["database_urls"]["owner"]) as connection:
        row = connection.execute("SELECT count(*) FROM monitoring_vitalframe").fetchone()
    assert row is not None
    return int(row[0])


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)


@pytest.mark.timeout(300)
def test_one_command_starts_a_hospital_at_work_and_the_second_start_is_quick_and_keeps_it(
    demo: Demo, wishes: list[str]
) -> None:
    told = demo.told
    assert demo.data.joinpath("demo.json").stat().st_mode & 0o777 == 0o600
    assert set(told["sign_ins"]) == ROLES
    assert set(told["database_urls"]) == {"owner", "web", "stream", "worker"}
    assert len(told["devices"]) >= 8 and {"id", "password", "patient", "ward"} <= set(told["devices"][0])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/devices/v1/readings", told["ingest_url"])
    assert [status(url) for url in told["health"].values()] == [200] * 4
    assert status(told["base_url"]) == 200
    for role, url in told["database_urls"].items():
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"ehospital_{role}",)
    before = frames(demo)
    until(lambda: frames(demo) > before, "the simulated devices' frames arrive in the record")

    with socket.create_connection((told["mqtt"]["host"], told["mqtt"]["port"]), timeout=5):
        pass
    numbers = [part["pid"] for part in demo.standing().values() if part["pid"]]
    assert demo.stop() == 0
    assert not any(map(alive, numbers)) and not (demo.data / "demo.json").exists()

    again = Demo(demo.data, *wishes)
    try:
        assert again.told["sign_ins"] == told["sign_ins"] and again.told["devices"] == told["devices"]
        assert frames(again) >= before
        assert again.took_s < demo.took_s  # the ten seconds are measured by `ehospital bench start`
    finally:
        assert again.stop(signal.SIGTERM) == 0


@pytest.mark.timeout(300)
def test_the_plug_of_any_part_can_be_pulled_and_the_page_stays(demo: Demo) -> None:
    for name in ("stream", "gateway", "worker", "nats", "postgres", "devices", "web"):
        restarts = demo.standing()[name]["restarts"]
        assert control.ask(place_for(demo.data).run, {"do": "kill", "name": name})["ok"]
        until(
            lambda n=name, r=restarts: (  # type: ignore[misc]
                demo.standing()[n]["restarts"] > r
                and all(part["state"] in {"ready", "done"} for part in demo.standing().values())
            ),
            f"everything is ready again after {name} died",
            within_s=120,
        )
        before = frames(demo)
        until(lambda b=before: frames(demo) > b, f"frames flow again after {name} died", within_s=60)  # type: ignore[misc]
    assert status(demo.told["base_url"]) == 200


@pytest.mark.timeout(300)
def test_a_killed_demo_leaves_nothing_and_starts_again(demo: Demo, wishes: list[str]) -> None:
    numbers = [part["pid"] for part in demo.standing().values() if part["pid"]]
    kept = frames(demo)
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    until(lambda: not any(map(alive, numbers)), "every child is gone")
    assert (demo.data / "demo.json").exists()  # it could not take its file away; the next one does

    again = Demo(demo.data, *wishes)
    try:
        assert frames(again) >= kept
        assert again.told["sign_ins"] == demo.told["sign_ins"]
    finally:
        assert again.stop() == 0
    assert list(pids.running(place_for(demo.data).notes)) == []


@pytest.mark.timeout(300)
def test_a_taken_port_is_replaced_and_fresh_begins_anew(data: Path) -> None:
    wishes = ["--patients", "60", "--beds", "4", "--no-devices"]
    with socket.create_server((ports.LOOPBACK, 0)) as other:
        taken = int(other.getsockname()[1])
        first = Demo(data, "--port", str(taken), *wishes)
        try:
            assert first.told["base_url"] != f"http://127.0.0.1:{taken}"
            assert status(first.told["base_url"]) == 200
            assert "devices" not in first.standing()
        finally:
            assert first.stop() == 0
    second = Demo(data, "--fresh", "--port", str(ports.pick()), *wishes)
    try:
        assert second.told["sign_ins"]["nurse"]["password"] != first.told["sign_ins"]["nurse"]["password"]
        assert second.told["database_urls"] != first.told["database_urls"]
    finally:
        assert second.stop() == 0
