"""The three pages of a process without screens: alive, ready, and its figures for Prometheus."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Probe = Callable[[], Awaitable[Mapping[str, str]]]
"""Names each dependency; the text is "ok" or, in words, what is wrong with it."""

PAGES = ("/healthz", "/readyz", "/metrics")
_REASONS = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}


async def serve(ready: Probe, *, port: int | None = None) -> asyncio.Server:
    """Answer /healthz, /readyz and /metrics on loopback, and return the running server.

    Args:
        ready: asked at every /readyz; 200 only when every dependency is "ok".
        port: without it, EHOSPITAL_HEALTH_PORT, else a free one.
    """
    wanted = port if port is not None else int(os.environ.get("EHOSPITAL_HEALTH_PORT", "0"))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10):
                request = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = await page(request.split(b" ")[1].split(b"?")[0].decode("latin-1"), ready)
                head = f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {kind}\r\n"
                writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, IndexError):
            pass  # whoever asked has gone or does not speak HTTP
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", wanted)


async def page(path: str, ready: Probe) -> tuple[int, str, bytes]:
    """Return status, content type and body of one of the pages, for a process that has an HTTP server of its own."""
    if path == "/healthz":
        return 200, "application/json", b'{"alive":true}'
    if path == "/readyz":
        states = dict(await ready())
        good = all(state == "ok" for state in states.values())
        return (200 if good else 503), "application/json", orjson.dumps({"ready": good, "needs": states})
    if path == "/metrics":
        return 200, CONTENT_TYPE_LATEST, generate_latest()
    return 404, "text/plain", b"only /healthz, /readyz and /metrics are here\n"
