"""Tickets for live events: a page hands one to its browser, and `live` admits by it without asking a database.

A ticket names its bearer and the subjects that it opens, is signed, and ends after five minutes; the page fetches a new
one before that, and whoever may no longer see the ward gets none. It lives below both, because pages issue tickets and
`live` reads them, and neither knows the other.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

GOOD_FOR = timedelta(minutes=5)
_PURPOSE = b"ehospital.live.ticket.v1"


class BadTicket(PermissionError):
    """The ticket is not ours, is damaged, or has run out; the page must fetch a new one."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a good ticket says.

    Attributes:
        subjects: NATS subjects that the bearer may hear, `live.ward.<id>` or `live.patient.<id>`.
        who: the account's id, for counting and logs.
        ends_at: timezone-aware.
    """

    subjects: tuple[str, ...]
    who: str
    ends_at: datetime


def issue(subjects: tuple[str, ...], *, who: str, now: datetime, secret: str) -> str:
    """Return a ticket for these subjects, good for five minutes, safe in an address.

    Args:
        secret: EHOSPITAL_SECRET_KEY; the signing key is derived from it.
    """
    claims = {"s": list(subjects), "w": who, "e": int((now + GOOD_FOR).timestamp())}
    body = _text(json.dumps(claims, separators=(",", ":")).encode())
    return f"{body}.{_text(_signature(body, secret))}"


def read(ticket: str, *, now: datetime, secret: str) -> Ticket:
    """Return what a ticket says.

    Raises:
        BadTicket: forged, damaged or out of date.
    """
    body, _, signature = ticket.partition(".")
    try:
        good = hmac.compare_digest(_bytes(signature), _signature(body, secret))
        claims = json.loads(_bytes(body)) if good else None
    except (ValueError, binascii.Error) as error:
        raise BadTicket("damaged") from error
    if claims is None:
        raise BadTicket("not signed by this hospital")
    ends_at = datetime.fromtimestamp(claims["e"], tz=UTC)
    if now >= ends_at:
        raise BadTicket("has run out")
    return Ticket(tuple(claims["s"]), claims["w"], ends_at)


def _signature(body: str, secret: str) -> bytes:
    key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
    return hmac.digest(key, body.encode(), hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
