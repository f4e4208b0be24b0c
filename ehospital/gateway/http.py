"""Entry over HTTP: `POST /devices/v1/readings` with a device's credentials; answered when the readings are durable.

The body is one payload of the contract, or an array of up to 1,000. **The good ones of an array are kept, together or
not at all; each bad one is put aside as a dead letter and named by its index** (422). So after 200 or 422 nothing need
be sent again; after 429 or 503 everything must be, and repeats are dropped further in.

| status | means |
|---|---|
| 200 | `{"taken": n, "refused": []}`: all durable |
| 422 | `{"taken": n, "refused": [{"index": i, "why": "…"}]}`: n durable, the others put aside |
| 400 | the body is neither a JSON object nor a JSON array of some |
| 401 | no device, an unknown one, a wrong secret, or a revoked one |
| 403 | a payload names another device, or is of a kind that this one may not send; nothing was taken |
| 408, 413, 415 | the body came too slowly; is over 1 MiB or 1,000 payloads; is compressed. Nothing was taken |
| 429 | this device has four requests under way |
| 503 | the stream cannot take anything now; `Retry-After` says when to try again |
"""

import asyncio
import base64
import binascii
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
from prometheus_client import Counter, Histogram

from ehospital.gateway.admission import Admission, NotAdmitted
from ehospital.gateway.intake import ForeignPayload, Intake, NotPayloads, TooManyPayloads
from ehospital.gateway.refusals import Reason, Refusals
from ehospital.wire.batches import NotTaken
from ehospital.wire.devices_directory import DeviceEntry

ANSWERED = Counter("ehospital_gateway_http_answers", "Answers of the HTTP door.", ["status"])
TOOK = Histogram("ehospital_gateway_http_seconds", "From the whole body to its answer.")

PATH = "/devices/v1/readings"
MAX_BODY_BYTES = 1024 * 1024
AT_ONCE = 4
_BODY_SECONDS = 30.0
_DISCARDED_BYTES = 16 * MAX_BODY_BYTES
_CLOSE = {"connection": "close"}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _Early(Exception):
    """Ends a request with a status and the reason in words."""

    def __init__(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers or {}


class HttpDoor:
    """The ASGI application of the HTTP door.

    Args:
        trouble: tells, in words, why nothing can be taken now; empty when all is well.
    """

    def __init__(self, intake: Intake, admission: Admission, refusals: Refusals, trouble: Callable[[], str]) -> None:
        self._intake = intake
        self._admission = admission
        self._refusals = refusals
        self._trouble = trouble
        self._under_way: Tally[str] = Tally()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not spoken here")
        headers: dict[str, str] = {}
        try:
            body = await self._page(scope, receive)
            status = 422 if body.get("refused") else 200
        except _Early as early:
            status, body, headers = early.status, {"why": early.why}, early.headers
        ANSWERED.labels(str(status)).inc()
        content = orjson.dumps(body)
        lines = {"content-type": "application/json", "content-length": str(len(content)), **headers}
        pairs = [(name.encode(), value.encode()) for name, value in lines.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    async def _page(self, scope: Scope, receive: Receive) -> dict[str, object]:
        path, method = scope["path"], scope["method"]
        if path == "/healthz" and method in {"GET", "HEAD"}:
            return {"alive": True}
        if path == "/readyz" and method in {"GET", "HEAD"}:
            trouble = self._trouble()
            if trouble:
                raise _Early(503, trouble, {"retry-after": "2"})
            return {"ready": True}
        if path != PATH:
            raise _Early(404, f"only {PATH}, /healthz and /readyz are here")
        if method != "POST":
            raise _Early(405, "send readings with POST", {"allow": "POST"})
        return await self._readings(scope, receive)

    async def _readings(self, scope: Scope, receive: Receive) -> dict[str, object]:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        device, secret = _credentials(headers.get("authorization", ""))
        entry = self._admitted(device, secret)
        if self._under_way[device] >= AT_ONCE:
            self._refusals.add("http", device, Reason.TOO_MANY, f"{AT_ONCE} requests under way")
            raise _Early(429, f"{AT_ONCE} requests of this device are under way", {"retry-after": "1"})
        self._under_way[device] += 1
        try:
            raw = await self._body(device, headers, receive)
            with TOOK.time():
                return await self._taken(device, entry, raw)
        finally:
            self._under_way[device] -= 1
            if not self._under_way[device]:
                del self._under_way[device]

    def _admitted(self, device: str, secret: str) -> DeviceEntry:
        try:
            return self._admission.admit(device, secret)
        except NotAdmitted as refused:
            self._refusals.add("http", device, refused.reason, refused.detail)
            if refused.reason is Reason.NOT_READY:
                raise _Early(503, "readings cannot be stored now; keep them", {"retry-after": "2"}) from None
            challenge = {"www-authenticate": 'Basic realm="devices", charset="UTF-8"'}
            raise _Early(401, "no device has these credentials", challenge) from None

    async def _body(self, device: str, headers: dict[str, str], receive: Receive) -> bytes:
        if headers.get("content-encoding", "identity") != "identity":
            raise _Early(415, "send the body as it is, without content-encoding", _CLOSE)
        said = headers.get("content-length", "")
        too_large = said.isascii() and said.isdigit() and int(said[:20]) > MAX_BODY_BYTES
        body = bytearray()
        size = 0
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                more = True
                # What is too large is read a little further: closing at once would keep the answer from the device.
                while more and size <= (_DISCARDED_BYTES if too_large else MAX_BODY_BYTES):
                    event = await receive()
                    if event["type"] == "http.disconnect":
                        raise _Early(400, "the request broke off", _CLOSE)
                    piece = event.get("body", b"")
                    size += len(piece)
                    too_large = too_large or size > MAX_BODY_BYTES
                    if not too_large:
                        body += piece
                    more = event.get("more_body", False)
        except TimeoutError:
            raise _Early(408, "the body came too slowly", _CLOSE) from None
        if too_large:
            self._refusals.add("http", device, Reason.TOO_LARGE, f"more than {MAX_BODY_BYTES} bytes")
            raise _Early(413, f"more than {MAX_BODY_BYTES} bytes; nothing was taken", _CLOSE)
        return bytes(body)

    async def _taken(self, device: str, entry: DeviceEntry, raw: bytes) -> dict[str, object]:
        try:
            result = await self._intake.take(device, entry, raw)
        except NotPayloads as error:
            raise _Early(400, str(error)) from None
        except TooManyPayloads as error:
            raise _Early(413, f"{error}; nothing was taken") from None
        except ForeignPayload as error:
            raise _Early(403, f"{error}; nothing was taken") from None
        except NotTaken as error:
            self._refusals.add("http", device, Reason.NOT_READY, str(error))
            retry = {"retry-after": str(error.retry_after_seconds)}
            raise _Early(503, "the readings are not stored; keep them and send them again", retry) from None
        refused = [{"index": index, "why": why} for index, _, why in result.bad]
        return {"taken": len(result.good), "refused": refused}


def _credentials(header: str) -> tuple[str, str]:
    """Return user name and password of a Basic header, both empty when it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        device, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return device, secret
