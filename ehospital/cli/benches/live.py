"""How long a reading takes from a monitor's publish to an open ward board, at 100 monitors once a second."""

import http.client
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ehospital.cli.benches import Bar, Result
from ehospital.cli.benches.ground import p50, p95
from ehospital.cli.benches.start import running_demo
from ehospital.cli.engines.places import place_for
from ehospital.wire import subjects, tickets

if TYPE_CHECKING:
    from paho.mqtt.client import Client

DEVICES, SECONDS, SETTLING_S, FIRST_KG = 100, 40, 5, 250
BAR_MS = 500.0
PATIENCE_S = 30.0


def run() -> Result:
    """Start a hospital with 100 monitored beds, be the monitors, and listen as a browser does."""
    data = Path(tempfile.mkdtemp(prefix="ehospital-bench-", dir="/var/tmp")) / "data"
    options = ("--no-devices", "--beds", str(DEVICES), "--patients", str(DEVICES * 2 + 60))
    try:
        with running_demo(data, *options):
            return _measure(data)
    finally:
        place_for(data).remove()
        shutil.rmtree(data.parent, ignore_errors=True)


def _measure(data: Path) -> Result:
    demo = json.loads((data / "demo.json").read_text())
    monitors = json.loads((data / "devices.json").read_text())[:DEVICES]
    board = _Board(demo, json.loads((data / "secrets.json").read_text())["secret_key"])
    board.start()
    sent: dict[tuple[str, int], float] = {}
    with _signed_in(demo, monitors) as clients:
        began = time.monotonic()
        for second in range(SECONDS):
            for index, (monitor, client) in enumerate(zip(monitors, clients, strict=True)):
                moment = began + second + index / len(monitors)
                time.sleep(max(0.0, moment - time.monotonic()))
                _publish(client, monitor, second, sent)
        board.wait_until_seen(len(sent), PATIENCE_S)
    settled = {key: at for key, at in sent.items() if key[1] >= SETTLING_S}
    took = [(board.seen[key] - at) * 1000 for key, at in settled.items() if key in board.seen]
    return Result(
        "live",
        figures={
            "devices": DEVICES,
            "frames": len(sent),
            "frames_per_s": round(len(sent) / SECONDS, 1),
            "p50_ms": p50(took),
            "p95_ms": p95(took),
            # The board is told of the newest frame; one that was overtaken within the same batch is stored, not shown.
            "overtaken": len(settled) - len(took),
        },
        ratios={"p95_to_p50": round(p95(took) / p50(took), 2)},
        bars={"p95_ms": Bar(BAR_MS, p95(took))},
    )


def _publish(client: "Client", monitor: dict[str, Any], second: int, sent: dict[tuple[str, int], float]) -> None:
    """Send one frame; its weight, which no patient has, is its number, by which the event is known again."""
    payload = {
        "v": 1, "b": "bench", "s": second + 1, "t": round(time.time() * 1000),
        "o": [["hr", 72], ["rr", 16], ["spo2", 97], ["sbp", 120], ["temp", 36.8], ["weight", FIRST_KG + second]],
    }  # fmt: skip
    sent[(monitor["patient"], second)] = time.monotonic()
    client.publish(f"v1/vit/{monitor['id']}/frame", json.dumps(payload), qos=1)


@contextmanager
def _signed_in(demo: dict[str, Any], monitors: list[dict[str, Any]]) -> Iterator[list["Client"]]:
    from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv311

    with ExitStack() as ending:
        clients = []
        for monitor in monitors:
            client = Client(CallbackAPIVersion.VERSION2, client_id=monitor["id"], protocol=MQTTv311)
            client.username_pw_set(monitor["id"], monitor["password"])
            client.connect(demo["mqtt"]["host"], demo["mqtt"]["port"])
            client.loop_start()
            ending.callback(client.loop_stop)
            ending.callback(client.disconnect)
            clients.append(client)
        deadline = time.monotonic() + PATIENCE_S
        while not all(client.is_connected() for client in clients) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield clients


class _Board(threading.Thread):
    """Listens to the ward's events on the same address as a browser, and notes when each frame came."""

    def __init__(self, demo: dict[str, Any], secret: str) -> None:
        super().__init__(daemon=True)
        self.seen: dict[tuple[str, int], float] = {}
        ward = demo["pages"]["ward_board"].strip("/").rsplit("/", 1)[-1]
        subject = subjects.live_ward(ward)
        ticket = tickets.issue((subject,), who="bench", now=datetime.now(UTC), secret=secret)
        address = urlsplit(demo["base_url"])
        self._line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE_S)
        self._line.request("GET", f"/live/?ticket={ticket}", headers={"Accept": "text/event-stream"})
        self._answer = self._line.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"/live/ answered {self._answer.status}")

    def run(self) -> None:
        """Read until the hospital ends."""
        event = ""
        try:
            for line in self._answer:
                at = time.monotonic()
                if line.startswith(b"event:"):
                    event = line[6:].strip().decode()
                elif line.startswith(b"data:") and event == "vitals":
                    told = json.loads(line[5:])
                    weight = told["v"].get("weight")
                    if weight is not None and weight >= FIRST_KG:
                        self.seen.setdefault((told["patient"], round(weight) - FIRST_KG), at)
        except (OSError, http.client.HTTPException, AttributeError):
            return

    def wait_until_seen(self, frames: int, patience_s: float) -> None:
        """Wait until nothing new has come for two seconds, or everything has."""
        deadline, before, quiet = time.monotonic() + patience_s, -1, time.monotonic()
        while len(self.seen) < frames and time.monotonic() < deadline:
            if len(self.seen) != before:
                before, quiet = len(self.seen), time.monotonic()
            if time.monotonic() - quiet > 2:
                return
            time.sleep(0.05)
