"""One program under supervision: how it is started, signalled and ended."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ehospital.cli.engines.places import Account
from ehospital.cli.supervisor import pids

LEASH = str(Path(__file__).with_name("leash.py"))
LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Launch:
    """Everything that is needed to start one program.

    Without a `log` it speaks where we speak. `environment` is added to ours; None takes a variable away.
    `stop_signal` asks for a clean end;
    `death_signal` is what the kernel sends when we die ourselves (Linux; elsewhere it is always SIGKILL).
    """

    name: str
    program: tuple[str, ...]
    log: Path | None
    notes: Path
    environment: Mapping[str, str | None] = field(default_factory=dict)
    folder: Path = Path("/")
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


class Child:
    """A started program. Start it from the main thread: Linux ties the death signal to the thread that started it."""

    _lifeline: tuple[int, int] | None = None  # one pipe for all; we alone hold its writing end

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self._process: subprocess.Popen[bytes] | None = None
        self._log_began = 0

    @property
    def pid(self) -> int | None:
        """The process number, None before the start."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the program in a session of its own, so that Ctrl-C on the terminal reaches only us."""
        launch = self.launch
        environment = dict(os.environ)
        for name, value in launch.environment.items():
            environment.pop(name, None) if value is None else environment.update({name: value})
        leash = [sys.executable, "-I", "-S", LEASH, "--parent", str(os.getpid())]
        leash += ["--death-signal", str(int(launch.death_signal))]
        if launch.account:
            leash += ["--user", f"{launch.account.uid}:{launch.account.gid}"]
        passed: tuple[int, ...] = ()
        if not sys.platform.startswith("linux") or os.environ.get("EHOSPITAL_LEASH") == "pipe":
            passed = (self._lifeline_end(),)
            leash += ["--pipe", str(passed[0])]
        with _open_log(launch.log) as log:
            self._log_began = log.tell() if log else 0
            self._process = subprocess.Popen(  # noqa: S603  (a program of ours)
                [*leash, "--", *launch.program],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
                cwd=launch.folder,
                env=environment,
                start_new_session=True,
                pass_fds=passed,
            )
        pids.note(launch.notes, launch.name, self._process.pid)

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(self.launch.stop_signal)

    def stop(self, *, patience_s: float = 10.0) -> None:
        """Ask it to stop, wait `patience_s` seconds, then kill it and all it started."""
        self.ask_to_stop()
        self.wait(patience_s)
        self.kill()

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end at most `timeout_s` seconds; return whether it ended."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL to the program and whatever it left in its session; nothing of it is alive afterwards."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        pids.forget(self.launch.notes, self.launch.name)

    def last_words(self, lines: int = 3) -> str:
        """The end of what it said since its last start, for the one line that says why it failed."""
        if self.launch.log is None:
            return "the lines above say why"
        try:
            text = self.launch.log.read_bytes()[self._log_began :][-4000:].decode(errors="replace")
        except OSError:
            return ""
        return " · ".join(line.strip() for line in text.strip().splitlines()[-lines:])

    @classmethod
    def _lifeline_end(cls) -> int:
        if cls._lifeline is None:
            cls._lifeline = os.pipe()  # neither end is inherited unless passed
        return cls._lifeline[0]


def _open_log(path: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    """Open the log to append; one that grew too large becomes `.old` first."""
    if path is None:
        return contextlib.nullcontext()
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old"))
    log = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    log.seek(0, os.SEEK_END)
    return log
