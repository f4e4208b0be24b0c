"""Simulated bedside monitors over real MQTT: one persistent session each, and a buffer kept until the frames are safe.

`python -m ehospital.simulation.devices` drives what DATA/devices.json names. With `--count` and `--rate` it is the load
of a bench.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
from prometheus_client import Counter, Gauge

from ehospital.simulation.clock import DemoClock
from ehospital.simulation.monitor import Figures, Monitor
from ehospital.simulation.session import Address
from ehospital.simulation.stories import BedStory, from_json
from ehospital.wire import health

log = logging.getLogger(__name__)
CONNECTED = Gauge("ehospital_devices_connected", "Simulated monitors with a session.")
UNSAFE = Gauge("ehospital_devices_unsafe_messages", "Messages whose storing is not yet acknowledged.")
SENT = Counter("ehospital_devices_sent", "Messages handed to the server.")

_CONNECTIONS_A_SECOND = 200
_GOODBYE_S = 3.0


class NothingToDrive(SystemExit):
    """The list of devices is missing or malformed; the message says what to do."""


class Fleet:
    """Every simulated monitor of this process."""

    def __init__(self, monitors: Sequence[Monitor], *, rate_hz: float) -> None:
        self.monitors = monitors
        self._period_s = 1.0 / rate_hz

    async def drive(self) -> None:
        """Connect every monitor and let it measure, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._beat(), name="beat")
            for n, monitor in enumerate(self.monitors):
                group.create_task(monitor.session.run(), name=monitor.device)
                if n % 20 == 19:
                    await asyncio.sleep(20 / _CONNECTIONS_A_SECOND)

    async def say_goodbye(self) -> None:
        """Give the last messages a moment to become safe."""
        deadline = time.monotonic() + _GOODBYE_S
        while time.monotonic() < deadline and any(m.session.ready and m.unsafe for m in self.monitors):
            await asyncio.sleep(0.02)

    async def ready(self) -> Mapping[str, str]:
        """Say which monitors are not connected, for /readyz."""
        away = [m for m in self.monitors if not m.session.ready]
        if not away:
            return {"devices": "ok"}
        example = f"{away[0].device}: {away[0].session.trouble}"
        return {"devices": f"{len(away)} of {len(self.monitors)} are not connected; {example}"}

    def figures(self) -> Figures:
        """Return what was sent and what of it is safe, over all monitors."""
        return Figures.summed(monitor.figures for monitor in self.monitors)

    async def _beat(self) -> None:
        """Let the monitors measure one after another, spread evenly over each period."""
        gap_s = self._period_s / max(1, len(self.monitors))
        due = time.time()
        sent = 0
        while True:
            for monitor in self.monitors:
                monitor.measure(due)
                due += gap_s
                if (wait_s := due - time.time()) > 0.002:
                    await asyncio.sleep(wait_s)
            # After a pause of the whole machine the monitors go on from now; they do not make up time.
            due = max(due, time.time() - self._period_s)
            await asyncio.sleep(0)
            CONNECTED.set(sum(monitor.session.ready for monitor in self.monitors))
            figures = self.figures()
            UNSAFE.set(figures.unsafe)
            SENT.inc(figures.sent - sent)
            sent = figures.sent


def run(arguments: Sequence[str] | None = None) -> int:
    """Drive the simulated monitors until SIGTERM or SIGINT (or `--seconds`), and return the exit code.

    Reads EHOSPITAL_MQTT_HOST, EHOSPITAL_MQTT_PORT, EHOSPITAL_HEALTH_PORT and DATA/devices.json.
    """
    asked = _parse(arguments)
    logging.basicConfig(
        level=os.environ.get("EHOSPITAL_LOG_LEVEL", "INFO"), format="%(levelname)s %(name)s: %(message)s"
    )
    _allow_many_files()
    try:
        return asyncio.run(_run(asked))
    except NothingToDrive as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _run(asked: argparse.Namespace) -> int:
    clock = DemoClock.start(asked.devices.parent / "story_clock.json", time.time())
    address = Address(
        os.environ.get("EHOSPITAL_MQTT_HOST", "127.0.0.1"), int(os.environ.get("EHOSPITAL_MQTT_PORT", "1883"))
    )
    boot = f"{time.time_ns() // 1_000_000:x}"
    rows = read_devices(asked.devices, asked.count)
    monitors = [
        Monitor(
            bed=_bed(row, clock.zero), device=str(row["id"]), password=str(row["password"]), boot=boot, address=address
        )
        for row in rows
    ]
    fleet = Fleet(monitors, rate_hz=asked.rate)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    server = await health.serve(fleet.ready)
    log.info("driving %d monitors at %g Hz against %s", len(monitors), asked.rate, address)
    began = time.monotonic()
    driving = asyncio.create_task(fleet.drive())
    keeping = asyncio.create_task(clock.keep())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({driving, stopping}, timeout=asked.seconds, return_when=asyncio.FIRST_COMPLETED)
    for monitor in monitors:
        monitor.on = False
    await fleet.say_goodbye()
    seconds = time.monotonic() - began
    for task in (driving, keeping, stopping):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await driving
    server.close()
    if asked.json:
        sys.stdout.write(orjson.dumps(fleet.figures().told(seconds)).decode() + "\n")
    return 0


def read_devices(file: Path, count: int | None = None) -> list[dict[str, object]]:
    """Return the rows of a devices file, the first `count` of them when given.

    Raises:
        NothingToDrive: no such file, not a list of devices, or fewer than `count`.
    """
    try:
        rows = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        raise NothingToDrive(f"{file} is not there; seed the demo hospital first (`ehospital demo`)") from None
    except orjson.JSONDecodeError as error:
        raise NothingToDrive(f"{file} is not JSON: {error}; remove it and seed the demo hospital again") from None
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and "id" in row and "password" in row for row in rows
    ):
        raise NothingToDrive(f"{file} is not a list of devices with id and password")
    if count is not None and count > len(rows):
        raise NothingToDrive(f"{file} names {len(rows)} devices, {count} were asked for; register more")
    return rows[:count]


def _address() -> Address:
    port = os.environ.get("EHOSPITAL_MQTT_PORT", "1883")
    if not port.isdigit():
        raise NothingToDrive(f"EHOSPITAL_MQTT_PORT is {port!r}, which is not a port. Example: EHOSPITAL_MQTT_PORT=1883")
    return Address(os.environ.get("EHOSPITAL_MQTT_HOST", "127.0.0.1"), int(port))


def _bed(row: Mapping[str, object], zero: float) -> BedStory:
    try:
        return from_json(row, zero=zero)
    except ValueError as error:
        raise NothingToDrive(str(error)) from None


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    data = Path(os.environ.get("EHOSPITAL_DATA", "var/demo"))
    parser = argparse.ArgumentParser(
        prog="ehospital.simulation.devices", description="Drive simulated bedside monitors."
    )
    parser.add_argument("--devices", type=Path, default=data / "devices.json", help="the list of devices")
    parser.add_argument("--count", type=int, help="only the first N devices")
    parser.add_argument("--rate", type=float, default=1.0, help="frames a second of each device")
    parser.add_argument("--seconds", type=float, help="stop after so long")
    parser.add_argument("--json", action="store_true", help="at the end, print what was sent and how fast it was safe")
    asked = parser.parse_args(arguments)
    if asked.rate <= 0 or (asked.count is not None and asked.count < 1):
        parser.error("--rate and --count must be above zero")
    return asked


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 16_384 if hard == resource.RLIM_INFINITY else min(16_384, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(run())
