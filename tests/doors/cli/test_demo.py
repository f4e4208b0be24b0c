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
WISHES = ("--patients", "60", "--beds", "4")


class Demo:
    """A running demo and what its file says."""

    def __init__(self, data: Path, *wishes: str) -> None:
        began, born = time.monotonic(), time.time()
        self.data = data
        file = data / "demo.json"
        self.log = data.parent / "console.txt"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ehospital", "demo", "--data", str(data), *WISHES, *wishes],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if not name.startswith(("EHOSPITAL_", "DJANGO_"))},
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

    def numbers(self) -> list[int]:
        return [part["pid"] for part in self.standing().values() if part["pid"]]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server((ports.LOOPBACK, 0)) as other:
        yield int(other.getsockname()[1])


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory, taken: int) -> Iterator[list[Demo]]:
    """The demos of this module, all on one data folder: the first one started on nothing, the last one runs."""
    data = tmp_path_factory.mktemp("demo") / "data"
    demos = [Demo(data, "--port", str(taken))]
    yield demos
    demos[-1].process.kill()
    demos[-1].process.wait()
    place = place_for(data)
    pids.sweep(place.notes)
    place.remove()


@pytest.fixture
def demo(cold: list[Demo]) -> Demo:
    """The running demo; started again when the test before has ended it."""
    if cold[-1].process.poll() is not None:
        cold.append(Demo(cold[0].data))
    return cold[-1]


def frames(demo: Demo) -> int:
    with psycopg.connect(demo.told["database_urls"]["owner"]) as connection:
        row = connection.execute("SELECT count(*) FROM vital_frame").fetchone()
    assert row is not None
    return int(row[0])


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


@pytest.mark.timeout(400)
def test_one_command_starts_a_hospital_at_work(demo: Demo, taken: int) -> None:
    told = demo.told
    assert demo.data.joinpath("demo.json").stat().st_mode & 0o777 == 0o600
    assert told["base_url"] != f"http://127.0.0.1:{taken}"
    assert set(told["sign_ins"]) == ROLES
    assert set(told["database_urls"]) == {"owner", "web", "stream", "worker"}
    assert len(told["devices"]) >= 8 and {"id", "password", "patient", "ward"} <= set(told["devices"][0])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/devices/v1/readings", told["ingest_url"])
    assert set(told["fhir"]) == {"base_url", "token_url", "client_id", "client_secret"}
    assert told["fhir"]["base_url"] == f"{told['base_url']}/fhir"
    assert status(f"{told['fhir']['base_url']}/metadata") == 200
    assert [status(url) for url in told["health"].values()] == [200] * 4
    assert status(told["base_url"]) == 200
    for role, url in told["database_urls"].items():
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"ehospital_{role}",)
    with socket.create_connection((told["mqtt"]["host"], told["mqtt"]["port"]), timeout=5):
        pass
    before = frames(demo)
    until(lambda: frames(demo) > before, "the simulated devices' frames arrive in the record")


@pytest.mark.timeout(900)
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


@pytest.mark.timeout(400)
def test_a_killed_demo_leaves_nothing_and_starts_again_with_all_it_had(cold: list[Demo], demo: Demo) -> None:
    numbers, kept = demo.numbers(), frames(demo)
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    until(lambda: not any(map(alive, numbers)), "every child is gone")
    assert (demo.data / "demo.json").exists()  # it could not take its file away; the next one does

    cold.append(Demo(demo.data))
    again = cold[-1]
    assert frames(again) >= kept
    assert again.told["sign_ins"] == demo.told["sign_ins"] and again.told["devices"] == demo.told["devices"]
    assert again.took_s < cold[0].took_s  # the ten seconds are measured by `ehospital bench start`


@pytest.mark.timeout(400)
def test_ctrl_c_leaves_nothing_running(demo: Demo) -> None:
    numbers = demo.numbers()
    assert len(numbers) == 7
    assert demo.stop() == 0
    assert not any(map(alive, numbers))
    assert list(pids.running(place_for(demo.data).notes)) == []
    assert not (demo.data / "demo.json").exists()


@pytest.mark.timeout(400)
def test_fresh_begins_anew(cold: list[Demo], demo: Demo) -> None:
    assert demo.stop(signal.SIGTERM) == 0
    cold.append(Demo(demo.data, "--fresh", "--no-devices"))
    anew = cold[-1]
    assert "devices" not in anew.standing()
    assert anew.told["sign_ins"]["nurse"]["password"] != demo.told["sign_ins"]["nurse"]["password"]
    assert anew.told["database_urls"] != demo.told["database_urls"]
