"""What each process is told through its environment: addresses, passwords of its own role, ports, folders."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ehospital.cli.engines import ports, secret_store
from ehospital.cli.engines.nats import Nats
from ehospital.cli.engines.places import Place, place_for
from ehospital.cli.engines.postgres import Postgres
from ehospital.cli.hospital.options import Options
from ehospital.cli.supervisor import control
from ehospital.cli.supervisor.child import Launch

DATABASE_ROLES = ("owner", "web", "stream", "worker")
HEALTHY = ("gateway", "stream", "worker", "devices")  # they answer health questions on a port of their own
USUAL_INGEST_PORT, USUAL_MLLP_PORT = 8001, 2575


@dataclass
class Surroundings:
    """The engines, ports and secrets of one run. An engine that the environment names is not ours: it is None here."""

    options: Options
    place: Place
    secrets: dict[str, str]
    postgres: Postgres | None
    nats: Nats | None
    ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, options: Options) -> "Surroundings":
        """Choose the ports and say which engines are ours."""
        place = place_for(options.data)
        chosen: dict[str, int] = {}
        wanted = {"web": options.port, "ingest": USUAL_INGEST_PORT, "mllp": USUAL_MLLP_PORT}
        for name in ("web", "ingest", "mllp", *HEALTHY):
            taken = set(chosen.values())
            picked = ports.pick(wanted.get(name))
            while picked in taken:
                picked = ports.pick()
            chosen[name] = picked
        return cls(
            options=options,
            place=place,
            secrets=secret_store.read_or_make(place.data),
            postgres=None if os.environ.get("EHOSPITAL_DATABASE_URL") else Postgres(options.data),
            nats=None if os.environ.get("EHOSPITAL_NATS_URL") else Nats(options.data),
            ports=chosen,
        )

    def renew(self, *names: str) -> None:
        """Choose other ports for those of these names that somebody took before their server listened."""
        for name in names:
            self.ports[name] = ports.pick(self.ports[name])

    @classmethod
    def joined(cls, options: Options, known: dict[str, int]) -> "Surroundings | None":
        """Those of a run that somebody else started, from the ports it noted; None while it is not so far."""
        place = place_for(options.data)
        secrets = secret_store.read_or_make(place.data)
        postgres = nats = None
        if not os.environ.get("EHOSPITAL_DATABASE_URL"):
            if "postgres" not in known:
                return None
            postgres = Postgres(options.data, port=known["postgres"])
        if not os.environ.get("EHOSPITAL_NATS_URL"):
            if "nats" not in known:
                return None
            nats = Nats(options.data, port=known["nats"], mqtt_port=known["mqtt"])
        chosen = dict.fromkeys(("web", "ingest", "mllp", *HEALTHY), 0)
        return cls(options=options, place=place, secrets=secrets, postgres=postgres, nats=nats, ports=chosen)

    @property
    def base_url(self) -> str:
        """Where the pages are."""
        return f"http://{ports.LOOPBACK}:{self.ports['web']}"

    def health_url(self, process: str) -> str:
        """Where `process` says whether it is ready; the devices' is there too, though nobody outside needs it."""
        return f"http://{ports.LOOPBACK}:{self.ports[process]}/readyz"

    def database_url(self, role: str) -> str:
        """The database for a role of `DATABASE_ROLES`: ours, or what the environment says (EHOSPITAL_DATABASE_URL)."""
        if self.postgres:
            return self.postgres.url(f"ehospital_{role}")
        common = os.environ["EHOSPITAL_DATABASE_URL"]
        return os.environ.get(f"EHOSPITAL_DATABASE_{role.upper()}_URL", common)

    def nats_url(self, role: str) -> str:
        """The broker for a role of `wire.roles.Role`."""
        if self.nats:
            return self.nats.url(role)
        return os.environ.get(f"EHOSPITAL_NATS_{role.upper()}_URL", os.environ["EHOSPITAL_NATS_URL"])

    def mqtt(self) -> tuple[str, int]:
        """Host and port where bedside devices connect."""
        if self.nats:
            return ports.LOOPBACK, self.nats.mqtt_port
        return os.environ.get("EHOSPITAL_MQTT_HOST", ports.LOOPBACK), int(os.environ.get("EHOSPITAL_MQTT_PORT", "1883"))

    def environment(
        self, *, database: str | None, broker: str | None, health: str | None = None
    ) -> dict[str, str | None]:
        """The variables of one process: only the passwords that it needs.

        Args:
            database: its database role, None when it must not know the database.
            broker: its role on the wire, None when it must not know the broker.
            health: the process whose port it answers health questions on.
        """
        host, port = self.mqtt()
        told: dict[str, str | None] = {
            "EHOSPITAL_DATA": str(self.place.data),
            "EHOSPITAL_SECRET_KEY": self.secrets["secret_key"],
            "EHOSPITAL_VAPID_KEY": os.environ.get("EHOSPITAL_VAPID_KEY") or self.secrets["vapid_key"],
            "EHOSPITAL_DEMO": "1" if self.options.demo else None,
            "EHOSPITAL_DATABASE_URL": self.database_url(database) if database else None,
            "EHOSPITAL_DATABASE_OWNER_URL": self.database_url("owner") if database == "owner" else None,
            "EHOSPITAL_NATS_URL": self.nats_url(broker) if broker else None,
            "EHOSPITAL_MQTT_HOST": host,
            "EHOSPITAL_MQTT_PORT": str(port),
            "EHOSPITAL_INGEST_PORT": str(self.ports["ingest"]),
            "EHOSPITAL_MLLP_PORT": str(self.ports["mllp"]),
            "EHOSPITAL_CONTROL": str(control.socket_path(self.place.run)),
            "EHOSPITAL_STATUS": str(self.place.run / "status.json"),
            "EHOSPITAL_NATS_LOG": str(self.nats.log) if self.nats else None,
        }
        if health:
            told["EHOSPITAL_HEALTH_PORT"] = str(self.ports[health])
        if database == "owner" and not self.postgres:  # never the web role's instead: `migrate` asks for it in words
            told["EHOSPITAL_DATABASE_OWNER_URL"] = os.environ.get("EHOSPITAL_DATABASE_OWNER_URL")
        for role in DATABASE_ROLES[1:]:  # a role's own address is in EHOSPITAL_DATABASE_URL
            told[f"EHOSPITAL_DATABASE_{role.upper()}_URL"] = None
        return told

    def launch(self, name: str, *arguments: str, log: bool = True, **told: str | None) -> Launch:
        """How to start `python -m …` as the part `name`; `told` are the arguments of `environment`."""
        environment = self.environment(
            database=told.get("database"), broker=told.get("broker"), health=told.get("health")
        )
        return Launch(
            name=name,
            program=(sys.executable, "-m", *arguments),
            log=self.place.logs / f"{name}.log" if log else None,
            notes=self.place.notes,
            environment=environment,
            folder=Path.cwd(),
        )
