"""The rendered configuration: nats-server itself reads it, whatever characters the passwords hold."""

import re
import subprocess
from pathlib import Path

import pytest

from ehospital.cli.engines import binaries
from ehospital.wire.callout_keys import callout_keys
from ehospital.wire.roles import Role
from ehospital.wire.server_config import server_config

KEYS = callout_keys("a secret key of more than thirty-two characters")


def rendered(folder: Path, **more: object) -> str:
    wanted: dict[str, object] = {
        "store_dir": folder / "js",
        "client_port": 4222,
        "mqtt_port": 1883,
        "monitor_port": 8222,
        "passwords": {role: f"secret of {role.value}" for role in Role},
        "system_password": "another secret",
        "issuer_public": KEYS.issuer_public,
        "curve_public": KEYS.curve_public,
    }
    return server_config(**{**wanted, **more})  # type: ignore[arg-type]


def understood(text: str, folder: Path) -> bool:
    path = folder / "server.conf"
    path.write_text(text)
    program = str(binaries.nats_server(None))
    tried = subprocess.run([program, "-t", "-c", str(path)], capture_output=True, text=True, timeout=20)
    return tried.returncode == 0


@pytest.mark.parametrize(
    "password", ['quote " in it', "back \\ slash", "$VARIABLE", "# no comment", "ä € 統", "}{][,;:="]
)
def test_the_server_understands_it_whatever_the_passwords(tmp_path: Path, password: str) -> None:
    text = rendered(tmp_path, passwords=dict.fromkeys(Role, password), log_file=tmp_path / "a log.txt")
    assert understood(text, tmp_path)
    assert not understood(text.replace("jetstream {", "jetstream {{", 1), tmp_path)  # the check itself can fail


def test_what_a_hospital_stands_on_is_in_it(tmp_path: Path) -> None:
    text = rendered(tmp_path)
    assert "sync_interval: always" in text
    assert "reject_qos2_publish: true" in text
    assert re.search(r'^http: "127\.0\.0\.1:8222"$', text, re.MULTILINE)
    assert f'issuer: "{KEYS.issuer_public}"' in text and KEYS.issuer_public.startswith("A")
    assert f'xkey: "{KEYS.curve_public}"' in text and KEYS.curve_public.startswith("X")
    for role in Role:
        assert f'user: "{role.value}"' in text


def test_incomplete_wishes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no NATS password for web, operator"):
        rendered(tmp_path, passwords={Role.GATEWAY: "a", Role.STREAM: "b", Role.WORKER: "c", Role.WEB: ""})
    with pytest.raises(ValueError, match="both the certificate and its private key"):
        rendered(tmp_path, mqtt_certificate=tmp_path / "cert.pem")
    with pytest.raises(ValueError, match="cannot hold"):
        rendered(tmp_path, system_password="two\nlines")


def test_the_keys_grow_from_the_secret_key_alone() -> None:
    again, other = callout_keys("a secret key of more than thirty-two characters"), callout_keys("another" * 8)
    assert (again.issuer_public, again.curve_public) == (KEYS.issuer_public, KEYS.curve_public)
    assert other.issuer_public != KEYS.issuer_public and other.curve_public != KEYS.curve_public
    assert "seed" not in repr(KEYS).lower() and "private" not in repr(KEYS).lower()
    sealed = KEYS.sealed(b"a secret", other.curve_public)
    assert other.opened(sealed, KEYS.curve_public) == b"a secret" and b"a secret" not in sealed
    with pytest.raises(ValueError, match="unsealed"):
        KEYS.opened(b"plain", other.curve_public)
