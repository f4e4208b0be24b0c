"""Whether this installation can run: one function per dependency, each with the fix when it cannot."""

import asyncio
import importlib.metadata
import os
import re
import resource
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import ehospital
from ehospital.cli.engines import binaries
from ehospital.cli.engines.places import place_for
from ehospital.cli.failure import CommandFailed

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES, OLDEST_NATS = 18, (2, 15)
"""What every test runs on; nobody has tried an older one."""
LEAST_FREE_BYTES = 2 * 2**30
LEAST_OPEN_FILES = 1024
ANSWER_S = 5


@dataclass(frozen=True)
class Check:
    """One dependency: whether it is there, what was seen, and what to do when it is not."""

    name: str
    ok: bool
    seen: str
    fix: str = ""


def all_of(data: Path) -> Iterator[Check]:
    """Check everything, the cheap things first; a check that breaks is a failed check."""
    checks: list[tuple[str, Callable[[Path], Check]]] = [
        ("Python", python),
        ("packages", packages),
        ("settings", settings),
        ("time zone", time_zone),
        ("data folder", data_folder),
        ("open files", open_files),
        ("PostgreSQL", postgres),
        ("tables", tables),
        ("row-level security", row_security),
        ("NATS", nats),
        ("virus scanner", virus_scanner),
    ]
    for name, check in checks:
        try:
            yield check(data)
        except CommandFailed as failure:
            yield Check(name, ok=False, seen=str(failure))
        except Exception as error:  # whatever it was, this installation is not proven to run
            yield Check(name, ok=False, seen=f"{type(error).__name__}: {error}", fix="Report this")


def python(_data: Path) -> Check:
    """The interpreter."""
    seen = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info[:2] >= OLDEST_PYTHON, seen, "Install Python 3.11 or newer")


def packages(_data: Path) -> Check:
    """Everything that the package asks for is installed."""
    missing = []
    for requirement in importlib.metadata.requires("ehospital") or []:
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return Check("packages", not missing, f"missing: {', '.join(missing)}" if missing else "all there", "make setup")


