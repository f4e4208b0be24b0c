"""Tenure after tenure: the process outlives every outage."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import Error
from django.db import connection as database
from psycopg.conninfo import make_conninfo

from ehospital.monitoring import actions
from ehospital.stream import figures
from ehospital.stream.echo import Echo
from ehospital.stream.ending import end, until_first_ends
from ehospital.stream.ownership import Ownership
from ehospital.stream.partition import Bell
from ehospital.stream.tenure import Tenure
from ehospital.stream.threads import DatabaseThread
from ehospital.wire import health, streams, subjects
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)

READY_LAG = timedelta(seconds=5)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_GOOD_TENURE_S = 30.0
_PARTITIONS_EVERY_S = 1800.0


async def work() -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    process = Process(Connection(settings.NATS_URL, "stream"), most=_most())
    server = await health.serve(process.ready)
    working = asyncio.create_task(process.run())
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
    failed = working.done()
    await end([working, stopped])
    server.close()
    await process.close()
    if failed:
        working.result()  # a process that ended by itself ends with its reason; its supervisor starts it anew


class Process:
    """What the process is made of."""

    def __init__(self, connection: Connection, *, most: int) -> None:
        self._connection, self._most = connection, most
        self._back = Bell()
        connection.on_return(self._back.ring)
        self._recording, self._sweeping = DatabaseThread("record"), DatabaseThread("sweep")
        self._tenure: Tenure | None = None
        self._trouble = "not reached yet"

    async def run(self) -> None:
        """Work for ever."""
        await self._connection.open()
        await streams.ensure_streams(self._connection)
        await Echo(self._connection, self._sweeping).start()
        await until_first_ends({asyncio.create_task(self._keep_partitions()), asyncio.create_task(self._tenures())})

    async def ready(self) -> Mapping[str, str]:
        """Name each dependency and its state, for /readyz."""
        lag = self._tenure.lag(datetime.now(UTC)) if self._tenure else None
        if lag is None:
            behind = "not known yet"
        else:
            behind = "ok" if lag < READY_LAG else f"the record is {lag.total_seconds():.0f} s behind the devices"
        return {"nats": self._connection.state, "database": self._trouble or "ok", "lag": behind}

    async def close(self) -> None:
        """End the threads when their work is done, and the connection."""
        await asyncio.to_thread(self._recording.close)
        await asyncio.to_thread(self._sweeping.close)
        await self._connection.close()

    async def _tenures(self) -> None:
        loop = asyncio.get_running_loop()
        pauses = _pauses()
        while True:
            began = loop.time()
            try:
                async with Ownership(_conninfo(), self._most) as ownership:
                    self._tenure = Tenure(
                        self._connection,
                        ownership,
                        name=f"{socket.gethostname()}:{os.getpid()}",
                        back=self._back,
                        recording=self._recording,
                        sweeping=self._sweeping,
                    )
                    self._trouble = ""
                    await self._tenure.run()
            except Exception as problem:
                # Whatever it was: nothing is committed by half, and the checkpoint knows where to go on.
                self._trouble = _in_words(problem)
                log.warning("beginning anew: %s", self._trouble)
            self._tenure = None
            figures.STARTS.inc()
            figures.OWNED.set(0)
            if loop.time() - began > _GOOD_TENURE_S:
                pauses = _pauses()
            await asyncio.sleep(next(pauses))

    async def _keep_partitions(self) -> None:
        while True:
            try:
                await self._sweeping.run(lambda: actions.make_partitions(at=datetime.now(UTC)))
                await asyncio.sleep(_PARTITIONS_EVERY_S)
            except Error as problem:
                log.warning("the partitions of the coming days could not be made yet: %s", _in_words(problem))
                await asyncio.sleep(_LONGEST_PAUSE_S)


def _pauses() -> Iterator[float]:
    pause = _FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(_LONGEST_PAUSE_S, pause * 2)


def _in_words(problem: Exception) -> str:
    text = str(problem).strip() or type(problem).__name__
    return text.splitlines()[0]


def _most() -> int:
    """How many partitions this process may own; several processes share them that way."""
    text = os.environ.get("EHOSPITAL_STREAM_PARTITIONS", "").strip() or str(subjects.PARTITIONS)
    if not text.isdigit() or not 1 <= int(text) <= subjects.PARTITIONS:
        raise SystemExit(
            f"EHOSPITAL_STREAM_PARTITIONS is {text!r}; it is a number from 1 to {subjects.PARTITIONS}. "
            "Example: EHOSPITAL_STREAM_PARTITIONS=4"
        )
    return int(text)


def _conninfo() -> str:
    parts = database.get_connection_params()
    keep = ("host", "port", "user", "password", "dbname", "keepalives_idle", "keepalives_interval", "keepalives_count")
    named = {name: str(parts[name]) for name in (*keep, "tcp_user_timeout") if parts.get(name)}
    return make_conninfo(**named, application_name="stream ownership")
