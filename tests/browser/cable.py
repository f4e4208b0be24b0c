"""The cable between a browser and the hospital, which a test can pull and put back."""

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65_536


class Cable:
    """Carries bytes from a port of its own to the hospital's pages; pulled, it breaks every line and takes no new one.

    Attributes:
        was_pulled: whether that has happened, so that requests failed with reason.
    """

    def __init__(self, base_url: str) -> None:
        there = urlsplit(base_url)
        assert there.hostname and there.port
        self._there = (there.hostname, there.port)
        self.was_pulled = False
        self._lines: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._here = self._listener.getsockname()
        self.url = f"http://{self._here[0]}:{self._here[1]}"
        self._accept()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def pull(self) -> None:
        """Break every line at once."""
        self.was_pulled = True
        for line in (self._listener, *self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits on it; closing alone would not
        self._listener.close()

    def put_back(self) -> None:
        """Take new lines again, on the same port."""
        self._listener = socket.create_server(self._here)
        self._accept()

    def _accept(self) -> None:
        threading.Thread(target=self._take, args=(self._listener,), daemon=True).start()

    def _take(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = listener.accept()
                try:
                    hospital = socket.create_connection(self._there)
                except OSError:
                    browser.close()
                    continue
                self._lines |= {browser, hospital}
                for one, other in ((browser, hospital), (hospital, browser)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while heard := one.recv(CHUNK):
                other.sendall(heard)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._lines.discard(end)