def settings(_data: Path) -> Check:
    """The variables of the environment are complete and well formed."""
    stand_ins = {
        "EHOSPITAL_SECRET_KEY": "x" * 64,
        "EHOSPITAL_DATABASE_URL": "postgresql://user:password@localhost/ehospital",
    }
    ours = not os.environ.get("EHOSPITAL_DATABASE_URL")  # the embedded engines bring theirs
    tried = subprocess.run(
        [sys.executable, "-c", "import ehospital.config.settings"],
        env={**(stand_ins if ours else {}), **os.environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = (tried.stderr.strip().splitlines() or ["well formed"])[-1]
    return Check("settings", tried.returncode == 0, said, "Correct the variable that is named")


def time_zone(_data: Path) -> Check:
    """The hospital's clock."""
    name = os.environ.get("EHOSPITAL_TIME_ZONE") or "UTC"
    known = name in zoneinfo.available_timezones()
    return Check("time zone", known, name, "Set EHOSPITAL_TIME_ZONE to a name such as Europe/Oslo")


def data_folder(data: Path) -> Check:
    """Files can be written, and there is room."""
    place = place_for(data)
    free = min(shutil.disk_usage(folder).free for folder in (place.data, place.engines))
    seen = f"{place.data}, {free / 2**30:.0f} GB free"
    if place.engines.parent != place.data:
        seen += f"; engines in {place.engines}"
    return Check("data folder", free >= LEAST_FREE_BYTES, seen, "Make room, or name another folder with --data")


def open_files(_data: Path) -> Check:
    """A live page of every nurse and a connection of every device is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Check("open files", hard < 0 or hard >= LEAST_OPEN_FILES, f"{soft} of {hard}", "Raise `ulimit -n`")


def postgres(data: Path) -> Check:
    """The embedded server's programs run here, or the named server answers, is new and gives no rights too many."""
    url = os.environ.get("EHOSPITAL_DATABASE_URL")
    if not url:
        account = place_for(data).account
        program = binaries.postgres_folder(account) / "postgres"
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        return Check("PostgreSQL", ok=True, seen=f"embedded {said.stdout.split()[-1]}, as {_whom(account)}")
    return _named_postgres(url)


def _named_postgres(url: str) -> Check:
    import psycopg

    fix = "See that the server runs, and that EHOSPITAL_DATABASE_URL names its host, database, role and password"
    try:
        with psycopg.connect(url, connect_timeout=ANSWER_S) as connection:
            version = connection.info.server_version // 10_000
            row = connection.execute(
                "SELECT rolsuper OR rolbypassrls, current_user FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            lacking = connection.execute(
                "SELECT name FROM unnest(array['btree_gist','pg_trgm','unaccent','fuzzystrmatch']) name"
                " WHERE name NOT IN (SELECT name FROM pg_available_extensions)"
            ).fetchall()
    except psycopg.OperationalError as error:
        return Check("PostgreSQL", ok=False, seen=str(error).splitlines()[0], fix=fix)
    where = f"{version} at {urlsplit(url).hostname}"
    if version < OLDEST_POSTGRES:
        return Check("PostgreSQL", ok=False, seen=where, fix=f"Use PostgreSQL {OLDEST_POSTGRES} or newer")
    if row and row[0]:
        fix = "Give the processes a role with NOSUPERUSER NOBYPASSRLS, or row-level security protects nobody"
        return Check("PostgreSQL", ok=False, seen=f"{where}; {row[1]} stands above the rules", fix=fix)
    if lacking:
        names = ", ".join(name for (name,) in lacking)
        return Check("PostgreSQL", ok=False, seen=f"{where}; without {names}", fix="Install postgresql-contrib")
    return Check("PostgreSQL", ok=True, seen=where)


def tables(_data: Path) -> Check:
    """The named database has its tables, all of them when the owner's address is known."""
    import psycopg

    url = os.environ.get("EHOSPITAL_DATABASE_URL")
    if not url:
        return Check("tables", ok=True, seen="made at each start")
    fix = "Run `ehospital migrate` with EHOSPITAL_DATABASE_OWNER_URL"
    try:
        with psycopg.connect(url, connect_timeout=ANSWER_S) as connection:
            found = connection.execute("SELECT to_regclass('people_patient') IS NOT NULL").fetchone()
        if not found or not found[0]:
            return Check("tables", ok=False, seen="none yet", fix=fix)
        owner = os.environ.get("EHOSPITAL_DATABASE_OWNER_URL")
        if not owner:
            return Check("tables", ok=True, seen="there; whether they are up to date, the owner's address tells")
        with psycopg.connect(owner, connect_timeout=ANSWER_S) as connection:
            done = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    except psycopg.OperationalError as error:
        return Check("tables", ok=False, seen=str(error).splitlines()[0], fix="Correct the address")
    written = {
        (path.parent.parent.name, path.stem) for path in Path(ehospital.__file__).parent.glob("*/migrations/[0-9]*.py")
    }
    waiting = ", ".join(sorted(f"{app} {name}" for app, name in written - done))
    return Check("tables", not waiting, f"not done yet: {waiting}" if waiting else "up to date", fix)


def row_security(_data: Path) -> Check:
    """The database guards every chart from the role of the processes."""
    import psycopg

    from ehospital.people.row_security import standing

    name, url = "row-level security", os.environ.get("EHOSPITAL_DATABASE_URL")
    if not url:
        return Check(name, ok=True, seen="laid at each start")
    secret = os.environ.get("EHOSPITAL_SECRET_KEY", "")
    try:
        with psycopg.connect(url, connect_timeout=ANSWER_S) as connection:
            found = standing.gap(lambda sql, values: connection.execute(sql, values).fetchone(), secret=secret)
    except psycopg.OperationalError as error:
        return Check(name, ok=False, seen=str(error).splitlines()[0], fix="Correct the address")
    return Check(name, not found, found.seen if found else "in force", found.fix if found else "")


def nats(data: Path) -> Check:
    """The embedded server's program runs here, or the named server lets us in, is new and has JetStream."""
    url = os.environ.get("EHOSPITAL_NATS_URL")
    if not url:
        account = place_for(data).account
        program = binaries.nats_server(account)
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        return Check("NATS", ok=True, seen=f"embedded {said.stdout.split()[-1]}, as {_whom(account)}")
    return asyncio.run(_named_nats(url))


async def _named_nats(url: str) -> Check:
    from nats.aio.client import Client
    from nats.errors import Error as NatsError

    host = urlsplit(url).hostname
    said: list[str] = []

    async def hear(error: Exception) -> None:
        said.append(str(error) or type(error).__name__)

    client = Client()
    try:
        opening = client.connect(
            url, allow_reconnect=False, max_reconnect_attempts=0, connect_timeout=ANSWER_S, error_cb=hear
        )
        await asyncio.wait_for(opening, ANSWER_S)
    except (NatsError, OSError, TimeoutError, ValueError) as error:
        why = (said or [str(error) or type(error).__name__])[-1]
        fix = "See that the server runs, and that EHOSPITAL_NATS_URL names its host, user and password"
        return Check("NATS", ok=False, seen=f"{host}: {why}", fix=fix)
    version, info = client.connected_server_version, client._server_info  # no public name for the rest of the greeting
    await client.close()
    seen = f"{version.major}.{version.minor} at {host}"
    if (version.major, version.minor) < OLDEST_NATS:
        return Check("NATS", ok=False, seen=seen, fix=f"Use NATS {'.'.join(map(str, OLDEST_NATS))} or newer")
    return Check("NATS", bool(info.get("jetstream")), seen, "Switch JetStream on in the server's configuration")


def virus_scanner(_data: Path) -> Check:
    """The scanner that files are shown to answers; without one nothing is scanned, and nothing waits."""
    from ehospital.config import environment
    from ehospital.foundation import scanning

    address = environment.antivirus()
    if address is None:
        return Check("virus scanner", ok=True, seen="none named: files are not scanned")
    fix = "Start clamd, or correct EHOSPITAL_ANTIVIRUS; what came meanwhile waits, and opens by itself"
    try:
        scanning.ping(address)
    except scanning.ScannerAway as error:
        return Check("virus scanner", ok=False, seen=str(error), fix=fix)
    return Check("virus scanner", ok=True, seen=f"answers at {address[0]}")


def _whom(account: object) -> str:
    return getattr(account, "name", "") or "yourself"
