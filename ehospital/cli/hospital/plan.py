"""The parts of a hospital on one machine, in the order in which they need each other."""

import http.client
import json
from urllib.parse import urlsplit

from ehospital.cli.hospital import engines_file, fingerprint
from ehospital.cli.hospital.surroundings import Surroundings
from ehospital.cli.supervisor.child import Launch
from ehospital.cli.supervisor.parts import Part, Step

SEED_FILE = "seed.json"
PORTS_OF = {"gateway": ("gateway", "ingest", "mllp")}
ANSWER_S = 2.0


def plan(around: Surroundings) -> list[Part | Step]:
    """Engines, then the record's tables, then the invented hospital, then the processes, then the devices."""
    engines = _engines(around)
    names = tuple(part.name for part in engines)
    steps: list[Part | Step] = [Step("tables", lambda: tables(around), needs=names)]
    ready = ("tables",)
    if around.options.demo:
        steps.append(Step("seed", lambda: _seed(around), needs=(*names, "tables")))
        ready = ("seed",)
    processes = [
        _process(around, "gateway", "serve", "gateway", database=None, broker="gateway", needs=names),
        _process(around, "worker", "serve", "worker", database="worker", broker="worker", needs=ready),
        _process(around, "stream", "serve", "stream", database="stream", broker="stream", needs=(*ready, "gateway")),
        _process(around, "web", "serve", "web", database="web", broker="web", needs=ready),
    ]
    if around.options.demo and around.options.devices:
        processes.append(_devices(around))
    return [*engines, *steps, *processes]


def _engines(around: Surroundings) -> list[Part]:
    parts = []
    run = around.place.run
    if postgres := around.postgres:

        def database_ready() -> None:
            postgres.provision()
            engines_file.note(run, postgres=postgres.port)

        parts.append(
            Part("postgres", postgres.prepare, postgres.ready, after_ready=database_ready, mourn=postgres.mourn)
        )
    if nats := around.nats:

        def broker_ready() -> None:
            engines_file.note(run, nats=nats.port, mqtt=nats.mqtt_port)

        parts.append(Part("nats", nats.prepare, nats.ready, after_ready=broker_ready, mourn=nats.mourn))
    return parts


def _process(
    around: Surroundings, name: str, *command: str, database: str | None, broker: str, needs: tuple[str, ...]
) -> Part:
    def prepare() -> Launch:
        around.renew(*PORTS_OF.get(name, (name,)))
        listens = ("--port", str(around.ports[name])) if name == "web" else ()
        health = None if name == "web" else name
        return around.launch(name, "ehospital", *command, *listens, database=database, broker=broker, health=health)

    return Part(name, prepare, lambda: http_ready(around.health_url(name)), needs=needs)


def _devices(around: Surroundings) -> Part:
    def prepare() -> Launch:
        around.renew("devices")
        return around.launch("devices", "ehospital.simulation.devices", database=None, broker=None, health="devices")

    needs = ("gateway", "stream", "worker", "web")
    return Part("devices", prepare, lambda: http_ready(around.health_url("devices")), needs=needs)


def tables(around: Surroundings) -> Launch | None:
    """Migrate and collect the static files, unless nothing changed since this data folder did so."""
    mark = around.place.data / "prepared"
    current = fingerprint.of_the_program()
    if around.postgres and mark.exists() and mark.read_text() == current:
        return None
    return around.launch("tables", "ehospital", "migrate", "--mark", current, database="owner", broker=None)


def _seed(around: Surroundings) -> Launch | None:
    """Invent a hospital, once per data folder; the simulation writes `seed.json` when all of it is in the record."""
    if (around.place.data / SEED_FILE).exists():
        return None
    wishes = {"--patients": around.options.patients, "--beds": around.options.beds}
    arguments = [word for name, value in wishes.items() if value is not None for word in (name, str(value))]
    return around.launch("seed", "ehospital", "seed", *arguments, log=False, database="worker", broker="worker")


def http_ready(url: str) -> bool:
    """Whether a health page answers 200."""
    address = urlsplit(url)
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=ANSWER_S)
    try:
        line.request("GET", address.path)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def seeded(around: Surroundings) -> dict[str, object]:
    """What the simulation tells about the hospital that it invented: sign-ins, devices, pages."""
    try:
        told: dict[str, object] = json.loads((around.place.data / SEED_FILE).read_text())
    except FileNotFoundError:
        return {}
    return told
