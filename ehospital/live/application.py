"""`/live/?ticket=…`: a pure ASGI application that admits by a signed ticket and streams events to one browser.

event: vitals   how a bed is; only the newest of each is sent
event: alert    an alert was opened, updated, acknowledged or closed
event: bed      a bed was filled or left: draw it anew
event: notice   other notices wait for this person than before
event: beat     every two seconds {"at": ms}, and only while new values can come: the proof that the page is live
event: down     {"why": "nats" or "stream"}: nothing new can come; no beats until that is over
event: resync   something was missed: fetch everything again
event: renew    the ticket has run out: come again with a new one
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

from ehospital.live.hub import Hub
from ehospital.live.inbox import Event, Inbox
from ehospital.wire import health, tickets
from ehospital.wire.connection import Connection
from ehospital.wire.tickets import BadTicket, Ticket

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BEAT_S = 2.0
MOST_BROWSERS = 2000

_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that collects events would make every value old
    (b"x-content-type-options", b"nosniff"),
]


class LiveApplication:
    """Answers /live/, and in a process of its own how it is: /healthz, /readyz and /metrics.

    Args:
        secret: EHOSPITAL_SECRET_KEY, under which tickets are signed.
        now: the time, timezone-aware.
    """

    def __init__(
        self, hub: Hub, secret: str, *, beat_s: float = BEAT_S, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._hub, self._secret, self._beat_s, self._now = hub, secret, beat_s, now
        self._browsers = 0
        self._stopping = asyncio.Event()

    @classmethod
    def from_environment(cls) -> "LiveApplication":
        """Make the application of this process; nothing is connected before the first event loop runs."""
        url = os.environ.get("EHOSPITAL_NATS_URL", "")
        return cls(Hub(Connection(url, "web")), os.environ.get("EHOSPITAL_SECRET_KEY", ""))

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Connect when the server starts, without waiting for NATS; let go when it stops."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._hub.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._stopping.set()
                await self._hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        if scope["path"] in health.PAGES:
            await self._health(scope["path"], send)
        elif scope["path"].rstrip("/") != "/live":
            await _refuse(send, 404, "there is only /live/ here")
        elif scope["method"] not in {"GET", "HEAD"}:
            await _refuse(send, 405, "events are read with GET")
        elif self._browsers >= MOST_BROWSERS:
            await _refuse(send, 503, "too many browsers listen; try again")
        else:
            await self._admit(scope, receive, send)

    async def _health(self, path: str, send: Send) -> None:
        await self._hub.start()
        status, kind, body = await health.page(path, self._hub.ready)
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket", [""])[0]
        if not shown:
            await _refuse(send, 401, "a ticket is needed; the page that shows live values carries one")
            return
        try:
            ticket = tickets.read(shown, now=self._now(), secret=self._secret)
        except BadTicket as problem:
            await _refuse(send, 403, f"the ticket {problem}; fetch a new one")
            return
        await self._hub.start()  # a server without lifespan events never said that it started
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        self._browsers += 1
        inbox = Inbox()
        try:
            await self._hub.listen(inbox, ticket.subjects)
            await self._until_gone(receive, self._stream(ticket, inbox, send))
        finally:
            self._browsers -= 1
            await self._hub.leave(inbox, ticket.subjects)

    async def _until_gone(self, receive: Receive, streaming: Awaitable[None]) -> None:
        """Stream until it ends by itself or the browser goes away."""

        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        tasks = {asyncio.ensure_future(streaming), asyncio.ensure_future(gone())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except OSError:
            pass  # the browser went away in the middle of an event
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _stream(self, ticket: Ticket, inbox: Inbox, send: Send) -> None:
        loop = asyncio.get_running_loop()
        said = ""
        beat_at = loop.time()
        await _write(send, b"retry: 1000\n\n")
        while not self._stopping.is_set():
            if self._now() >= ticket.ends_at:
                await _write(send, _line(Event("renew", b"{}")), more=False)
                return
            lines = [_line(event) for event in inbox.take()]
            trouble = self._hub.trouble
            if trouble and trouble != said:
                lines.append(_line(Event("down", orjson.dumps({"why": trouble}))))
            said = trouble
            if loop.time() >= beat_at:
                beat_at = loop.time() + self._beat_s
                at = round(self._now().timestamp() * 1000)
                # Without news a comment still tells whether the browser is there.
                lines.append(b": down\n\n" if trouble else _line(Event("beat", orjson.dumps({"at": at}))))
            if lines:
                await _write(send, b"".join(lines))
            await inbox.wait(max(0.0, min(beat_at - loop.time(), self._seconds_left(ticket))))

    def _seconds_left(self, ticket: Ticket) -> float:
        return max(0.0, (ticket.ends_at - self._now()).total_seconds())


def _line(event: Event) -> bytes:
    return b"event: " + event.name.encode() + b"\ndata: " + event.data + b"\n\n"


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode() + b"\n"})
