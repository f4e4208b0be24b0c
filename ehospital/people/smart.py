"""SMART scopes of systems (`system/Patient.read`), and the signed tokens that carry them for some minutes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

KINDS: Final = ("Patient", "Observation", "Condition", "AllergyIntolerance", "Encounter")
"""The resource types that a scope may name; `*` is all of them."""

DEEDS: Final = ("read", "write")
LASTS: Final = timedelta(minutes=5)
LONGEST_TOKEN: Final = 4000

_SCOPE = re.compile(rf"^system/(?:\*|{'|'.join(KINDS)})\.(?:\*|{'|'.join(DEEDS)})$", re.ASCII)
_SIGNER: Final = Signer(salt="people.smart.token")


class UnknownScope(ValueError):
    """That is no scope that this hospital gives."""


class NoToken(ValueError):
    """The token was not made here, or its time is over."""


@dataclass(frozen=True)
class Token:
    """What a token says: for whom, of which edition of the credentials, with which scopes, until when."""

    client_id: UUID
    edition: int
    scopes: tuple[str, ...]
    until: datetime


def checked(scopes: Iterable[str]) -> list[str]:
    """Return the scopes, each once, in order.

    Raises:
        UnknownScope: one of them is none.
    """
    found = list(dict.fromkeys(scopes))
    for scope in found:
        if not _SCOPE.match(scope):
            raise UnknownScope(f"{scope[:80]!r} is no scope; write system/<type>.<read or write>, such as {EXAMPLE}")
    return found


EXAMPLE: Final = "system/Patient.read"


def allows(scopes: Iterable[str], kind: str, deed: str) -> bool:
    """Return whether one of the scopes covers reading or writing a resource type."""
    wanted = {f"system/{one}.{two}" for one in (kind, "*") for two in (deed, "*")}
    return not wanted.isdisjoint(scopes)


def within(asked: Iterable[str], given: Iterable[str]) -> bool:
    """Return whether everything that is asked for is covered by what was given."""
    given = tuple(given)
    return all(
        allows(given, kind, deed)
        for scope in asked
        for kind in _meant(scope[len("system/") :].split(".")[0], KINDS)
        for deed in _meant(scope.rsplit(".", 1)[1], DEEDS)
    )


def _meant(word: str, every: tuple[str, ...]) -> tuple[str, ...]:
    return every if word == "*" else (word,)


def hashed(secret: str) -> str:
    """Return what is kept of a secret of 256 random bits."""
    return salted_hmac("people.clients.secret", secret, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def sign(token: Token) -> str:
    """Return a token as the text that its bearer shows."""
    told = [token.client_id.hex, token.edition, " ".join(token.scopes), int(token.until.timestamp())]
    return _SIGNER.sign_object(told, compress=True)


def read(text: str, *, at: datetime) -> Token:
    """Return what a token says that is still good at that moment.

    Raises:
        NoToken: it was not made here, was changed, or its time is over: all alike.
    """
    try:
        if len(text) > LONGEST_TOKEN or not text.isascii():
            raise BadSignature("no token is that long")
        client, edition, scopes, until = _SIGNER.unsign_object(text)
        found = Token(UUID(client), edition, tuple(scopes.split()), datetime.fromtimestamp(until, UTC))
    except (BadSignature, ValueError, TypeError) as error:
        raise NoToken("the token was not made here") from error
    if found.until <= at:
        raise NoToken("the time of the token is over")
    return found
