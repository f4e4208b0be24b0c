"""`ehospital serve PROCESS`: one process of the hospital, told by its environment what it needs."""

import os
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital.options import Options, data_folder
from ehospital.config import environment

app = typer.Typer(add_completion=False)
LOOPBACK = "127.0.0.1"
ANSWER_S = 5


class Process(StrEnum):
    """What can be served."""

    WEB = "web"
    LIVE = "live"
    GATEWAY = "gateway"
    STREAM = "stream"
    WORKER = "worker"
    ALL = "all"


ENTRY = {
    Process.GATEWAY: "ehospital.gateway.main",
    Process.STREAM: "ehospital.stream.main",
    Process.WORKER: "ehospital.foundation.worker",
}
ASGI = {
    Process.WEB: "ehospital.config.asgi:application",
    Process.LIVE: "ehospital.live.application:LiveApplication.from_environment",
}


@app.command()
def serve(
    process: Annotated[Process, typer.Argument(help="Which process; `all` runs the hospital on this machine.")],
    host: Annotated[str, typer.Option(help="Where web and live listen.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of web and live.")] = 8000,
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Data folder, for `all`.")] = None,
) -> None:
    """Run one process until SIGTERM or Ctrl-C."""
    if process is Process.ALL:
        from ehospital.cli.hospital import running

        running.run(Options(data=data_folder(data), port=port, demo=False, devices=False))
    elif process in ASGI:
        if process is Process.WEB:
            _refuse_unguarded()
        _web(ASGI[process], host, port, made_by_call=process is Process.LIVE)
    else:
        _entry(ENTRY[process])()


def _entry(module: str) -> Callable[[], object]:
    run: Callable[[], object] = import_module(module).run
    return run


def _refuse_unguarded() -> None:
    """Return when the database guards the charts from this process, or does not answer yet: /readyz tells of that."""
    import psycopg

    from ehospital.people.row_security import standing

    url, secret = os.environ.get("EHOSPITAL_DATABASE_URL", ""), environment.secret_key()
    environment.database()
    try:
        with psycopg.connect(url, connect_timeout=ANSWER_S) as connection:
            found = standing.gap(lambda sql, values: connection.execute(sql, values).fetchone(), secret=secret)
    except psycopg.OperationalError:
        return
    if found:
        raise CommandFailed("Charts would lie open to this process", why=found.seen, next_step=found.fix)


def _web(application: str, host: str, port: int, *, made_by_call: bool) -> None:
    """uvicorn, told to leave open event streams after three seconds when it is stopped."""
    import uvicorn

    try:
        uvicorn.run(
            application,
            factory=made_by_call,
            host=host,
            port=port,
            timeout_graceful_shutdown=3,
            server_header=False,
            proxy_headers=environment.flag("EHOSPITAL_HTTPS"),
            log_level=environment.log_level().lower(),
            access_log=False,
        )
    except SystemExit as ended:  # uvicorn exits 3 when the application does not start; its words are on stderr
        if ended.code:
            raise CommandFailed(f"{application} did not start", next_step="Read the lines above") from None
