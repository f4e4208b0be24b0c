"""NATS dies and comes back, the gateway stops and starts: what was acknowledged is there, and all recovers alone."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from ehospital.wire import devices_directory
from ehospital.wire.roles import Role
from tests.doors.gateway.hospital import DEADLINE_SECONDS, Hospital, eventually
from tests.doors.gateway.monitor import Monitor
from tests.doors.gateway.test_topics import frame

RUN = "from ehospital.gateway.main import run; run()"


async def bring_back(nats: Nats) -> None:
    """Start the server again, on the same ports and files."""
    await asyncio.to_thread(nats.start)


async def test_nothing_acknowledged_is_lost_when_nats_is_killed_in_the_flow(fresh_nats: Nats) -> None:
    """Frames flow with QoS 1 over three kill -9 of the server; every one with a PUBACK is in OBS afterwards."""
    fresh_nats.stop()
    fresh_nats.throwaway = False  # with the flush to the disk that a hospital has
    await bring_back(fresh_nats)
    hospital = Hospital(fresh_nats)
    await hospital.open()
    monitor = hospital.monitor("bed-7", await hospital.device("bed-7"), clean=False)
    monitor.client.max_inflight_messages_set(50)
    assert await asyncio.to_thread(monitor.connect) == "Success"
    sent: dict[int, int] = {}
    flowing = asyncio.create_task(flow(monitor, sent, seconds=6))

    for killed in range(1, 4):
        await eventually(lambda goal=killed * 150: len(monitor.acknowledged) > goal, "frames flow")  # type: ignore[misc]
        assert fresh_nats.child is not None
        fresh_nats.child.kill()
        await bring_back(fresh_nats)
        await hospital.ready()
    await flowing
    assert await asyncio.to_thread(monitor.wait_acknowledged, set(sent), 30)

    async def caught_up() -> bool:
        return await hospital.count() == await hospital.count("$MQTT_msgs")

    await eventually(caught_up, "OBS holds all that the MQTT door took")
    stored = {json.loads(payload)["s"] for _, payload in await hospital.stored()}
    missing = {sent[number] for number in monitor.acknowledged} - stored
    assert len(sent) > 600 and missing == set()
    await hospital.close()


async def flow(monitor: Monitor, sent: dict[int, int], *, seconds: float) -> None:
    """Publish 200 frames a second for a while, and at least 700."""
    until = time.monotonic() + seconds
    seq = 0
    while time.monotonic() < until or len(monitor.acknowledged) < 700:
        sent[monitor.client.publish("v1/vit/bed-7/frame", frame(seq), qos=1).mid] = seq
        seq += 1
        await asyncio.sleep(0.005)


async def test_the_gateway_recovers_alone_when_nats_comes_back_empty(hospital: Hospital) -> None:
    """Even its files are gone: the streams are made anew, and the registry's relay fills the bucket again."""
    await hospital.device("bed-7")
    hospital.nats.stop()
    await eventually(lambda: hospital.gateway.trouble() != "", "the gateway sees that NATS is away")
    assert "does not answer" in (await hospital.gateway.ready())["nats"]
    subprocess.run(["rm", "-r", str(hospital.nats.folder / "jetstream")], check=True)
    await bring_back(hospital.nats)

    await hospital.ready()
    await eventually(lambda: hospital.gateway.directory.get("bed-7") is None, "the directory is read anew")
    monitor = hospital.monitor("bed-8", await hospital.device("bed-8"))
    assert await asyncio.to_thread(monitor.connect) == "Success"


async def test_a_revocation_during_an_outage_of_the_gateways_connection_is_not_missed(hospital: Hospital) -> None:
    secret = await hospital.device("bed-7")
    hospital.nats.stop()
    await bring_back(hospital.nats)
    await eventually(lambda: hospital.operator.is_connected, "the operator is connected again")
    await devices_directory.revoke(hospital.operator, "bed-7")
    await hospital.ready()

    def known() -> bool:
        entry = hospital.gateway.directory.get("bed-7")
        return entry is not None and entry.revoked

    await eventually(known, "the gateway knows of the revocation")
    monitor = hospital.monitor("bed-7", secret)
    assert await asyncio.to_thread(monitor.connect) == "Not authorized"


