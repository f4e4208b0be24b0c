"""A line to a browser that a test holds in its hands: one page, one event stream, one address for new tickets."""

import json
import queue
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parents[2] / "ehospital" / "web" / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'"
)
HANG_UP = object()


class Line(ThreadingHTTPServer):
    """Serves the page at `/`, the stream at `/live/`, new tickets at `/renew/` and fragments at `/fragment/`."""

    daemon_threads = True

    def __init__(self, html: str) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.html = html
        self.fragment = ""
        self.fragments_asked = 0
        self.tickets: list[str] = []
        self.renewal = HTTPStatus.OK
        self.said: queue.Queue[Any] = queue.Queue()
        self.closing = False
        threading.Thread(target=self.serve_forever, name="line", daemon=True).start()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def say(self, event: str, **data: Any) -> None:
        """Send one event down the stream."""
        self.said.put(f"event: {event}\ndata: {json.dumps(data)}\n\n")

    def hang_up(self) -> None:
        """End the stream that is open now."""
        self.said.put(HANG_UP)

    def close(self) -> None:
        """End everything."""
        self.closing = True
        self.hang_up()
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    """One request of the browser."""

    server: Line

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        """Answer by the address."""
        path = self.path.split("?")[0]
        if path == "/":
            self._send(self.server.html.encode(), "text/html; charset=utf-8")
        elif path.startswith("/static/") and (STATIC / path[8:]).is_file():
            self._send((STATIC / path[8:]).read_bytes(), KINDS[Path(path).suffix])
        elif path == "/fragment/":
            self.server.fragments_asked += 1
            self._send(self.server.fragment.encode(), "text/html; charset=utf-8")
        elif path == "/renew/":
            number = len(self.server.tickets) + 1
            answer = json.dumps({"url": f"/live/?ticket={number}"}).encode()
            self._send(answer, "application/json", self.server.renewal)
        elif path == "/live/":
            self._stream()
        else:
            self._send(b"", "text/plain", HTTPStatus.NOT_FOUND)

    def _send(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        self.server.tickets.append(self.path)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.flush()
        while not self.server.closing:
            said = self.server.said.get()
            if said is HANG_UP:
                return
            try:
                self.wfile.write(said.encode())
                self.wfile.flush()
            except OSError:
                return
