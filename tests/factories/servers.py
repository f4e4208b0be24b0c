"""Small real servers that speak the protocols of others: an S3-compatible store, and the scanner clamd."""

import hashlib
import hmac
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY, SECRET = "hospital", "a long secret"
# In two parts, so that no scanner takes this file for what it tests.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Store(BaseHTTPRequestHandler):
    """Objects in memory; whoever does not sign by SigV4 is refused."""

    objects: dict[str, bytes]
    meanwhile: Callable[[str], None]

    def do_PUT(self) -> None:
        self.meanwhile("put")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._signed(body):
            self.objects[self.path] = body
            self._answer(200, b"")

    def do_GET(self) -> None:
        if self._signed(b""):
            found = self.objects.get(self.path)
            missing = b"<Error><Code>NoSuchKey</Code></Error>"
            self._answer(404, missing) if found is None else self._answer(200, found)

    def do_DELETE(self) -> None:
        self.meanwhile("delete")
        if self._signed(b""):
            self.objects.pop(self.path, None)
            self._answer(204, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _signed(self, body: bytes) -> bool:
        if self._expected(body) == self.headers.get("Authorization", "").rsplit("Signature=", 1)[-1]:
            return True
        self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        return False

    def _expected(self, body: bytes) -> str:
        """The signature of AWS Signature Version 4, worked out anew from what came."""
        said = dict(part.strip().split("=", 1) for part in self.headers["Authorization"].split(" ", 1)[1].split(","))
        names, scope = said["SignedHeaders"].split(";"), said["Credential"].split("/")[1:]
        digest = self.headers["x-amz-content-sha256"]
        if digest not in (hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"):
            return "the body is another"
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        path, _, query = self.path.partition("?")
        request = "\n".join([self.command, path, query, headers, ";".join(names), digest])
        digest = hashlib.sha256(request.encode()).hexdigest()
        told = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), digest])
        secret = f"AWS4{SECRET}".encode()
        for part in (*scope, told):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        return secret.hex()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def s3_store(meanwhile: Callable[[str], None] = lambda _act: None) -> Iterator[tuple[str, dict[str, bytes]]]:
    """An S3-compatible store: its address, and what it holds.

    Args:
        meanwhile: called while it is asked to "put" or "delete", before it does.
    """
    objects: dict[str, bytes] = {}
    own = {"objects": objects, "meanwhile": staticmethod(meanwhile)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Store", (_Store,), own))
    with _running(server):
        yield f"http://127.0.0.1:{server.server_port}", objects


class _Clamd(socketserver.StreamRequestHandler):
    """INSTREAM of clamd: the test string of EICAR is infected, "break off" ends the talk, the rest is well.

    What it was shown is in `seen`; it answers once `go` is set.
    """

    seen: list[bytes]
    go: threading.Event
    knows: bytes
    most_bytes: int

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0") and (letter := self.rfile.read(1)):
            command += letter
        if command != b"zINSTREAM\0":
            self.wfile.write(b"PONG\0" if command == b"zPING\0" else b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(length)
            if len(content) > self.most_bytes:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(content)
        if b"break off" in content or not self.go.wait(30):
            return
        answer = b"Eicar-Test-Signature FOUND" if self.knows in content else b"OK"
        self.wfile.write(b"stream: Out of memory ERROR\0" if b"odd" in content else b"stream: " + answer + b"\0")


@contextmanager
def clamd(
    *,
    seen: list[bytes] | None = None,
    go: threading.Event | None = None,
    knows: bytes = EICAR,
    most_bytes: int = 100_000_000,
) -> Iterator[tuple[str, int]]:
    """A scanner: its host and port.

    Args:
        seen: takes up what it is shown.
        go: it answers nobody before this is set.
        knows: what it finds in files.
        most_bytes: it takes no file that is larger, and says so while the file still comes.
    """
    if go is None:
        (go := threading.Event()).set()
    told = {"seen": [] if seen is None else seen, "go": go, "knows": knows, "most_bytes": most_bytes}
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Clamd", (_Clamd,), told))
    server.daemon_threads = True
    with _running(server):
        yield ("127.0.0.1", server.server_address[1])


AWAY = ("127.0.0.1", 9)
"""The address of a scanner that does not answer."""


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
