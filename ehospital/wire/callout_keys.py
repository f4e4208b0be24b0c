"""The keys of the device sign-in conversation between nats-server and the gateway.

All of them grow from EHOSPITAL_SECRET_KEY, so the server's configuration (which needs the public halves) and the
gateway (which needs the secret halves) agree without a file to copy. A new secret key needs a new configuration.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

import nkeys
from nacl.public import Box, PrivateKey, PublicKey

_CURVE_PREFIX = 23 << 3  # an xkey's public half starts with X
_SEALED_MARK = b"xkv1"
_NONCE_BYTES = 24
_SERVERS = 64


def derived(secret_key: str, purpose: str) -> bytes:
    """Return 32 bytes that belong to one purpose of the hospital's secret key.

    Raises:
        ValueError: the secret key is empty.
    """
    if not secret_key:
        raise ValueError("EHOSPITAL_SECRET_KEY is empty; give it at least 32 random characters")
    return hmac.new(secret_key.encode(), f"ehospital/{purpose}/1".encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class CalloutKeys:
    """Both key pairs: `issuer` signs what a device may do, the curve key seals passwords on their way to the gateway.

    Attributes:
        issuer: account nkey pair; its seed never leaves the gateway.
        issuer_public: "A…", for `auth_callout.issuer` of the server.
        curve_public: "X…", for `auth_callout.xkey` of the server.
    """

    issuer: nkeys.KeyPair = field(repr=False)
    issuer_public: str
    curve_public: str
    _curve: PrivateKey = field(repr=False)
    _boxes: dict[str, Box] = field(default_factory=dict, repr=False, compare=False)

    def opened(self, sealed: bytes, sender: str) -> bytes:
        """Open what the server with public curve key `sender` sealed for us.

        Raises:
            nacl.exceptions.CryptoError: it was not sealed for us by that sender.
            ValueError: it is not sealed at all.
        """
        if not sealed.startswith(_SEALED_MARK):
            raise ValueError("an unsealed sign-in request; the server's configuration lacks our xkey")
        nonce_end = len(_SEALED_MARK) + _NONCE_BYTES
        return bytes(self._box(sender).decrypt(sealed[nonce_end:], sealed[len(_SEALED_MARK) : nonce_end]))

    def sealed(self, plain: bytes, receiver: str) -> bytes:
        """Seal `plain` for the server with public curve key `receiver`."""
        return _SEALED_MARK + bytes(self._box(receiver).encrypt(plain))

    def _box(self, other: str) -> Box:
        """Return the box shared with one server; making it costs more than all else in a sign-in, so a few are kept."""
        box = self._boxes.get(other)
        if box is None:
            if len(self._boxes) >= _SERVERS:
                self._boxes.clear()
            box = self._boxes[other] = Box(self._curve, PublicKey(_decoded(other)))
        return box


def callout_keys(secret_key: str) -> CalloutKeys:
    """Derive both key pairs from the hospital's secret key; the same key always gives the same pairs."""
    seed = nkeys.encode_seed(derived(secret_key, "device-sign-in-issuer"), nkeys.PREFIX_BYTE_ACCOUNT)
    issuer = nkeys.from_seed(bytearray(seed))
    curve = PrivateKey(derived(secret_key, "device-sign-in-curve"))
    return CalloutKeys(
        issuer=issuer,
        issuer_public=bytes(issuer.public_key).decode().rstrip("="),
        curve_public=_encoded(_CURVE_PREFIX, bytes(curve.public_key)),
        _curve=curve,
    )


def _encoded(prefix: int, key: bytes) -> str:
    raw = bytes([prefix]) + key
    return base64.b32encode(raw + nkeys.crc16_checksum(raw)).decode().rstrip("=")


def _decoded(public: str) -> bytes:
    raw = base64.b32decode(public + "=" * (-len(public) % 8))
    return raw[1:-2]
