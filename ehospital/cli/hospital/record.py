"""The record for one command: the database that the environment names, or the embedded engines of a data folder.

Engines that run are joined; engines that do not are started, and stopped again when the command and all that joined it
have ended.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from ehospital.cli.engines.places import Place, place_for
from ehospital.cli.failure import CommandFailed
from ehospital.cli.hospital import engines_file
from ehospital.cli.hospital.options import Options, data_folder
from ehospital.cli.hospital.plan import tables
from ehospital.cli.hospital.surroundings import Surroundings
from ehospital.cli.supervisor import lock, pids
from ehospital.cli.supervisor.child import Child

WEB_ROLE = "ehospital_web"
JOIN_PATIENCE_S = 60.0
CONNECT_S = 5
POLL_S = 0.1


@contextlib.contextmanager
def record(
    *,
    role: str = "web",
    broker: str = "operator",
    data: Path | None = None,
    migrated: bool = True,
    with_charts: bool = False,
) -> Iterator[None]:
    """Set the environment for Django and the broker, and set Django up.

    Args:
        role: the database role: owner, web, stream or worker.
        broker: the role on the wire.
        migrated: bring the tables of an embedded database up to date first.
        with_charts: the work reads or writes charts, which the database keeps from the web role outside of requests.

    Raises:
        CommandFailed: the engines cannot be started or joined, or a variable is missing.
    """
    if os.environ.get("EHOSPITAL_DATABASE_URL"):
        _told_by_environment(role, with_charts=with_charts)
        with _django():
            yield
        return
    with _engines(data) as (around, ours):
        if ours and migrated:
            _migrate(around)
        told = around.environment(database=role, broker=broker)
        os.environ.update({name: value for name, value in told.items() if value})
        with _django():
            yield


@contextlib.contextmanager
def broker_url(data: Path | None = None) -> Iterator[str]:
    """The broker's address for the operator: of the environment, or of the engines of a data folder."""
    if url := os.environ.get("EHOSPITAL_NATS_URL"):
        yield url
        return
    with _engines(data) as (around, _ours):
        yield around.nats_url("operator")


@contextlib.contextmanager
def _engines(data: Path | None) -> Iterator[tuple[Surroundings, bool]]:
    """The engines of a data folder, joined or started; and whether we started them."""
    options = Options(data=data_folder(data), demo=False, devices=False)
    signal.signal(signal.SIGTERM, _end_cleanly)
    place = place_for(options.data)
    with lock.owner(place.run) as ours, _started(options, place) if ours else _joined(options, place) as around:
        yield around, ours


@contextlib.contextmanager
def _started(options: Options, place: Place) -> Iterator[Surroundings]:
    """Start the engines ourselves, and stop them when nobody else uses them any more."""
    pids.sweep(place.notes)
    around = Surroundings.of(options)
    with contextlib.ExitStack() as running:
        if around.postgres:
            running.enter_context(around.postgres)
            engines_file.note(place.run, postgres=around.postgres.port)
        if around.nats:
            running.enter_context(around.nats)
            engines_file.note(place.run, nats=around.nats.port, mqtt=around.nats.mqtt_port)
        try:
            yield around
        finally:
            with lock.no_guests(place.run):
                engines_file.remove(place.run)
                running.close()


@contextlib.contextmanager
def _joined(options: Options, place: Place) -> Iterator[Surroundings]:
    """Use the engines that somebody else started."""
    with lock.guest(place.run):
        deadline = time.monotonic() + JOIN_PATIENCE_S
        while time.monotonic() < deadline:
            known = engines_file.read(place.run)
            around = Surroundings.joined(options, known)
            if around and (around.postgres is None or around.postgres.ready()):
                yield around
                return
            time.sleep(POLL_S)
    raise CommandFailed(
        f"The database of {place.data} does not answer",
        why="Another command holds it",
        next_step="See `ehospital supervisor status`, or end that command",
    )


def _migrate(around: Surroundings) -> None:
    launch = tables(around)
    if launch is None:
        return
    child = Child(launch)
    child.start()
    while not child.wait(1.0):
        continue
    child.kill()
    if child.exit_code:
        raise CommandFailed("The tables could not be made", why=child.last_words(), next_step=f"See {launch.log}")


def _told_by_environment(role: str, *, with_charts: bool) -> None:
    """Take the address for `role`; migrations need the owner's, and nothing else gets it."""
    if role == "owner":
        if not os.environ.get("EHOSPITAL_DATABASE_OWNER_URL"):
            raise CommandFailed(
                "EHOSPITAL_DATABASE_OWNER_URL is not set",
                why="The tables belong to a role of their own",
                next_step="Example: EHOSPITAL_DATABASE_OWNER_URL=postgresql://ehospital_owner:secret@db.example/ehospital",
            )
        os.environ["EHOSPITAL_DATABASE_URL"] = os.environ["EHOSPITAL_DATABASE_OWNER_URL"]
    elif named := os.environ.get(f"EHOSPITAL_DATABASE_{role.upper()}_URL"):
        os.environ["EHOSPITAL_DATABASE_URL"] = named
    try:  # before Django's pool does: that one tries for ten seconds and cannot say why
        with psycopg.connect(os.environ["EHOSPITAL_DATABASE_URL"], connect_timeout=CONNECT_S) as connection:
            user = connection.info.user
    except psycopg.Error as error:
        raise _no_database(error) from error
    if with_charts and user == WEB_ROLE:
        raise CommandFailed(
            "This command works on charts, and the database keeps them from the web role",
            next_step="Give EHOSPITAL_DATABASE_URL the address of ehospital_worker",
        )


@contextlib.contextmanager
def _django() -> Iterator[None]:
    """Set Django up, and say in one line when the database does not answer."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ehospital.config.settings")
    import django
    from django.db import OperationalError, connection

    try:
        django.setup()
        yield
    except OperationalError as error:
        raise _no_database(error) from error
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # its threads would hold up our own end


def _no_database(error: Exception) -> CommandFailed:
    why = (str(error).splitlines() or [type(error).__name__])[0]
    return CommandFailed("The database does not answer", why=why, next_step="Run `ehospital check`")


def _end_cleanly(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)
