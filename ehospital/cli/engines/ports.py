"""Loopback ports: the wanted one when it is free, else any."""

import errno
import fcntl
import os
import socket

from ehospital.cli.engines.places import ROOT_PLACES, own_folder

LOOPBACK = "127.0.0.1"
_claims: dict[int, int] = {}


def reserve(wanted: int | None = None) -> socket.socket:
    """Bind a loopback port without listening, so that nobody else is given it; close it when its server runs.

    A server that sets SO_REUSEADDR (PostgreSQL, NATS and asyncio do) can listen while we still hold it.

    Args:
        wanted: the port to try first.
    """
    if wanted and not taken(wanted):
        held = _held()
        try:
            held.bind((LOOPBACK, wanted))
        except OSError as error:
            held.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
        else:
            return held
    held = _held()
    held.bind((LOOPBACK, 0))
    return held


def pick(wanted: int | None = None) -> int:
    """Return `wanted` when it is free, else another free loopback port.

    No other E-Hospital of this user is given the same one while this process lives, although it may take seconds until
    the server that it is meant for listens. Asked again for a port of our own, we get it again unless it is taken.
    """
    while True:
        with reserve(wanted) as held:
            port = number(held)
        if _claimed(port):
            return port
        wanted = None


def _claimed(port: int) -> bool:
    """Claim a port by a lock that the kernel drops with this process."""
    if port in _claims:
        return True
    folder = own_folder(ROOT_PLACES / f"ehospital-ports-{os.geteuid()}", mode=0o700)
    claim = os.open(folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return False
    _claims[port] = claim
    return True


def number(held: socket.socket) -> int:
    """The port number of a reservation."""
    return int(held.getsockname()[1])


def _held() -> socket.socket:
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return held


def taken(port: int) -> bool:
    """Whether something listens there (macOS lets us bind beside a server that listens on all addresses)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
