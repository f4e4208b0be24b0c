"""Whoever was refused at a door: counted at once, told to the house without drowning it."""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum

import orjson
from nats.aio.client import Client
from nats.errors import Error as NatsError
from prometheus_client import Counter

from ehospital.wire import subjects

log = logging.getLogger(__name__)

SUBJECT = subjects.technical("gateway", "refused")
AGAIN_SECONDS = 10.0
_REMEMBERED = 2000
_AT_ONCE = 50
_OTHERS = "*"


class Reason(Enum):
    """Why a device, or what it sent, was not let in."""

    UNKNOWN_DEVICE = "unknown_device"
    WRONG_SECRET = "wrong_secret"  # noqa: S105  (a reason, not a secret)
    REVOKED = "revoked"
    FOREIGN_CLIENT_ID = "foreign_client_id"  # the MQTT client id must be the user name
    NOT_MQTT = "not_mqtt"  # device credentials on another listener
    FORBIDDEN_TOPIC = "forbidden_topic"  # dropped by the server after it was acknowledged
    FORBIDDEN_SUBSCRIPTION = "forbidden_subscription"
    FOREIGN_PAYLOAD = "foreign_payload"  # names another device, or is of a kind that this one may not send
    UNSUPPORTED_QOS = "unsupported_qos"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NOT_STORED = "not_stored"  # the server could not keep a frame; it was not acknowledged
    NOT_READY = "not_ready"  # the pipe behind the door cannot take anything yet
    BAD_REQUEST = "bad_request"


REFUSED = Counter("ehospital_gateway_refused", "Refusals at the device doors.", ["door", "reason"])
for _door in ("mqtt", "http"):
    for _reason in Reason:
        REFUSED.labels(_door, _reason.value)


@dataclass
class _Told:
    count: int = 0
    detail: str = ""
    last_at: float = float("-inf")


class Refusals:
    """Counts each refusal and publishes `tech.gateway.refused`: the first of its kind at once, then every 10 s.

    The event: `{"door","device","reason","detail","count","at"}`; `at` in milliseconds since 1970. Memory is bounded:
    beyond two thousand names at a time the rest is told as device "*".
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._told: OrderedDict[tuple[str, str, Reason], _Told] = OrderedDict()
        self._news = asyncio.Event()

    def add(self, door: str, device: str, reason: Reason, detail: str = "") -> None:
        """Count one refusal; `device` is what the client called itself, believed or not."""
        REFUSED.labels(door, reason.value).inc()
        key = (door, device[:64] or _OTHERS, reason)
        if key not in self._told and len(self._told) >= _REMEMBERED:
            key = (door, _OTHERS, reason)
        told = self._told.setdefault(key, _Told())
        told.count += 1
        told.detail = detail[:200]
        self._news.set()

    async def tell(self) -> None:
        """Publish what is due, until cancelled."""
        while True:
            self._news.clear()
            wait = await self._tell_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()
            await asyncio.sleep(0.05)  # let a burst gather

    async def _tell_due(self) -> float | None:
        """Publish up to 50 events and return after how long to look again."""
        now = time.monotonic()
        sent = 0
        for key, told in list(self._told.items()):
            if now - told.last_at < AGAIN_SECONDS:
                continue
            if not told.count:
                del self._told[key]
                continue
            if sent == _AT_ONCE or not self._client.is_connected:
                return 1.0
            await self._publish(key, told)
            told.count, told.last_at = 0, now
            self._told.move_to_end(key)
            sent += 1
        return 1.0 if self._told else None

    async def _publish(self, key: tuple[str, str, Reason], told: _Told) -> None:
        door, device, reason = key
        event = {
            "door": door,
            "device": device,
            "reason": reason.value,
            "detail": told.detail,
            "count": told.count,
            "at": time.time_ns() // 1_000_000,
        }
        log.warning("refused at the %s door: %s, %s, %d times %s", door, device, reason.value, told.count, told.detail)
        try:
            await self._client.publish(SUBJECT, orjson.dumps(event))
        except (NatsError, ValueError) as error:
            log.warning("a refusal could not be told: %s", error)
