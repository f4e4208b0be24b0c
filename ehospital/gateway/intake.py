"""What a device sent over HTTP: sorted into good and bad, the good made durable, the bad put aside by index."""

import logging
from dataclasses import dataclass, field

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError
from prometheus_client import Counter

from ehospital.gateway.refusals import Reason, Refusals
from ehospital.kernel import readings
from ehospital.kernel.readings import MalformedFrame, Status
from ehospital.wire import batches, dead_letters, subjects
from ehospital.wire.devices_directory import DeviceEntry

log = logging.getLogger(__name__)
TAKEN = Counter("ehospital_gateway_http_taken", "Payloads that came over HTTP and are durable.")

MAX_PAYLOADS = batches.MAX_BATCH
_DOOR = "http"


class NotPayloads(ValueError):
    """The body is neither a JSON object nor a JSON array of some."""


class TooManyPayloads(ValueError):
    """More than can be stored together."""


class ForeignPayload(ValueError):
    """A payload speaks for another device, or is of a kind that this device may not send."""


class _Named(msgspec.Struct):
    device: str | None = None


@dataclass
class Sorted:
    """The payloads of one body; `bad` holds index, bytes and why."""

    good: list[batches.Message] = field(default_factory=list)
    bad: list[tuple[int, bytes, str]] = field(default_factory=list)


class Intake:
    """Takes bodies of devices that have proved themselves."""

    def __init__(self, client: Client, publisher: batches.BatchPublisher, refusals: Refusals) -> None:
        self._client = client
        self._publisher = publisher
        self._refusals = refusals

    async def take(self, device: str, entry: DeviceEntry, raw: bytes) -> Sorted:
        """Store the good payloads, all or none, then put the bad ones aside.

        Raises:
            NotPayloads, TooManyPayloads, ForeignPayload: nothing was stored.
            batches.NotTaken: the stream did not confirm; all must be sent again.
        """
        try:
            result = _sorted(device, entry, raw)
        except NotPayloads as error:
            await self._put_aside(device, raw, str(error))
            raise
        except TooManyPayloads as error:
            self._refusals.add(_DOOR, device, Reason.TOO_LARGE, str(error))
            raise
        except ForeignPayload as error:
            self._refusals.add(_DOOR, device, Reason.FOREIGN_PAYLOAD, str(error))
            raise
        if result.good:
            await self._publisher.publish(result.good)
            TAKEN.inc(len(result.good))
        for _, payload, why in result.bad:
            await self._put_aside(device, payload, why)
        return result

    async def _put_aside(self, device: str, raw: bytes, why: str) -> None:
        self._refusals.add(_DOOR, device, Reason.MALFORMED, why)
        try:
            subject = subjects.gateway(_DOOR, device, "frame")
            await dead_letters.send(self._client, "malformed", raw, subject, detail=why)
        except NatsError as error:
            # The device is told which payload was bad and why: nothing is lost in silence.
            log.warning("a malformed payload of %s could not be put aside: %s", device, error)


def _sorted(device: str, entry: DeviceEntry, raw: bytes) -> Sorted:
    try:
        payloads = readings.split(raw)
    except MalformedFrame as error:
        raise NotPayloads(str(error)) from None
    if not payloads:
        raise NotPayloads("the array is empty")
    if len(payloads) > MAX_PAYLOADS:
        raise TooManyPayloads(f"{len(payloads)} payloads; send at most {MAX_PAYLOADS} at once")
    result = Sorted()
    for index, payload in enumerate(payloads):
        try:
            kind = "status" if isinstance(readings.decode_payload(payload), Status) else "frame"
        except MalformedFrame as error:
            result.bad.append((index, payload, str(error)))
            kind = ""
        _refuse_foreign(device, entry, kind, payload)
        if kind:
            result.good.append((subjects.gateway(_DOOR, device, kind), payload))
    if result.bad and not raw.lstrip().startswith((b"{", b"[")):
        raise NotPayloads(result.bad[0][2])
    if result.bad and len(payloads) == 1 and not _is_json(raw):
        raise NotPayloads(result.bad[0][2])
    return result


def _refuse_foreign(device: str, entry: DeviceEntry, kind: str, payload: bytes) -> None:
    """A payload need not name its device; one that names another is a lie or a mix-up, and neither may be stored."""
    if kind and kind not in entry.kinds:
        raise ForeignPayload(f"this device may not send a {kind}")
    if b'"device"' in payload:
        try:
            named = msgspec.json.decode(payload, type=_Named).device
        except (msgspec.MsgspecError, RecursionError):
            return  # it cannot be understood at all, and is among the bad
        if named is not None and named != device:
            raise ForeignPayload(f"a payload names the device {named[:64]!r}")


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=dict)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True
