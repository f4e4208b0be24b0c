"""The worker process: jobs, the outbox's relay, and the seals over the audit trail."""

import asyncio
import logging
import os
import signal
from collections.abc import Mapping

log = logging.getLogger(__name__)


def run() -> None:
    """Work until told to stop; recovers alone from every outage of database or broker."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ehospital.config.settings")
    import django

    django.setup()
    asyncio.run(_work())


async def _work() -> None:
    from django.conf import settings

    from ehospital.foundation import relay
    from ehospital.wire import connection, health

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    # The health pages answer while NATS is still away; the outbox keeps what must be told until then.
    broker = connection.Connection(settings.NATS_URL, "worker")
    opening = asyncio.create_task(broker.open())

    async def ready() -> Mapping[str, str]:
        return {
            "database": await asyncio.to_thread(database_state),
            "broker": broker.state,
        }

    server = await health.serve(ready)
    duties: list[asyncio.Task[object]] = [
        asyncio.create_task(relay.run(_conninfo(), broker), name="relay"),
        asyncio.create_task(_jobs(), name="jobs"),
    ]
    stopped: asyncio.Task[object] = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([*duties, stopped], return_when=asyncio.FIRST_COMPLETED)
    for duty in duties:
        duty.cancel()
    await asyncio.gather(*duties, return_exceptions=True)
    server.close()
    opening.cancel()
    await broker.end()
    for duty in done - {stopped}:
        duty.result()  # a duty that ended by itself ends the process; its supervisor starts it anew


async def _jobs() -> None:
    from procrastinate.contrib.django import app as jobs

    connector = jobs.connector.get_worker_connector()  # type: ignore[attr-defined]
    while True:
        try:
            with jobs.replace_connector(connector) as worker:
                async with worker.open_async():
                    await worker.run_worker_async(
                        concurrency=4,
                        install_signal_handlers=False,
                        delete_jobs="successful",
                        fetch_job_polling_interval=2,
                    )
        except Exception as error:
            # Whatever the database's outage looks like from inside the library, the worker outlives it.
            log.warning("jobs: stopped (%s: %s); starting again", type(error).__name__, error)
            await asyncio.sleep(2)


def database_state() -> str:
    """Return "ok" when the database answers, else what it said."""
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return str(error).strip().splitlines()[0]
    finally:
        connection.close()
    return "ok"


def _conninfo() -> str:
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    parts = connection.get_connection_params()
    keep = ("host", "port", "user", "password", "dbname")
    return make_conninfo(**{name: str(parts[name]) for name in keep if parts.get(name)}, application_name="outbox")
