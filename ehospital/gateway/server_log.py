"""What only the log of nats-server tells.

A device that publishes where it may not is told "taken", and nobody has it; a frame that the disk does not take is not
acknowledged, and nobody says why. Both are noticed here.
"""

import asyncio
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from prometheus_client import Gauge

from ehospital.gateway.refusals import Reason, Refusals
from ehospital.wire.subjects import DEVICE_PATTERN

log = logging.getLogger(__name__)
WATCHED = Gauge("ehospital_gateway_server_log_watched", "1 while the log of nats-server can be read.")

_LOOK_SECONDS = 0.25
_COMPLAIN_SECONDS = 60.0
_LONGEST_LINE = 64 * 1024
_CLIENT = re.compile(rf' - mid:\d+ - "({DEVICE_PATTERN})" - (.*)')
_MEANINGS = (
    (re.compile(r'Publish Violation - Subject (".*")'), Reason.FORBIDDEN_TOPIC),
    (re.compile(r'Subscription Violation - Subject (".*?"),'), Reason.FORBIDDEN_SUBSCRIPTION),
    (re.compile(r"(QoS=2 is disabled.*)"), Reason.UNSUPPORTED_QOS),
    (re.compile(r"JetStream failed .*?: (.*); closing the connection"), Reason.NOT_STORED),
)


class ServerLog:
    """Follows the log file of a nats-server, through its rotations, from its present end on."""

    def __init__(self, path: Path, refusals: Refusals) -> None:
        self._path = path
        self._refusals = refusals
        self._file: BinaryIO | None = None
        self._rest = b""

    async def watch(self) -> None:
        """Turn violations into refusals until cancelled; a file that is not there yet is waited for."""
        quiet = 0.0
        at_end = True
        while True:
            try:
                if self._file is None:
                    self._open(at_end=at_end)
                    at_end = False
                    WATCHED.set(1)
                self._take(self._new_bytes())
            except OSError as error:
                self._close()
                WATCHED.set(0)
                if quiet <= 0:
                    quiet = _COMPLAIN_SECONDS
                    log.warning("forbidden topics are not noticed: the log of nats-server cannot be read: %s", error)
            quiet -= _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)

    def _open(self, *, at_end: bool) -> None:
        self._file = self._path.open("rb")
        if at_end:
            self._file.seek(0, os.SEEK_END)
        self._rest = b""

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None

    def _new_bytes(self) -> bytes:
        assert self._file is not None
        new = self._file.read()
        if not new and self._was_rotated():
            self._close()
            self._open(at_end=False)
            new = self._file.read()
        return new

    def _was_rotated(self) -> bool:
        assert self._file is not None
        ours, named = os.fstat(self._file.fileno()), self._path.stat()
        return (ours.st_dev, ours.st_ino) != (named.st_dev, named.st_ino) or named.st_size < self._file.tell()

    def _take(self, new: bytes) -> None:
        *lines, rest = (self._rest + new).split(b"\n")
        self._rest = rest[-_LONGEST_LINE:]
        for line in lines:
            for device, reason, detail in read_line(line.decode(errors="replace")):
                self._refusals.add("mqtt", device, reason, detail)


def read_line(line: str) -> Iterator[tuple[str, Reason, str]]:
    """Yield device, reason and detail when a line of the log tells of a violation by an MQTT client."""
    client = _CLIENT.search(line)
    if client is None:
        return
    for pattern, reason in _MEANINGS:
        found = pattern.match(client[2])
        if found:
            yield client[1], reason, found[1]
            return
