"""What is more than a page takes is refused before anything of it is stored."""

from collections.abc import MutableMapping
from typing import Any

from ehospital.config.bodies import Bounded

Message = MutableMapping[str, Any]


class Client:
    """Somebody who sends a body in pieces, and the application behind the bound."""

    def __init__(self, *pieces: bytes, length: bytes | None = None) -> None:
        self.pieces, self.heard, self.answers = list(pieces), b"", []
        self.scope = {"type": "http", "headers": [(b"content-length", length)] if length is not None else []}
        self.left = False

    async def receive(self) -> Message:
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message: Message) -> None:
        self.answers.append(message)

    async def application(self, scope: Message, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left = True
                break
            self.heard += message["body"]
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200})

    async def ask(self) -> list[int]:
        await Bounded(self.application, most_bytes=10)(self.scope, self.receive, self.send)
        return [one["status"] for one in self.answers if "status" in one]


async def test_the_most_is_taken() -> None:
    client = Client(b"12345", b"67890", length=b"10")
    assert await client.ask() == [200]
    assert client.heard == b"1234567890"


async def test_more_than_the_most_is_refused_by_what_was_announced_and_nothing_is_read() -> None:
    for length in (b"11", b"2147483648"):
        client = Client(b"12345678901", length=length)
        assert await client.ask() == [413]
        assert (client.heard, len(client.pieces)) == (b"", 1)
    assert b"25 MB" in client.answers[1]["body"]


async def test_more_than_was_announced_is_refused_when_it_comes() -> None:
    for length in (None, b"3", b"nonsense", b"-5"):
        client = Client(b"12345", b"67890", b"1", b"never read", length=length)
        assert await client.ask() == [413]
        assert client.left and client.heard == b"1234567890"
        assert client.pieces == [b"never read"]


async def test_what_is_no_request_passes() -> None:
    seen = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    await Bounded(application)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]


async def test_two_gigabytes_are_refused_long_before_they_came() -> None:
    """Sent in pieces, without saying how much: what is read stays near the bound, in memory as on the disk."""
    piece, read, answers = bytes(1024 * 1024), 0, []
    heard = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": piece, "more_body": read < 2048}

    async def send(message: Message) -> None:
        answers.append(message)

    async def application(scope: Message, receive: Any, send: Any) -> None:
        nonlocal heard
        while (message := await receive())["type"] != "http.disconnect":
            heard += len(message["body"])

    await Bounded(application)({"type": "http", "headers": []}, receive, send)
    assert [one["status"] for one in answers if "status" in one] == [413]
    assert (read, heard) == (26, 25 * 1024 * 1024)
