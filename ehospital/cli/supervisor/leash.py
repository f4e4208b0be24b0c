"""Runs one program so that it dies with the process that asked for it; started by its path, standard library only.

    python -I -S leash.py --parent PID --death-signal N [--user UID:GID] [--pipe FD] -- program argument…

Linux: asks the kernel for a signal at the parent's death, then becomes the program. Elsewhere (`--pipe`): stays beside
the program and kills it when the other end of the pipe is closed, which the kernel does when the parent dies.
Rights are given up here and not by the parent, because the account that runs an engine may not be able to enter the
folder of this interpreter.
"""

import os
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
CANNOT_RUN = 127


def main(arguments: list[str]) -> int:
    """Parse by hand (argparse would double the start-up time) and run."""
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    program = arguments[split + 1 :]
    account = tuple(int(part) for part in options["--user"].split(":")) if "--user" in options else None
    try:
        if "--pipe" in options:
            return _beside(program, account, int(options["--pipe"]))
        _become(program, account, int(options["--parent"]), int(options["--death-signal"]))
    except OSError as error:
        sys.stderr.write(f"{program[0]} cannot be started: {error}\n")
    return CANNOT_RUN


def _become(program: list[str], account: tuple[int, ...] | None, parent: int, death_signal: int) -> None:
    import ctypes  # before the rights are gone: the account may not be able to read our libraries

    if account:
        os.setgroups([])
        os.setgid(account[1])
        os.setuid(account[0])
    # The kernel forgets the wish when the account changes, so it comes last.
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it died before we could ask
        sys.exit(CANNOT_RUN)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # an ignored signal stays ignored across exec
    os.execv(program[0], program)  # noqa: S606  (no shell wanted)


def _beside(program: list[str], account: tuple[int, ...] | None, pipe: int) -> int:
    as_whom = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
    child = subprocess.Popen(program, **as_whom)  # type: ignore[call-overload]  # noqa: S603
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while child.poll() is None:
        readable, _, _ = select.select([pipe], [], [], 0.1)
        if readable:  # end of file: the parent is gone, and with it whoever would stop us
            os.killpg(0, signal.SIGKILL)
    code = child.returncode
    return int(code) if code >= 0 else 128 - int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
