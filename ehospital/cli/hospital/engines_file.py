"""DATA/run/engines.json: on which ports the embedded engines of a data folder run now."""

import json
from pathlib import Path

from ehospital.cli.engines.files import write_private

FILE = "engines.json"


def note(run: Path, **ports: int) -> None:
    """Add ports; called as each engine becomes ready."""
    write_private(run / FILE, json.dumps(read(run) | ports), durable=False)


def read(run: Path) -> dict[str, int]:
    """The ports known so far: `postgres`, `nats`, `mqtt`."""
    try:
        known: dict[str, int] = json.loads((run / FILE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return known


def remove(run: Path) -> None:
    """The engines are about to end."""
    (run / FILE).unlink(missing_ok=True)
