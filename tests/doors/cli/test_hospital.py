"""Power cuts and single deaths of the real engines: what was acknowledged is still there, and nobody had to help."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nats
import psycopg
import pytest

from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.places import place_for
from ehospital.cli.engines.postgres import Postgres
from ehospital.cli.hospital import engines_file
from ehospital.cli.supervisor import control, pids
from ehospital.wire.roles import Role, inbox_prefix
from tests.doors.cli.conftest import alive, until

Start = Callable[..., "subprocess.Popen[str]"]
ROWS, MESSAGES = 500, 50


@pytest.fixture
def hospital(data: Path) -> Iterator[Start]:
    """Start the engines under supervision; the first line it says begins with `ready`."""
    started: list[subprocess.Popen[str]] = []

    def start(**environment: str) -> "subprocess.Popen[str]":
        program = [sys.executable, "-m", "tests.doors.cli.engine_hospital", str(data)]
        told = {**os.environ, **environment}
        started.append(subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=told))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def first_words(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def standing(data: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((place_for(data).run / "status.json").read_text())
    return {part["name"]: part for part in told["parts"]}


def engines(data: Path) -> tuple[Postgres, Nats]:
    known = engines_file.read(place_for(data).run)
    return Postgres(data, port=known["postgres"]), Nats(data, port=known["nats"], mqtt_port=known["mqtt"])


async def publish(url: str) -> None:
    """Store messages; returns only when every one is acknowledged."""
    client = await nats.connect(url, inbox_prefix=inbox_prefix(Role.OPERATOR.value).encode())
    stream = client.jetstream()
    await stream.add_stream(name="KEPT", subjects=["kept.>"])
    for number in range(MESSAGES):
        await stream.publish("kept.one", str(number).encode())
    await client.close()


async def stored(url: str) -> int:
    client = await nats.connect(url, inbox_prefix=inbox_prefix(Role.OPERATOR.value).encode())
    found = await client.jetstream().stream_info("KEPT")
    await client.close()
    return int(found.state.messages)


def fill(data: Path) -> None:
    database, broker = engines(data)
    with psycopg.connect(database.url("ehospital_owner")) as connection:
        connection.execute(f"CREATE TABLE kept AS SELECT generate_series(1, {ROWS}) AS n")
    asyncio.run(publish(broker.url(Role.OPERATOR)))


def assert_all_there(data: Path) -> None:
    database, broker = engines(data)
    with psycopg.connect(database.url("ehospital_owner")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (ROWS,)
    assert asyncio.run(stored(broker.url(Role.OPERATOR))) == MESSAGES


@pytest.mark.parametrize("name", ["postgres", "nats", "gateway"])
def test_a_killed_part_comes_back_on_its_own_port_with_all_it_had(data: Path, hospital: Start, name: str) -> None:
    assert first_words(hospital()) == ["ready"]
    fill(data)
    before, ports_before = standing(data), engines_file.read(place_for(data).run)

    assert control.ask(place_for(data).run, {"do": "kill", "name": name})["ok"]
    until(
        lambda: (
            standing(data)[name]["restarts"] >= 1 and all(part["state"] == "ready" for part in standing(data).values())
        ),
        "everything is ready again",
    )
    after = standing(data)
    assert after[name]["pid"] != before[name]["pid"]
    for other in set(before) - {name}:
        assert after[other]["pid"] == before[other]["pid"], f"{other} was restarted too"
    assert engines_file.read(place_for(data).run) == ports_before
    assert_all_there(data)


def test_a_power_cut_is_recovered_by_the_next_start(data: Path, hospital: Start) -> None:
    process = hospital()
    assert first_words(process) == ["ready"]
    fill(data)
    numbers = [part["pid"] for part in standing(data).values()]

    process.send_signal(signal.SIGSTOP)  # so that nothing is started again between the kills
    for number in numbers:
        os.kill(number, signal.SIGKILL)
    process.kill()
    process.wait()
    until(lambda: not any(map(alive, numbers)), "everything is dead")

    assert first_words(hospital())[0] == "ready"
    assert_all_there(data)


def test_the_killed_supervisor_takes_everything_with_it_and_the_next_start_goes_on(data: Path, hospital: Start) -> None:
    process = hospital()
    assert first_words(process) == ["ready"]
    fill(data)
    numbers = [part["pid"] for part in standing(data).values()]
    process.kill()
    process.wait()
    assert first_words(hospital())[0] == "ready"  # at once: it has to cope with whoever is not gone yet
    until(lambda: not any(map(alive, numbers)), "the old ones are gone")
    assert_all_there(data)


def test_ctrl_c_leaves_nothing(data: Path, hospital: Start) -> None:
    process = hospital()
    assert first_words(process) == ["ready"]
    numbers = [part["pid"] for part in standing(data).values()]
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert not any(map(alive, numbers))
    assert list(pids.running(place_for(data).notes)) == []
    log = (data / "log" / "postgres.log").read_text()
    assert "database system is shut down" in log.splitlines()[-1]  # a clean end, no recovery next time


def test_engines_that_the_environment_names_are_used_and_not_started(data: Path, hospital: Start) -> None:
    elsewhere = data.parent / "elsewhere"
    with Postgres(elsewhere, throwaway=True) as database, Nats(elsewhere, throwaway=True) as broker:
        process = hospital(
            EHOSPITAL_DATABASE_URL=database.url("ehospital_web"),
            EHOSPITAL_NATS_URL=broker.url(Role.GATEWAY),
            EHOSPITAL_SECRET_KEY=broker.secrets["secret_key"],
        )
        assert first_words(process) == ["ready"]
        assert {name: part["state"] for name, part in standing(data).items()} == {"gateway": "ready"}
        assert {name for name, _ in pids.running(place_for(data).notes)} == {"gateway"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert database.ready() and broker.ready()  # they are not ours to stop
