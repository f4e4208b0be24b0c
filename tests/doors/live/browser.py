"""A browser's event stream over a real socket, and the real application under uvicorn."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn

from ehospital.live.application import LiveApplication
from ehospital.live.hub import Hub
from ehospital.wire import tickets
from ehospital.wire.connection import Connection

SECRET = "s" * 64


@dataclass
class Browser:
    """What one browser has heard."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    ended: bool = False

    def names(self) -> list[str]:
        """The names of the events, beats left out."""
        return [name for name, _ in self.events if name != "beat"]

    def of(self, name: str) -> list[Any]:
        """What came with the events of a name."""
        return [data for heard, data in self.events if heard == name]


@dataclass
class Served:
    """The application at an address."""

    application: LiveApplication
    hub: Hub
    address: str

    def url(self, ticket: str) -> str:
        """Where a browser with this ticket connects."""
        return f"{self.address}/live/?ticket={ticket}"

    @asynccontextmanager
    async def browser(self, *subjects: str, ends_in: timedelta | None = None) -> AsyncIterator[Browser]:
        """A browser that listens to these subjects."""
        now = datetime.now(UTC) - (tickets.GOOD_FOR - ends_in if ends_in else timedelta(0))
        url = self.url(tickets.issue(subjects, who="nurse", now=now, secret=SECRET))
        heard = Browser()
        began = asyncio.Event()
        reading = asyncio.create_task(_read(url, heard, began))
        await asyncio.wait_for(began.wait(), 20)
        try:
            yield heard
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def _read(url: str, heard: Browser, began: asyncio.Event) -> None:
    async with httpx.AsyncClient(timeout=None) as client, client.stream("GET", url) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            began.set()
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                heard.events.append((name, json.loads(line[6:])))
    heard.ended = True


@asynccontextmanager
async def serve(nats_url: str, *, beat_s: float = 0.2) -> AsyncIterator[Served]:
    """The application under uvicorn, as the web process runs it."""
    hub = Hub(Connection(nats_url, "web"))
    application = LiveApplication(hub, SECRET, beat_s=beat_s)
    config = uvicorn.Config(application, port=0, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(application, hub, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        await running
