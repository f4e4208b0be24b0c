"""DATA/demo.json: what the outside may rely on once a demo is ready."""

import json
from pathlib import Path

from ehospital.cli.engines import ports
from ehospital.cli.engines.files import write_private
from ehospital.cli.hospital.plan import seeded
from ehospital.cli.hospital.surroundings import DATABASE_ROLES, Surroundings

FILE = "demo.json"
FROM_THE_SEED = ("pages", "sign_ins", "devices")


def write(around: Surroundings) -> dict[str, object]:
    """Write the file, readable by its owner alone (it holds passwords), and return what it says."""
    host, port = around.mqtt()
    seed = seeded(around)
    content: dict[str, object] = {
        "base_url": around.base_url,
        "database_urls": {role: around.database_url(role) for role in DATABASE_ROLES},
        "nats_url": around.nats_url("operator"),
        "health": {name: around.health_url(name) for name in ("web", "gateway", "stream", "worker")},
        "mqtt": {"host": host, "port": port},
        "mllp": {"host": ports.LOOPBACK, "port": around.ports["mllp"]},
        "ingest_url": f"http://{ports.LOOPBACK}:{around.ports['ingest']}/devices/v1/readings",
        **{name: seed[name] for name in FROM_THE_SEED if name in seed},
    }
    if isinstance(fhir := seed.get("fhir"), dict):
        content["fhir"] = {"base_url": f"{around.base_url}/fhir", "token_url": f"{around.base_url}/fhir/token", **fhir}
    write_private(around.place.data / FILE, json.dumps(content, indent=1))
    return content


def remove(data: Path) -> None:
    """Nothing runs any more: whoever waits for the file must not find an old one."""
    (data / FILE).unlink(missing_ok=True)
