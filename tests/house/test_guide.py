"""The guide to engines of one's own is true: its blocks run as they stand, on a bare PostgreSQL and a nats-server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ehospital.cli.engines import binaries, roles, secret_store
from ehospital.cli.engines.postgres import SUPERUSER, Postgres
from ehospital.cli.supervisor.child import Child
from ehospital.kernel import codes, readings
from ehospital.wire.roles import Role
from tests.house.tree import ROOT

DEVICES = (ROOT / "docs/guide/devices.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs/guide/real-engines.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Postgres]:
    """A PostgreSQL that knows nothing of this hospital yet."""
    server = Postgres(tmp_path, throwaway=True)
    child = Child(server.prepare())
    child.start()
    try:
        server.wait_ready(child)
        yield server
    finally:
        child.stop()
        server.place.remove()


def test_the_sql_makes_what_the_processes_need(bare: Postgres) -> None:
    make, extend = blocks("sql")
    for database, text in (("postgres", make), ("ehospital", extend)):
        with psycopg.connect(bare.url(SUPERUSER, database), autocommit=True) as connection:
            for statement in filter(str.strip, text.split(";")):
                connection.execute(statement)
            found = connection.execute("SELECT extname FROM pg_extension").fetchall()
            made = connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ehospital%' AND rolcanlogin AND NOT rolsuper "
                "AND NOT rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb"
            ).fetchall()
    assert {name for (name,) in made} == set(secret_store.ROLES)
    assert set(roles.EXTENSIONS) <= {name for (name,) in found}
    with psycopg.connect(f"postgresql://ehospital_owner:change-me-1@127.0.0.1:{bare.port}/ehospital") as owner:
        owner.execute("CREATE TABLE proof (id uuid PRIMARY KEY)")


def test_nats_server_reads_the_configuration(tmp_path: Path) -> None:
    (script,) = blocks("sh")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env=environment, check=True, timeout=60)
    written = tmp_path / "nats-server.conf"
    assert written.stat().st_mode & 0o077 == 0
    for number, role in enumerate(Role, 5):
        assert f'user: "{role.value}", password: "change-me-{number}"' in written.read_text()
    program = binaries.nats_server(None)
    answer = subprocess.run([program, "-t", "-c", written], capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr


def test_the_messages_of_the_device_guide_are_understood() -> None:
    frame, status = re.findall(r"^```json\n(.*?)^```", DEVICES, re.MULTILINE | re.DOTALL)
    understood = readings.decode_frame(frame.encode())
    assert (understood.readings, understood.missing) == ({"hr": 72.0, "spo2": 97.0}, ("temp",))
    assert readings.decode_status(status.encode()).lead_off is True


def test_the_device_guide_lists_every_alias_with_its_unit_and_bounds() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| ([\d.]+) \| ([\d.]+) \|$", DEVICES, re.MULTILINE)
    told = {alias: (unit, float(lowest), float(highest)) for alias, unit, lowest, highest in rows}
    known = {one.alias: (one.unit, one.lowest, one.highest) for one in codes.OBSERVATIONS.values()}
    del known["consciousness"]
    assert told == known
