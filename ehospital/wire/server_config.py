"""The complete configuration of a nats-server that carries this hospital: one pure function.

The embedded engine is started with it; a hospital's own server takes the same text (`listen` addresses aside).
"""

import json
from collections.abc import Mapping
from pathlib import Path

from ehospital.wire.roles import Role, permissions

ACCOUNT = "HOSPITAL"
SYSTEM_ACCOUNT = "SYS"
SYSTEM_USER = "system"

MAX_PAYLOAD_BYTES = 1024 * 1024
MAX_STORE_BYTES = 32 * 1024**3
MAX_MEMORY_BYTES = 256 * 1024**2


def server_config(
    *,
    store_dir: Path,
    client_port: int,
    mqtt_port: int,
    monitor_port: int,
    passwords: Mapping[Role, str],
    system_password: str,
    issuer_public: str,
    curve_public: str,
    host: str = "127.0.0.1",
    mqtt_host: str = "127.0.0.1",
    mqtt_certificate: Path | None = None,
    mqtt_private_key: Path | None = None,
    server_name: str = "ehospital",
    log_file: Path | None = None,
    pid_file: Path | None = None,
    ports_file_dir: Path | None = None,
    sync_interval: str = "always",
    max_store_bytes: int = MAX_STORE_BYTES,
) -> str:
    """Render a nats-server configuration file (mode 0600 wherever it is written: it holds passwords).

    Args:
        store_dir: JetStream's folder; one server only.
        client_port, mqtt_port, monitor_port: give free ports; -1 lets the server choose, but its ports file (below
            `ports_file_dir`) names only the client and monitor ports, never the MQTT port.
        passwords: one for every `Role`; they become `nats://<role>:<password>@host:port`.
        system_password: of the user "system" in the account SYS (server statistics, no hospital data).
        issuer_public, curve_public: from `callout_keys.callout_keys(EHOSPITAL_SECRET_KEY)`.
        mqtt_certificate, mqtt_private_key: PEM files; both or neither. Without them MQTT is plain: loopback only.
        sync_interval: "always" (one server) or "100ms" (three replicas on separate power, never fewer).
        max_store_bytes: JetStream refuses to store, and so to acknowledge, beyond this.

    Raises:
        ValueError: a role has no password, only one half of the TLS pair is given, or a value holds control characters.
    """
    missing = [role.value for role in Role if not passwords.get(role)]
    if missing:
        raise ValueError(f"no NATS password for {', '.join(missing)}")
    if (mqtt_certificate is None) != (mqtt_private_key is None):
        raise ValueError("MQTT over TLS needs both the certificate and its private key")
    stanzas = (
        f"server_name: {_text(server_name)}\n"
        f"listen: {_text(f'{host}:{client_port}')}\n"
        f"http: {_text(f'127.0.0.1:{monitor_port}')}\n"
        + _option("log_file", log_file)
        + _option("pid_file", pid_file)
        + _option("ports_file_dir", ports_file_dir),
        _jetstream(store_dir, sync_interval, max_store_bytes),
        _mqtt(f"{mqtt_host}:{mqtt_port}", mqtt_certificate, mqtt_private_key),
        _LIMITS,
        _accounts(passwords, system_password),
        _authorization(issuer_public, curve_public),
    )
    return "\n".join(stanzas)


_LIMITS = f"""max_payload: {MAX_PAYLOAD_BYTES}
max_pending: 67108864
write_deadline: "10s"
ping_interval: "20s"
ping_max: 3
lame_duck_grace_period: "1s"
lame_duck_duration: "30s"
logfile_size_limit: 16777216
logfile_max_num: 4
"""


def _jetstream(store_dir: Path, sync_interval: str, max_store_bytes: int) -> str:
    return f"""# Every acknowledged message is on the disk: the default (two minutes) loses all of them at a power cut.
jetstream {{
  store_dir: {_text(store_dir)}
  sync_interval: {sync_interval}
  max_file_store: {max_store_bytes}
  max_memory_store: {MAX_MEMORY_BYTES}
}}
"""


def _mqtt(listen: str, certificate: Path | None, private_key: Path | None) -> str:
    tls = ""
    if certificate is not None:
        tls = f"\n  tls {{ cert_file: {_text(certificate)}, key_file: {_text(private_key)} }}"
    return f"""# A bedside device speaks MQTT 3.1.1 with QoS 1; QoS 2 is refused and told of.
mqtt {{
  listen: {_text(listen)}
  reject_qos2_publish: true
  downgrade_qos2_subscribe: true
  ack_wait: "30s"
  consumer_memory_storage: true
  js_api_timeout: "20s"
  max_ack_pending: 1024{tls}
}}
"""


def _accounts(passwords: Mapping[Role, str], system_password: str) -> str:
    users = "\n".join(_user(role, passwords[role]) for role in Role)
    return f"""system_account: {SYSTEM_ACCOUNT}
accounts {{
  {SYSTEM_ACCOUNT} {{
    users: [ {{ user: {_text(SYSTEM_USER)}, password: {_text(system_password)} }} ]
    # The gateway may end the connection of a device that was revoked.
    exports: [ {{ service: "$SYS.REQ.SERVER.*.KICK", accounts: [{ACCOUNT}] }} ]
  }}
  {ACCOUNT} {{
    jetstream: enabled
    imports: [ {{ service: {{ account: {SYSTEM_ACCOUNT}, subject: "$SYS.REQ.SERVER.*.KICK" }}, to: "server.kick.*" }} ]
    users: [
{users}
    ]
  }}
}}
"""


def _authorization(issuer_public: str, curve_public: str) -> str:
    names = ", ".join(_text(role.value) for role in Role)
    return f"""# Whoever is not named here asks the gateway for entry: devices, and nobody else, get it.
authorization {{
  # Devices that come back by the thousand wait for their turn; one that is cut off sooner only asks again.
  timeout: 10
  auth_callout {{
    account: {ACCOUNT}
    issuer: {_text(issuer_public)}
    xkey: {_text(curve_public)}
    auth_users: [ {names}, {_text(SYSTEM_USER)} ]
  }}
}}
"""


def _user(role: Role, password: str) -> str:
    allowed = permissions(role)
    deny = f", deny: {_texts(allowed.deny_subscribe)}" if allowed.deny_subscribe else ""
    responses = '\n          allow_responses: { max: 1, expires: "10s" }' if role is Role.GATEWAY else ""
    return f"""      {{ user: {_text(role.value)}, password: {_text(password)}, permissions: {{
          publish: {{ allow: {_texts(allowed.publish)} }}
          subscribe: {{ allow: {_texts(allowed.subscribe)}{deny} }}{responses} }} }}"""


def _option(name: str, value: Path | None) -> str:
    return f"{name}: {_text(value)}\n" if value is not None else ""


def _text(value: object) -> str:
    """Quote a value the way JSON does, which nats-server's parser reads the same way, `\\u…` excepted."""
    text = str(value)
    if not text.isprintable():
        raise ValueError(f"nats-server's configuration cannot hold {text!r}")
    return json.dumps(text, ensure_ascii=False)


def _texts(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
