"""Showing a file to the virus scanner, by the protocol of clamd (INSTREAM), where the installation names one."""

import socket
from contextlib import suppress
from typing import Final

from django.conf import settings

_CHUNK: Final = 64 * 1024
_PATIENCE_S: Final = 20.0
_LONGEST_ANSWER: Final = 4096
_LIMIT: Final = "size limit exceeded"


class ScannerAway(RuntimeError):
    """The scanner does not answer, or not in its protocol; what it did not see is not taken."""


class TooLarge(RuntimeError):
    """The scanner takes no file of this size (StreamMaxLength of clamd): asking again changes nothing."""


def scan(content: bytes) -> str | None:
    """Return what the scanner found, None when it found nothing or no scanner is named.

    Raises:
        ScannerAway: it did not answer within 20 s, or with something else.
        TooLarge: it takes no file of this size.
    """
    if settings.ANTIVIRUS is None:
        return None
    words = _asked(settings.ANTIVIRUS, b"zINSTREAM\0", content).removeprefix("stream: ")
    if words == "OK":
        return None
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")[:200] or "something"
    if _LIMIT in words:
        raise TooLarge(f"the scanner takes no file of {len(content)} bytes; raise StreamMaxLength of clamd")
    raise ScannerAway(f"the scanner answered {words[:200]!r}")


def ping(address: tuple[str, int]) -> None:
    """Return when a scanner answers at this host and port.

    Raises:
        ScannerAway: it does not, or with something else.
    """
    if (words := _asked(address, b"zPING\0")) != "PONG":
        raise ScannerAway(f"the scanner answered {words[:200]!r}")


def _asked(address: tuple[str, int], command: bytes, content: bytes | None = None) -> str:
    """Send a command, and content in chunks, each after its length in four bytes, the last one empty; the answer."""
    try:
        with socket.create_connection(address, timeout=_PATIENCE_S) as line:
            line.sendall(command)
            if content is not None:
                # It says at once that a file is too large and hears no more: its words count, not the broken line.
                with suppress(BrokenPipeError, ConnectionResetError):
                    _send(line, content)
            return _heard(line).rstrip(b"\0\n").decode("utf-8", "replace")
    except OSError as error:
        raise ScannerAway(f"the scanner at {address[0]} does not answer: {error}") from error


def _send(line: socket.socket, content: bytes) -> None:
    for start in range(0, len(content), _CHUNK):
        piece = content[start : start + _CHUNK]
        line.sendall(len(piece).to_bytes(4) + piece)
    line.sendall(bytes(4))


def _heard(line: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        more = line.recv(1024)
        if not more:
            break
        answer += more
    return answer
