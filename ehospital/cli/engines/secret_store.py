"""The random secrets of one data folder, made once and readable by its owner alone."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from ehospital.cli.engines.files import write_private
from ehospital.wire.roles import Role

FILE = "secrets.json"
ROLES = ("ehospital_owner", "ehospital_web", "ehospital_stream", "ehospital_worker")


def read_or_make(data: Path) -> dict[str, str]:
    """Return the secrets of `data`; a secret that a newer version needs is added, none is ever changed.

    Keys: `postgres` (superuser) and one per database role; `nats_<role>` for each role on the wire and `nats_system`;
    `secret_key`, from which Django and the keys of the device sign-in grow; EHOSPITAL_SECRET_KEY overrules it.
    `vapid_key`, under which push messages are signed: browsers subscribe to its public half, so it must stay.
    """
    path = data / FILE
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    on_the_wire = [f"nats_{role.value}" for role in Role]
    makers: dict[str, Callable[[], str]] = dict.fromkeys(("postgres", *ROLES, *on_the_wire, "nats_system"), _password)
    makers["secret_key"] = lambda: secrets.token_urlsafe(50)
    makers["vapid_key"] = _signing_key
    missing = {name: make() for name, make in makers.items() if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=1))
    if chosen := os.environ.get("EHOSPITAL_SECRET_KEY", "").strip():
        known["secret_key"] = chosen  # one hospital, one key: the engines and every process must agree
    return known


def _signing_key() -> str:
    """Return a P-256 private key as push libraries know it: 32 bytes in base64 for addresses."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def _password() -> str:
    return secrets.token_urlsafe(24)
