"""The device process against the real house: NATS, gateway, stream process and database."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from tests.doors.gateway.hospital import Hospital
from tests.doors.stream.pipe import Pipe, StreamProcess, eventually
from tests.engines import Clone
from tests.factories import monitoring as make

# Real engines and real processes: on a busy machine one start alone may take a minute.
pytestmark = pytest.mark.timeout(300)

DEVICES = 3


class DeviceProcess(StreamProcess):
    """The process that drives simulated monitors, as the supervisor starts it."""

    def __init__(self, data: Path, mqtt_port: int, *arguments: str) -> None:
        super().__init__("", "", data / "devices.log", "", EHOSPITAL_MQTT_PORT=str(mqtt_port), EHOSPITAL_DATA=str(data))
        self._arguments = arguments
        self.said = ""

    def start(self) -> "DeviceProcess":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ehospital.simulation.devices", "--json", *self._arguments],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        return self

    def finish(self) -> dict[str, Any]:
        """SIGTERM; return the figures that it printed."""
        assert self.process is not None and self.process.stdout is not None
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, self.log.read_text()[-3000:]
        figures: dict[str, Any] = json.loads(out)
        return figures


class House:
    """Gateway, stream, database, and the file of devices."""

    def __init__(self, nats: Nats, database: Clone, data: Path) -> None:
        self.nats, self.data = nats, data
        self.pipe, self.gateway = Pipe(nats, database, data), Hospital(nats)
        self.running: list[DeviceProcess] = []

    async def open(self) -> None:
        await self.pipe.open()
        await self.gateway.open()
        rows = []
        for n in range(DEVICES):
            secret = await self.gateway.device(f"m{n}")
            rows.append({"id": f"m{n}", "password": secret, "bed": f"A{n}", "ward": "w", "story": "stable", "seed": 7})
        (self.data / "devices.json").write_text(json.dumps(rows))

    async def close(self) -> None:
        for process in self.running:
            if process.process is not None and process.process.poll() is None:
                process.kill()
        await self.gateway.close()
        await self.pipe.close()

    def devices(self, *arguments: str) -> DeviceProcess:
        process = DeviceProcess(self.data, self.nats.mqtt_port, *arguments).start()
        self.running.append(process)
        return process

    def numbers(self) -> dict[tuple[str, str], list[int]]:
        """Which frames are stored, by device and boot."""
        found: dict[tuple[str, str], list[int]] = {}
        for device, boot, seq in self.pipe.rows(
            "SELECT device_id, boot, seq FROM vital_frame ORDER BY device_id, boot, seq"
        ):
            found.setdefault((device, boot), []).append(seq)
        return found


@pytest.fixture
def paired(own_database: Clone) -> None:
    """Three patients, each with a monitor: m0 to m2."""
    now = datetime.now(UTC)
    ward = make.ward(now, patients=DEVICES, beds=6)
    for number, patient_id in enumerate(ward.patient_ids):
        make.device(f"m{number}", patient_id=patient_id, since=now - timedelta(minutes=30))


@pytest.fixture
async def house(own_database: Clone, paired: None, fresh_nats: Nats, tmp_path: Path) -> AsyncIterator[House]:
    built = House(fresh_nats, own_database, tmp_path)
    await built.open()
    yield built
    await built.close()


async def assert_nothing_lost(house: House, figures: dict[str, Any]) -> None:
    """Every frame that was made is stored exactly once; the other numbers are those of status messages."""
    stored = house.numbers()
    for numbers in stored.values():
        assert len(numbers) == len(set(numbers))
    statuses = {payload for subject, payload in await house.gateway.stored() if subject.endswith(".status")}
    assert len(stored) == DEVICES and len(statuses) >= DEVICES
    assert sum(len(numbers) for numbers in stored.values()) + len(statuses) == figures["messages_made"]


async def test_every_frame_becomes_safe_and_is_stored_once(house: House) -> None:
    house.pipe.stream()
    process = house.devices("--rate", "10")
    await house.pipe.stored(150)
    assert process.page("readyz") == (200, '{"ready":true,"needs":{"devices":"ok"}}')
    assert process.figure("ehospital_devices_connected") == DEVICES
    figures = await asyncio.to_thread(process.finish)
    assert figures["messages_made"] == figures["messages_taken"] == figures["messages_safe"]
    assert figures["messages_forgotten"] == figures["messages_sent_again"] == 0
    assert figures["safe_p95_ms"] >= figures["safe_p50_ms"] > 0
    await assert_nothing_lost(house, figures)


async def test_frames_wait_in_memory_while_nobody_stores_them(house: House) -> None:
    process = house.devices("--rate", "10")
    await eventually(lambda: process.figure("ehospital_devices_unsafe_messages") > 60, "frames pile up unsafe")
    assert house.pipe.frames() == 0
    house.pipe.stream()
    await eventually(lambda: process.figure("ehospital_devices_unsafe_messages") < 30, "the pile becomes safe")
    await assert_nothing_lost(house, await asyncio.to_thread(process.finish))


async def test_a_server_that_dies_costs_nothing(house: House) -> None:
    house.pipe.stream()
    process = house.devices("--rate", "10")
    await house.pipe.stored(60)
    assert house.nats.child is not None
    await asyncio.to_thread(house.nats.child.kill)
    await eventually(lambda: process.page("readyz")[0] == 503, "the loss is told")
    assert "3 of 3 are not connected; m0: " in process.page("readyz")[1]
    made = process.figure("ehospital_devices_unsafe_messages")
    await eventually(lambda: process.figure("ehospital_devices_unsafe_messages") > made + 30, "they go on measuring")
    await asyncio.to_thread(house.nats.start)
    await eventually(process.is_ready, "they are back", seconds=60)
    unsafe = "ehospital_devices_unsafe_messages"
    await eventually(lambda: process.figure(unsafe) < 30, "what piled up becomes safe", seconds=60)
    figures = await asyncio.to_thread(process.finish)
    assert figures["messages_made"] == figures["messages_safe"]
    await assert_nothing_lost(house, figures)


async def test_a_process_that_is_killed_goes_on_in_its_story_under_a_new_boot(house: House) -> None:
    house.pipe.stream()
    first = house.devices("--rate", "5")
    await house.pipe.stored(30)
    zero = json.loads((house.data / "story_clock.json").read_text())["zero"]
    first.kill()
    second = house.devices("--rate", "5")
    await eventually(lambda: len(house.numbers()) == 2 * DEVICES, "every device has two boots")
    assert json.loads((house.data / "story_clock.json").read_text())["zero"] == zero
    assert all(numbers[0] <= 2 for numbers in house.numbers().values())
    await asyncio.to_thread(second.finish)


async def test_a_device_with_a_wrong_password_says_so_and_the_others_work(house: House) -> None:
    rows = json.loads((house.data / "devices.json").read_text())
    rows[0]["password"] = "wrong"
    (house.data / "devices.json").write_text(json.dumps(rows))
    process = house.devices("--rate", "5")
    await eventually(lambda: process.figure("ehospital_devices_connected") == DEVICES - 1, "two are connected")
    status, words = process.page("readyz")
    assert status == 503
    assert "1 of 3 are not connected; m0: " in words and "refuses: " in words
    await asyncio.to_thread(process.finish)


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (None, (), "devices.json is not there; seed the demo hospital first"),
        ("{", (), "devices.json is not JSON"),
        ("{}", (), "is not a list of devices with id and password"),
        ('[{"id": "m0", "password": "p"}]', ("--count", "5"), "names 1 devices, 5 were asked for"),
        ('[{"id": "m0", "password": "p"}]', (), "a device of devices.json lacks bed, story, seed"),
    ],
)
def test_nothing_to_drive_is_told_in_one_line(
    tmp_path: Path, content: str | None, arguments: tuple[str, ...], words: str
) -> None:
    if content is not None:
        (tmp_path / "devices.json").write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "ehospital.simulation.devices", *arguments],
        env={**os.environ, "EHOSPITAL_DATA": str(tmp_path), "EHOSPITAL_MQTT_PORT": str(ports.pick())},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert words in done.stderr and done.stderr.count("\n") == 1
