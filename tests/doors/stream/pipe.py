"""The real stream process between a NATS and a database of one test, and what a test wants to ask of either."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
from nats.errors import Error as NatsError

from ehospital.cli.engines import ports
from ehospital.cli.engines.nats import Nats
from ehospital.wire import streams, subjects
from ehospital.wire.connection import Connection, connect
from ehospital.wire.roles import Role
from tests.engines import Clone

DEADLINE_S = 30.0
Condition = Callable[[], bool | Awaitable[bool]]


async def eventually(condition: Condition, what: str, *, seconds: float = DEADLINE_S) -> None:
    """Return as soon as `condition` holds; fail with `what` after the deadline."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                held = condition()
                if held if isinstance(held, bool) else await held:
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"after {seconds} s still not: {what}") from None


class StreamProcess:
    """One stream process, started as an operating system would."""

    def __init__(self, database_url: str, nats_url: str, log: Path, secret: str, **more: str) -> None:
        self.port = ports.pick()
        self.log = log
        self._environment = {
            **os.environ,
            "EHOSPITAL_DATABASE_URL": database_url,
            "EHOSPITAL_NATS_URL": nats_url,
            "EHOSPITAL_SECRET_KEY": secret,
            "EHOSPITAL_HEALTH_PORT": str(self.port),
            "EHOSPITAL_DATA": str(log.parent),
            **more,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "StreamProcess":
        """Start it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ehospital.stream.main"], env=self._environment, stdout=log, stderr=log
            )
        return self

    async def ready(self) -> None:
        """Return when it says that it is ready; show its words when it never does."""
        try:
            await eventually(self.is_ready, "the stream process is ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()[-4000:]}") from None

    def is_ready(self) -> bool:
        """Whether /readyz answers 200."""
        return self.page("readyz")[0] == 200

    def page(self, name: str) -> tuple[int, str]:
        """The status and text of one of its pages; 0 while nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{name}", timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def figure(self, name: str) -> float:
        """The value of one of its metrics."""
        for line in self.page("metrics")[1].splitlines():
            if line.startswith(f"{name} "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; return the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it does not stop:\n{self.log.read_text()[-3000:]}") from None


class Pipe:
    """A NATS, a database, and the stream processes between them."""

    def __init__(self, nats: Nats, database: Clone, folder: Path) -> None:
        self.nats, self.database, self.folder = nats, database, folder
        self.operator: Connection
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.processes: list[StreamProcess] = []

    async def open(self) -> None:
        """Make the streams and begin to listen to what devices and browsers are told."""
        self.operator = await connect(self.nats.url(Role.OPERATOR), "operator")
        await streams.ensure_streams(self.operator)

        async def hear(message: Any) -> None:
            self.heard.append((message.subject, json.loads(message.data)))

        for subject in ("v1.ack.*", "live.ward.*", "live.patient.*"):
            await self.operator.subscribe(subject, cb=hear)
        await self.operator.flush()

    async def close(self) -> None:
        """End what is left."""
        for process in self.processes:
            if process.process is not None and process.process.poll() is None:
                process.kill()
        await self.operator.close()

    def stream(self, **more: str) -> StreamProcess:
        """Start a stream process."""
        process = StreamProcess(
            self.database.url("ehospital_stream"),
            self.nats.url(Role.STREAM),
            self.folder / f"stream-{len(self.processes)}.log",
            self.nats.secrets["secret_key"],
            **more,
        )
        self.processes.append(process)
        return process.start()

    async def send(self, device: str, payload: bytes, *, kind: str = "frame") -> None:
        """Publish until it is durable, as a door does before it tells a device "taken"."""
        subject = subjects.gateway("test", device, kind)
        while True:
            try:
                await self.operator.jetstream().publish(subject, payload, timeout=5)
                return
            except (NatsError, TimeoutError):
                await asyncio.sleep(0.1)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with psycopg.connect(self.database.url(), autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: object) -> Any:
        """Ask the database for one value."""
        return self.rows(statement, *values)[0][0]

    def empty(self) -> None:
        """Forget what other tests of this database left."""
        with psycopg.connect(self.database.url(), autocommit=True) as connection:
            connection.execute(
                "TRUNCATE vital_frame, monitoring_replaywindow, monitoring_checkpoint, monitoring_devicestate"
            )

    def kill_and_restart_nats(self) -> None:
        """kill -9 of NATS, and its next start on the same port and files."""
        assert self.nats.child is not None
        self.nats.child.kill()
        self.nats.start()

    def frames(self) -> int:
        """How many frames are stored."""
        return int(self.one("SELECT count(*) FROM vital_frame"))

    async def stored(self, count: int, *, seconds: float = DEADLINE_S) -> None:
        """Return when so many frames are stored."""
        try:
            await eventually(lambda: self.frames() >= count, f"{count} frames are stored", seconds=seconds)
        except AssertionError as error:
            words = "\n".join(process.log.read_text()[-2000:] for process in self.processes)
            raise AssertionError(f"{error}; there are {self.frames()}\n{words}") from None

    def safe(self, device: str) -> int:
        """The highest number that the device was told is safe."""
        return max((told["s"] for subject, told in self.heard if subject == f"v1.ack.{device}"), default=-1)

    def told(self, event: str) -> list[dict[str, Any]]:
        """What browsers of wards were told."""
        return [
            told["data"] for subject, told in self.heard if subject.startswith("live.ward.") and told["event"] == event
        ]
