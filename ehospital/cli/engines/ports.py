"""Loopback ports: the wanted one when it is free, else any."""

import errno
import socket

LOOPBACK = "127.0.0.1"


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
    """Return `wanted` when it is free, else another free loopback port."""
    with reserve(wanted) as held:
        return number(held)


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
