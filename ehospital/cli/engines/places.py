"""Where the engines keep their files, and as whom they run.

PostgreSQL refuses to run as root, and a folder below /root cannot be entered by anybody else. So root gets a place of
its own under /var/tmp, an ordinary user keeps everything below the data folder. The rights of folders that we did not
make are never changed.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from ehospital.cli.failure import CommandFailed
from ehospital.cli.supervisor import pids

ROOT_PLACES = Path("/var/tmp")  # noqa: S108  (survives a reboot; every folder in it is checked to be ours)
MARK = "data-folder-id"
OWNER = "data-folder"  # in a place under /var/tmp: the path of the data folder that it belongs to
MADE, FOUND = "made", "found"  # the folder was new or empty; it had other files in it


@dataclass(frozen=True)
class Account:
    """A system account without rights that the engines run as when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """The folders of one hospital on this machine.

    `data` is what the person named: secrets, run files and logs. `engines` holds the databases; it is the same folder
    for an ordinary user and one under /var/tmp for root. `account` is None when the engines run as ourselves.
    """

    data: Path
    engines: Path
    account: Account | None

    @property
    def run(self) -> Path:
        """Status, lock and control socket; readable by us alone."""
        return private_folder(self.data / "run")

    @property
    def notes(self) -> Path:
        """The pid files; beside the engines, so that they are found even when `data` was deleted under them."""
        return private_folder(self.engines / "pids")

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return private_folder(self.data / "log")

    def folder_for(self, engine: str) -> Path:
        """The folder that `engine` may write to, owned by the account it runs as."""
        folder = self.engines / engine
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account and folder.stat().st_uid != self.account.uid:
            os.chown(folder, self.account.uid, self.account.gid)
        return folder

    def empty(self) -> None:
        """Delete everything but the folders themselves and the run folder, whose lock we hold.

        Call only when nothing runs.

        Raises:
            CommandFailed: the data folder had other people's files in it when we first saw it.
        """
        if not (self.data / MARK).read_text().startswith(MADE):
            raise CommandFailed(
                f"{self.data} is not emptied",
                why="It had other files in it before E-Hospital used it",
                next_step="Name another folder with --data",
            )
        marks = {MARK, "run"}
        for path in [*self.engines.iterdir(), *self.data.iterdir()]:
            if path.name in marks or path == self.engines:
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def remove(self) -> None:
        """Delete everything: data, engines, secrets. Call only when nothing runs."""
        shutil.rmtree(self.engines, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)


def place_for(data: Path) -> Place:
    """Make the folders for the data folder `data` and return them.

    Raises:
        CommandFailed: the folder cannot be made, or the place under /var/tmp belongs to somebody else.
    """
    data = data.expanduser().resolve()
    try:
        data.mkdir(parents=True, exist_ok=True)
        _mark(data)
        private_folder(data / "run")
    except OSError as error:
        raise CommandFailed(
            f"The data folder {data} cannot be used", why=str(error.strerror), next_step="Name another with --data"
        ) from None
    if os.geteuid() != 0:
        return Place(data=data, engines=private_folder(data / "engines"), account=None)
    engines = ROOT_PLACES / f"ehospital-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    own_folder(engines)
    _keep_together(data, engines)
    return Place(data=data, engines=engines, account=_account_for(engines))


def places_below(folder: Path) -> list[Place]:
    """The places under /var/tmp of data folders below `folder`, whether those still exist or not."""
    found = []
    for owner in ROOT_PLACES.glob(f"ehospital-*/{OWNER}"):
        with contextlib.suppress(OSError):
            data = Path(owner.read_text().strip())
            if folder in data.parents and owner.stat().st_uid == os.geteuid():
                found.append(Place(data=data, engines=owner.parent, account=None))
    return found


def private_folder(folder: Path) -> Path:
    """Make `folder` for ourselves alone when it is not there yet."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def own_folder(folder: Path, mode: int = 0o711) -> Path:
    """Make `folder` in a place where everybody may write, and refuse one that somebody else put there.

    Raises:
        CommandFailed: it is a link, or others own it or may write to it.
    """
    try:
        folder.mkdir(mode=0o700)
        folder.chmod(mode)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise CommandFailed(
                f"{folder} is not ours alone", why="Somebody else made it, or may write to it", next_step="Remove it"
            ) from None
    return folder


def _mark(data: Path) -> None:
    """Give the data folder a name of its own, and note whether it was ours from the beginning."""
    mark = data / MARK
    if not mark.exists():
        beginning = FOUND if any(data.iterdir()) else MADE
        mark.write_text(f"{beginning} {uuid.uuid4().hex}\n")


def _keep_together(data: Path, engines: Path) -> None:
    """Notice a data folder that was deleted and made anew: its old databases have lost their passwords.

    They are set aside, not deleted, in case the folder went by mistake; only the newest such set is kept.
    """
    ours, theirs = data / MARK, engines / MARK
    if theirs.exists() and ours.read_text() == theirs.read_text():
        return
    if theirs.exists():
        pids.sweep(engines / "pids")
        aside = engines.with_name(f"{engines.name}-abandoned")
        shutil.rmtree(aside, ignore_errors=True)
        engines.rename(aside)
        own_folder(engines)
    (engines / OWNER).write_text(f"{data}\n")
    theirs.write_text(ours.read_text())


def _account_for(engines: Path) -> Account:
    """The account that owns the databases already here, else the first one that we can become."""
    owned = [folder.stat().st_uid for folder in engines.iterdir() if folder.is_dir() and folder.stat().st_uid]
    known = {entry.pw_uid: entry for entry in pwd.getpwall() if entry.pw_uid}
    if owned and owned[0] in known:
        entry = known[owned[0]]
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    wanted = sorted(known.values(), key=lambda entry: (entry.pw_name != "nobody", entry.pw_uid >= 1000, entry.pw_uid))
    for entry in wanted:
        if entry.pw_gid and _can_become(entry.pw_uid, entry.pw_gid):
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CommandFailed(
        "PostgreSQL cannot run as root, and no account without rights can be used here",
        next_step="Run ehospital as an ordinary user, or set EHOSPITAL_DATABASE_URL",
    )


def _can_become(uid: int, gid: int) -> bool:
    """Whether the kernel lets us run a program as this account (a user namespace may not know it)."""
    try:
        done = subprocess.run(["/bin/sh", "-c", ":"], user=uid, group=gid, extra_groups=[], cwd="/", check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
