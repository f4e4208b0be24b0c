"""The signed texts of NATS's auth callout: what the server asks, and what we answer (JWT with ed25519-nkey)."""

import base64
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import nkeys
import orjson

from ehospital.wire import subjects
from ehospital.wire.server_config import ACCOUNT

SIGN_IN_LASTS_SECONDS = 24 * 3600
"""A device's connection ends after a day and it signs in anew, should a revocation ever have failed to reach it."""

_HEADER = base64.urlsafe_b64encode(b'{"typ":"JWT","alg":"ed25519-nkey"}').rstrip(b"=")
_SUBSCRIPTIONS = 8


class ServerIdentity(msgspec.Struct):
    """Which server asks; only the answer's address matters here."""

    id: str


class ClientInfo(msgspec.Struct):
    """How a client came in: `type` is "mqtt", "nats" or "websocket"."""

    type: str = ""
    host: str = ""
    mqtt_id: str = ""


class ConnectOptions(msgspec.Struct):
    """What the client showed."""

    user: str = ""
    password: str = msgspec.field(default="", name="pass")


class SignIn(msgspec.Struct):
    """One request for entry."""

    server_id: ServerIdentity
    user_nkey: str
    client_info: ClientInfo
    connect_opts: ConnectOptions


class _Claims(msgspec.Struct):
    nats: SignIn
    aud: str = ""
    exp: int = 0


@dataclass(frozen=True)
class Refused:
    """What the server is told; the client only hears "not authorized"."""

    reason: str


@dataclass(frozen=True)
class Admitted:
    """A device and what it may publish."""

    device: str
    kinds: Sequence[str]
    fingerprint: str
    """Of the entry that it came in by: the connection shows it for as long as it lasts."""


class BadRequest(ValueError):
    """The text is no request for entry."""


class TooLate(ValueError):
    """The server has given up waiting for this answer; the device will ask again."""


def read_request(token: bytes) -> SignIn:
    """Read the server's request.

    Raises:
        BadRequest: it is something else.
        TooLate: nobody waits for the answer; in a storm, work on these would starve those who still wait.
    """
    try:
        body = token.split(b".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)), type=_Claims)
    except (IndexError, ValueError, msgspec.DecodeError) as error:
        raise BadRequest(f"no request for entry: {error}") from error
    if claims.aud != "nats-authorization-request":
        raise BadRequest(f"a text for {claims.aud[:60]!r} is no request for entry")
    if 0 < claims.exp < time.time() - 1:
        raise TooLate(f"asked {time.time() - claims.exp:.0f} s too long ago")
    return claims.nats


def answer(request: SignIn, decision: Admitted | Refused, issuer: nkeys.KeyPair) -> bytes:
    """Write the answer to `request`, signed by the issuer that the server's configuration names."""
    now = int(time.time())
    response: dict[str, object] = {"type": "authorization_response", "version": 2}
    if isinstance(decision, Admitted):
        response["jwt"] = _user(request, decision, issuer, now).decode()
    else:
        response["error"] = decision.reason
    return _signed({"sub": request.user_nkey, "aud": request.server_id.id, "nats": response}, issuer, now)


def _user(request: SignIn, admitted: Admitted, issuer: nkeys.KeyPair, now: int) -> bytes:
    """A device publishes exactly its kinds below its own name and hears nothing but its acknowledgements."""
    device = admitted.device
    rights = {
        "type": "user",
        "version": 2,
        "pub": {"allow": [subjects.vital(device, kind) for kind in admitted.kinds]},
        "sub": {"allow": [subjects.acknowledgement(device)]},
        "subs": _SUBSCRIPTIONS,
        "data": -1,
        "payload": -1,
        "allowed_connection_types": ["MQTT"],
    }
    if not admitted.kinds:
        rights["pub"] = {"deny": [">"]}
    # NATS takes the name as the connection's user from now on, and shows that to whoever asks who is connected.
    name = f"{device}.{admitted.fingerprint}"
    claims = {"name": name, "sub": request.user_nkey, "aud": ACCOUNT, "exp": now + SIGN_IN_LASTS_SECONDS}
    return _signed({**claims, "nats": rights}, issuer, now)


def _signed(claims: dict[str, object], issuer: nkeys.KeyPair, now: int) -> bytes:
    name = bytes(issuer.public_key).decode().rstrip("=")
    body = orjson.dumps({**claims, "iss": name, "iat": now, "jti": secrets.token_hex(16)})
    text = _HEADER + b"." + base64.urlsafe_b64encode(body).rstrip(b"=")
    return text + b"." + base64.urlsafe_b64encode(issuer.sign(text)).rstrip(b"=")
