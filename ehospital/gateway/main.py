"""The gateway process: entry for devices over MQTT (as NATS's sign-in service) and HTTP. No Django, no database."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from ehospital.gateway.admission import Admission
from ehospital.gateway.auth_callout import AuthCallout
from ehospital.gateway.directory import Directory
from ehospital.gateway.eviction import Eviction
from ehospital.gateway.http import HttpDoor
from ehospital.gateway.intake import Intake
from ehospital.gateway.readiness import Pipe
from ehospital.gateway.refusals import Refusals
from ehospital.gateway.server_log import ServerLog
from ehospital.wire import health, streams
from ehospital.wire.batches import BatchPublisher
from ehospital.wire.callout_keys import callout_keys
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)

_FEWEST_CHARACTERS = 32


@dataclass(frozen=True)
class Environment:
    """What the gateway needs to know.

    Attributes:
        ingest_host, ingest_port: where HTTP readings come in; port 0 takes a free one.
        health_port: loopback; 0 takes a free one.
        server_log: the log file of nats-server, when this machine has it.
    """

    nats_url: str
    secret_key: str
    ingest_host: str = "127.0.0.1"
    ingest_port: int = 8001
    health_port: int = 0
    server_log: Path | None = None


def read_environment(values: Mapping[str, str] = os.environ) -> Environment:
    """Read and check the environment.

    Raises:
        SystemExit: a variable is missing or malformed; names it and gives an example.
    """
    url = values.get("EHOSPITAL_NATS_URL", "").strip()
    if not url.startswith(("nats://", "tls://")):
        _refuse("EHOSPITAL_NATS_URL", "is not a NATS address", "nats://gateway:secret@127.0.0.1:4222")
    key = values.get("EHOSPITAL_SECRET_KEY", "").strip()
    if len(key) < _FEWEST_CHARACTERS:
        _refuse("EHOSPITAL_SECRET_KEY", f"needs at least {_FEWEST_CHARACTERS} characters", "(64 random characters)")
    server_log = values.get("EHOSPITAL_NATS_LOG", "").strip()
    return Environment(
        nats_url=url,
        secret_key=key,
        ingest_host=values.get("EHOSPITAL_INGEST_HOST", "").strip() or "127.0.0.1",
        ingest_port=_port(values, "EHOSPITAL_INGEST_PORT", 8001),
        health_port=_port(values, "EHOSPITAL_HEALTH_PORT", 0),
        server_log=Path(server_log) if server_log else None,
    )


class _QuietServer(uvicorn.Server):
    """uvicorn without its own ideas on signals: the process decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Gateway:
    """Everything of the process, put together."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.connection = Connection(environment.nats_url, "gateway")
        self.directory = Directory(self.connection)
        self.pipe = Pipe(self.connection)
        self.refusals = Refusals(self.connection)
        admission = Admission(self.directory, environment.secret_key, self.pipe.trouble)
        self._publisher = BatchPublisher(self.connection, streams.OBSERVATIONS)
        self._callout = AuthCallout(self.connection, admission, callout_keys(environment.secret_key), self.refusals)
        self._eviction = Eviction(self.connection, self.directory, admission.still_admitted)
        intake = Intake(self.connection, self._publisher, self.refusals)
        self._door = HttpDoor(intake, admission, self.refusals, self.trouble)
        self.ingest_port = 0
        self.health_port = 0

    def trouble(self) -> str:
        """Return, in words, why no device can come in now; empty when all is well."""
        if trouble := self.pipe.trouble():
            return trouble
        return "" if self.directory.current else "the directory of devices is not current"

    async def ready(self) -> Mapping[str, str]:
        """Name each dependency and its state, for /readyz."""
        return {
            "nats": self.connection.state,
            "streams": self.pipe.trouble() or "ok",
            "devices": "ok" if self.directory.current else "the directory of devices is not current",
        }

    async def serve(self, stopping: asyncio.Event) -> None:
        """Serve until `stopping` is set; the doors close first, then what is under way is finished.

        Raises:
            SystemExit: the HTTP port is taken.
        """
        pages = await health.serve(self.ready, port=self._environment.health_port)
        self.health_port = pages.sockets[0].getsockname()[1]
        listener = _listener(self._environment.ingest_host, self._environment.ingest_port)
        self.ingest_port = listener.getsockname()[1]
        web = _QuietServer(
            uvicorn.Config(
                self._door,
                lifespan="off",
                log_config=None,
                access_log=False,
                limit_concurrency=2000,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=10,
                server_header=False,
            )
        )
        duties = [asyncio.create_task(web.serve(sockets=[listener]), name="http")]
        duties.append(asyncio.create_task(self._work(), name="work"))
        stopped = asyncio.create_task(stopping.wait())
        try:
            done, _ = await asyncio.wait([*duties, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            web.should_exit = True
            await asyncio.wait(duties[:1])
            await self._publisher.finish()
            duties[1].cancel()
            await asyncio.gather(*duties, return_exceptions=True)
            pages.close()
            await self.connection.end()
        for duty in done - {stopped}:
            duty.result()  # a duty that ended by itself ends the process; its supervisor starts it anew

    async def _work(self) -> None:
        await self.connection.open()
        log.info("the gateway listens: HTTP on port %d, sign-ins through NATS", self.ingest_port)
        async with asyncio.TaskGroup() as duties:
            duties.create_task(self.pipe.watch())
            duties.create_task(self.directory.follow())
            duties.create_task(self._eviction.run())
            duties.create_task(self.refusals.tell())
            if self._environment.server_log:
                duties.create_task(ServerLog(self._environment.server_log, self.refusals).watch())
            await self._callout.start()


def run() -> None:
    """Run the gateway until SIGTERM or SIGINT; recovers alone when NATS goes away and comes back."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(_serve(read_environment()))


async def _serve(environment: Environment) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await Gateway(environment).serve(stopping)


def _listener(host: str, port: int) -> socket.socket:
    """Bind the HTTP port; the protocol is named because asyncio sends without delay only on a socket that names it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
        return listener
    except OSError as error:
        why = f"{port} on {host} cannot be used: {error.strerror}"
        raise SystemExit(f"EHOSPITAL_INGEST_PORT {why}. Example: EHOSPITAL_INGEST_PORT=8001") from error


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) > 65535:
        _refuse(name, f"is {text!r}, which is no port", str(default or 9101))
    return int(text)


def _refuse(name: str, why: str, example: str) -> None:
    raise SystemExit(f"{name} {why}. Example: {name}={example}")
