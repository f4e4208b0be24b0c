"""Messages that could not be understood: kept as they came, with the reason, to be looked at and sent again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError
from prometheus_client import Counter

from ehospital.wire import streams, subjects
from ehospital.wire.server_config import MAX_PAYLOAD_BYTES

DEAD = Counter("ehospital_dead_letters", "Messages put aside because they could not be understood.", ["reason"])

_REASON, _SUBJECT, _DETAIL, _FROM, _CUT = "Dead-Reason", "Dead-Subject", "Dead-Detail", "Dead-From", "Dead-Cut"
_HEADER_ROOM = 4096
_DETAIL_CHARACTERS = 500
_ANSWER_SECONDS = 5.0


class NoSuchLetter(LookupError):
    """No dead letter has this number."""


class CannotReplay(RuntimeError):
    """The letter cannot be sent again; says why."""


@dataclass(frozen=True)
class DeadLetter:
    """One message that was put aside.

    Attributes:
        number: its place in the stream DEAD; what `show` and `replay` take.
        reason: one word, such as "malformed"; `detail` says more.
        subject: where it came from, `obs.…` or `gw.v1.…`.
        origin: "<stream>:<sequence>" of the original, empty when a door refused it.
        raw: the bytes as they came; the first part of them when `cut_from` is above zero.
        cut_from: the original's size when it was too large to keep whole.
    """

    number: int
    at: datetime
    reason: str
    detail: str
    subject: str
    origin: str
    raw: bytes
    cut_from: int


async def send(
    client: Client, reason: str, raw: bytes, subject: str, *, detail: str = "", origin: tuple[str, int] | None = None
) -> int:
    """Put a message aside, durably, and return its number.

    Args:
        reason: one name, `[A-Za-z0-9_-]`; counted and filtered by.
        detail: what is wrong with it, for people.
        origin: stream and sequence; with it, sending the same message again within minutes keeps one letter.
    Raises:
        nats.errors.Error: NATS did not take it; then the original must not be acknowledged.
    """
    headers = {_REASON: reason, _SUBJECT: _plain(subject), _DETAIL: _plain(detail)[:_DETAIL_CHARACTERS]}
    if origin:
        headers |= {_FROM: f"{origin[0]}:{origin[1]}", "Nats-Msg-Id": f"{reason}:{origin[0]}:{origin[1]}"}
    room = MAX_PAYLOAD_BYTES - _HEADER_ROOM
    if len(raw) > room:
        headers[_CUT] = str(len(raw))
        raw = raw[:room]
    answer = await client.jetstream().publish(
        subjects.dead(reason), raw, timeout=_ANSWER_SECONDS, stream=streams.DEAD_LETTERS, headers=headers
    )
    if not answer.duplicate:
        DEAD.labels(reason).inc()
    return answer.seq


async def letters(
    client: Client, *, reason: str | None = None, after: int = 0, limit: int = 100
) -> AsyncIterator[DeadLetter]:
    """List dead letters, oldest first.

    Args:
        reason: only these.
        after: only letters with a larger number, to page on.
    """
    wanted = subjects.dead(reason) if reason else subjects.DEAD
    stream = client.jetstream()
    for _ in range(limit):
        try:
            message = await stream.get_msg(streams.DEAD_LETTERS, after + 1, subject=wanted, direct=True, next=True)
        except NotFoundError:
            return
        letter = _letter(message)
        after = letter.number
        yield letter


async def show(client: Client, number: int) -> DeadLetter:
    """Return one dead letter.

    Raises:
        NoSuchLetter: it was replayed, has aged out, or never was.
    """
    try:
        return _letter(await client.jetstream().get_msg(streams.DEAD_LETTERS, number, direct=True))
    except NotFoundError:
        raise NoSuchLetter(f"no dead letter has the number {number}") from None


async def replay(client: Client, number: int) -> str:
    """Send a letter's message in again, remove the letter, and return the subject; still bad, it comes back anew.

    Raises:
        NoSuchLetter: there is none.
        CannotReplay: only part of the message was kept.
    """
    letter = await show(client, number)
    if letter.cut_from:
        raise CannotReplay(f"only the first part of {letter.cut_from} bytes was kept; the original is {letter.origin}")
    subject = letter.subject
    if subject.startswith("obs."):
        seen = subjects.observed(subject)
        subject = subjects.gateway(seen.protocol, seen.device, seen.kind)
    stream = client.jetstream()
    await stream.publish(subject, letter.raw, timeout=_ANSWER_SECONDS)
    await stream.delete_msg(streams.DEAD_LETTERS, number)
    return subject


def _letter(message: RawStreamMsg) -> DeadLetter:
    headers = message.headers or {}
    sent = message.time or datetime.fromtimestamp(0, UTC)
    return DeadLetter(
        number=message.seq or 0,
        at=sent,
        reason=headers.get(_REASON, ""),
        detail=headers.get(_DETAIL, ""),
        subject=headers.get(_SUBJECT, ""),
        origin=headers.get(_FROM, ""),
        raw=message.data or b"",
        cut_from=int(headers.get(_CUT, "0")),
    )


def _plain(text: str) -> str:
    """Make any text fit one header line."""
    return text.encode("unicode_escape").decode("ascii")
