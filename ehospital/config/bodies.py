"""How much anybody may send to a page: what is more is refused before it is stored anywhere.

Django's own limits count what it parses; the body before that it would put on the disk whole, whatever its size.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 25 * 1024 * 1024
_WORDS = (
    b"This is more than 25 MB, which is the most that a page takes. Nothing was stored. "
    b"Go back, choose a smaller file, and send it again.\n"
)


class Bounded:
    """An ASGI application that hears at most so many bytes of a body; who sends more is answered 413."""

    def __init__(self, application: Application, most_bytes: int = MOST_BYTES) -> None:
        self._application, self._most = application, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse by the length that was announced, or by what came."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._most:
            await _refuse(send)
            return
        body = _Counted(receive, send, self._most)
        await self._application(scope, body.receive, body.send)


class _Counted:
    """One request and its answer; once too much came, the application hears that the client left."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._left = receive, send, most
        self._over = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not self._over:
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self._over = True
                await _refuse(self._send)
        return {"type": "http.disconnect"} if self._over else message

    async def send(self, message: Message) -> None:
        if not self._over:
            await self._send(message)


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_WORDS)).encode()),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _WORDS})
