"""A bedside monitor for tests: the stock MQTT client, with answers one can wait for."""

import queue
import threading
from typing import Any

import paho.mqtt.client as mqtt

PATIENCE_SECONDS = 10.0


class Monitor:
    """One paho client; every wait has a deadline and fails loudly.

    Args:
        port: of the MQTT listener.
        device: user name, and client id unless `client_id` says otherwise.
    """

    def __init__(
        self,
        port: int,
        device: str,
        secret: str,
        *,
        client_id: str | None = None,
        clean: bool = True,
        protocol: int = mqtt.MQTTv311,
    ) -> None:
        self.port = port
        more: dict[str, Any] = {} if protocol == mqtt.MQTTv5 else {"clean_session": clean}
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=device if client_id is None else client_id,
            protocol=protocol,  # type: ignore[arg-type]
            **more,
        )
        self.client.username_pw_set(device, secret)
        self.client.reconnect_delay_set(1, 1)
        self.connected: queue.Queue[str] = queue.Queue()
        self.lost: queue.Queue[str] = queue.Queue()
        self.granted: queue.Queue[str] = queue.Queue()
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.acknowledged: set[int] = set()
        self.acknowledgement = threading.Condition()
        self.client.on_connect = lambda _c, _u, _f, reason, _p: self.connected.put(str(reason))
        self.client.on_disconnect = lambda _c, _u, _f, reason, _p: self.lost.put(str(reason))
        self.client.on_subscribe = lambda _c, _u, _m, reasons, _p: self.granted.put(str(reasons[0]))
        self.client.on_message = lambda _c, _u, message: self.heard.put((message.topic, message.payload))
        self.client.on_publish = self._on_publish

    def connect(self) -> str:
        """Sign in and return what the server says, such as "Success" or "Not authorized"."""
        self.client.connect("127.0.0.1", self.port, keepalive=30)
        self.client.loop_start()
        return self.connected.get(timeout=PATIENCE_SECONDS)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, timeout: float = PATIENCE_SECONDS) -> bool:
        """Publish and return whether the server acknowledged it in time."""
        sent = self.client.publish(topic, payload, qos=qos)
        return self.wait_acknowledged({sent.mid}, timeout)

    def wait_acknowledged(self, numbers: set[int], timeout: float = PATIENCE_SECONDS) -> bool:
        """Wait until all of these message numbers are acknowledged."""
        with self.acknowledgement:
            return self.acknowledgement.wait_for(lambda: numbers <= self.acknowledged, timeout)

    def subscribe(self, topic: str, *, qos: int = 1) -> str:
        """Subscribe and return what the server grants."""
        self.client.subscribe(topic, qos)
        return self.granted.get(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Say goodbye."""
        self.client.disconnect()
        self.client.loop_stop()

    def _on_publish(self, _client: Any, _user: Any, number: int, _reason: Any, _properties: Any) -> None:
        with self.acknowledgement:
            self.acknowledged.add(number)
            self.acknowledgement.notify_all()