class Process:
    """The gateway as a process of its own."""

    def __init__(self, nats: Nats, log: Path) -> None:
        self.health_port, self.ingest_port = ports.pick(), ports.pick()
        environment = {
            **os.environ,
            "EHOSPITAL_NATS_URL": nats.url(Role.GATEWAY),
            "EHOSPITAL_SECRET_KEY": nats.secrets["secret_key"],
            "EHOSPITAL_HEALTH_PORT": str(self.health_port),
            "EHOSPITAL_INGEST_PORT": str(self.ingest_port),
        }
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN], env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    async def status(self, page: str) -> int:
        """Return the status of a health page, 0 when nobody answers."""
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"http://127.0.0.1:{self.health_port}{page}")).status_code
            except httpx.TransportError:
                return 0

    async def until(self, page: str, status: int) -> None:
        """Wait for a status of a health page."""

        async def there() -> bool:
            return await self.status(page) == status

        await eventually(there, f"{page} answers {status}; the log says: {self.log.read_text()}")

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=DEADLINE_SECONDS)


@pytest.fixture
def process(fresh_nats: Nats, tmp_path: Path) -> Iterator[Process]:
    process = Process(fresh_nats, tmp_path / "gateway.log")
    yield process
    process.process.kill()
    process.process.wait()


async def test_the_process_says_how_it_is_and_ends_cleanly(process: Process, fresh_nats: Nats) -> None:
    await process.until("/readyz", 200)
    assert await process.status("/healthz") == 200

    fresh_nats.stop()
    await process.until("/readyz", 503)
    assert await process.status("/healthz") == 200
    await bring_back(fresh_nats)
    await process.until("/readyz", 200)

    async with httpx.AsyncClient() as client:
        figures = (await client.get(f"http://127.0.0.1:{process.health_port}/metrics")).text
        door = await client.get(f"http://127.0.0.1:{process.ingest_port}/readyz")
    assert re.search(r"^ehospital_gateway_pipe_ready 1\.0$", figures, re.MULTILINE)
    assert door.status_code == 200
    assert process.stop() == 0
    assert "Traceback" not in process.log.read_text()


async def test_the_process_starts_and_stops_without_nats(fresh_nats: Nats, tmp_path: Path) -> None:
    fresh_nats.stop()
    process = Process(fresh_nats, tmp_path / "gateway.log")
    try:
        await process.until("/readyz", 503)
        async with httpx.AsyncClient() as client:
            answer = await client.post(
                f"http://127.0.0.1:{process.ingest_port}/devices/v1/readings", auth=("bed-7", "x"), content=frame(1)
            )
        assert answer.status_code == 503 and answer.headers["retry-after"] == "2"
        assert process.stop() == 0
        assert "Traceback" not in process.log.read_text()
    finally:
        process.process.kill()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EHOSPITAL_NATS_URL", "", "EHOSPITAL_NATS_URL is not a NATS address. Example: EHOSPITAL_NATS_URL=nats://"),
        ("EHOSPITAL_SECRET_KEY", "short", "EHOSPITAL_SECRET_KEY needs at least 32 characters. Example"),
        ("EHOSPITAL_INGEST_PORT", "many", "EHOSPITAL_INGEST_PORT is 'many', which is no port. Example"),
        ("EHOSPITAL_INGEST_PORT", "taken", r"EHOSPITAL_INGEST_PORT \d+ on 127.0.0.1 cannot be used"),
    ],
)
def test_a_bad_environment_is_refused_in_one_line(name: str, value: str, words: str) -> None:
    held = ports.reserve()
    held.listen()
    if value == "taken":
        value = str(ports.number(held))
    environment = {
        **os.environ,
        "EHOSPITAL_NATS_URL": "nats://gateway:x@127.0.0.1:1",
        "EHOSPITAL_SECRET_KEY": "k" * 40,
        name: value,
    }
    ended = subprocess.run([sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, timeout=30)
    held.close()
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1 and re.match(words, ended.stderr)
