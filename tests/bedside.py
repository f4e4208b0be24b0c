"""A bedside monitor in the hands of a test: the stock MQTT client under the credentials of a device of demo.json."""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Self

import paho.mqtt.client as mqtt

from tests.demo import Hospital, until

WELL: Mapping[str, Any] = {"rr": 16, "spo2": 97, "oxygen": 0, "sbp": 125, "dbp": 74, "hr": 72, "consciousness": "A",
                           "temp": 36.8}  # fmt: skip
"""Scores 0."""
ILL: Mapping[str, Any] = {**WELL, "rr": 26, "spo2": 90, "sbp": 98, "hr": 115}
"""Scores 3 + 3 + 2 + 2 = 10."""
TAKEN_S = 30.0


class Bedside:
    """One monitor. It remembers which of its frames the server has acknowledged, and connects again by itself."""

    def __init__(self, hospital: Hospital, device: Mapping[str, str]) -> None:
        self.device = device["id"]
        self.patient = device["patient"]
        self.boot = secrets.token_hex(4)
        self._seq = 0
        self._numbers: dict[int, int] = {}
        self._acknowledged: set[int] = set()
        self._address = hospital.told["mqtt"]["host"], hospital.told["mqtt"]["port"]
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=self.device, protocol=mqtt.MQTTv311)
        self._client.username_pw_set(self.device, device["password"])
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish

    def __enter__(self) -> Self:
        self._client.connect(*self._address, keepalive=10)
        self._client.loop_start()
        until(self._client.is_connected, f"{self.device} is signed in", within_s=TAKEN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, values: Mapping[str, Any] = WELL) -> int:
        """Send one frame without waiting and return its number; without a connection it waits for one."""
        self._seq += 1
        told = {"v": 1, "b": self.boot, "s": self._seq, "t": round(time.time() * 1000), "o": list(values.items())}
        sent = self._client.publish(f"v1/vit/{self.device}/frame", json.dumps(told), qos=1)
        self._numbers[sent.mid] = self._seq
        return self._seq

    def publish(self, values: Mapping[str, Any] = WELL) -> int:
        """Send one frame and return its number once the server has taken it."""
        number = self.send(values)
        self.wait_taken()
        return number

    @contextlib.contextmanager
    def sending(self, *, rate_hz: float) -> Iterator[None]:
        """Send well frames at a steady rate while the block runs, whatever happens to the connection."""
        enough = threading.Event()

        def send() -> None:
            while not enough.wait(1 / rate_hz):
                self.send(WELL)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        try:
            yield
        finally:
            enough.set()
            thread.join()

    @property
    def sent(self) -> int:
        """The number of the last frame."""
        return self._seq

    @property
    def taken(self) -> set[int]:
        """The numbers of the frames that the server has acknowledged."""
        return {self._numbers[mid] for mid in tuple(self._acknowledged)}

    def wait_taken(self) -> None:
        """Wait until every frame that was sent is acknowledged."""
        until(lambda: len(self._acknowledged) == self._seq, "every frame is acknowledged", within_s=TAKEN_S)

    def _on_publish(self, _client: Any, _user: Any, mid: int, _reason: Any, _properties: Any) -> None:
        self._acknowledged.add(mid)
