"""One simulated monitor: it measures, numbers the frames, and keeps them until the hospital says that they are safe."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

import orjson

from ehospital.kernel import readings
from ehospital.simulation.session import Address, Session
from ehospital.simulation.stories import BedStory, frame_at

# At one frame a second: an hour and a half without a hospital.
MEMORY = 5_400
# Messages on their way to the server at one time; NATS reads them as fast as it can, the rest waits here.
WINDOW = 256
_KEPT_DELAYS = 20_000


@dataclass(slots=True)
class Message:
    """One numbered message in the monitor's memory.

    Attributes:
        packet_id: of its current journey to the server; 0 while it waits here.
        journeys: how often it was sent.
        sent_at: monotonic seconds of the first sending.
    """

    seq: int
    topic: str
    payload: bytes
    packet_id: int = 0
    journeys: int = 0
    sent_at: float = 0.0


@dataclass(slots=True)
class Figures:
    """What one monitor did; delays in milliseconds, the newest 20,000 of them."""

    made: int = 0
    sent: int = 0
    resent: int = 0
    taken: int = 0
    safe: int = 0
    forgotten: int = 0
    unsafe: int = 0
    taken_ms: list[float] = field(default_factory=list)
    safe_ms: list[float] = field(default_factory=list)

    @classmethod
    def summed(cls, many: Iterable["Figures"]) -> "Figures":
        """Return the figures of several monitors as one."""
        total = cls()
        for one in many:
            for name in ("made", "sent", "resent", "taken", "safe", "forgotten", "unsafe"):
                setattr(total, name, getattr(total, name) + getattr(one, name))
            total.taken_ms += one.taken_ms
            total.safe_ms += one.safe_ms
        return total

    def told(self, seconds: float) -> dict[str, float]:
        """Return the figures of a run of that length, with units in their names."""
        told: dict[str, float] = {
            "seconds": round(seconds, 2),
            "messages_made": self.made,
            "messages_sent": self.sent,
            "messages_sent_again": self.resent,
            "messages_taken": self.taken,
            "messages_safe": self.safe,
            "messages_forgotten": self.forgotten,
            "messages_per_second": round(self.sent / seconds, 1) if seconds else 0.0,
        }
        for name, delays in (("taken", sorted(self.taken_ms)), ("safe", sorted(self.safe_ms))):
            for percent in (50, 95, 99):
                if delays:
                    told[f"{name}_p{percent}_ms"] = round(delays[min(len(delays) - 1, len(delays) * percent // 100)], 1)
        return told


class Monitor:
    """A simulated bedside monitor.

    Attributes:
        on: False once it measures no more.
        session: its connection.
        figures: what it did so far.
    """

    def __init__(
        self, *, bed: BedStory, device: str, password: str, boot: str, address: Address, round_due: bool = False
    ) -> None:
        self.device = device
        self.on = True
        self.figures = Figures()
        self._bed, self._boot = bed, boot
        self._seq = 0
        self._status_s = 0
        self._packet_id = 0
        self._memory: deque[Message] = deque()
        self._travelling: dict[int, Message] = {}
        self._waiting = 0
        self._first, self._round_due = True, round_due
        self.session = Session(name=device, password=password, address=address, topic=f"v1/ack/{device}", listener=self)

    @property
    def unsafe(self) -> int:
        """Messages that nobody has called safe yet."""
        return len(self._memory)

    def measure(self, t: float) -> None:
        """Measure at `t` seconds since 1970, keep the frame and send it when there is a connection."""
        if not self.on:
            return
        frame = frame_at(self._bed, t, measured=self._first, entered=self._first and self._round_due)
        if frame is None:
            return
        self._first = False
        at_ms = int(t * 1000)
        if frame.status and int(t) != self._status_s:  # faster than once a second is for benches
            self._status_s = int(t)
            self._seq += 1
            self._keep("status", readings.encode_status(self._boot, self._seq, at_ms, **dict(frame.status)))
        if frame.observations:
            self._seq += 1
            observations = [
                (alias, value, unit) if unit else (alias, value) for alias, value, unit in frame.observations
            ]
            self._keep("frame", readings.encode_frame(self._boot, self._seq, at_ms, observations))
        self._pump()

    def on_ready(self) -> None:
        """Send again what was not yet called safe, oldest first."""
        for message in self._memory:
            message.packet_id = 0
        self._travelling.clear()
        self._waiting = len(self._memory)
        self._pump()

    def on_taken(self, packet_id: int) -> None:
        """The server has the message; it stays in memory until it is safe."""
        message = self._travelling.pop(packet_id, None)
        if message is None:
            return
        self.figures.taken += 1
        _note(self.figures.taken_ms, message)
        self._pump()

    def on_message(self, topic: str, payload: bytes) -> None:
        """Forget what the hospital calls safe: every message of this start up to the number given."""
        try:
            told = orjson.loads(payload)
            boot, safe_up_to = told["b"], int(told["s"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return
        if boot != self._boot:
            return
        while self._memory and self._memory[0].seq <= safe_up_to:
            message = self._memory.popleft()
            if message.packet_id == 0:
                self._waiting -= 1
            self.figures.safe += 1
            if message.journeys:
                _note(self.figures.safe_ms, message)
        self.figures.unsafe = len(self._memory)

    def _keep(self, kind: str, payload: bytes) -> None:
        self._memory.append(Message(self._seq, f"v1/vit/{self.device}/{kind}", payload))
        self._waiting += 1
        self.figures.made += 1
        if len(self._memory) > MEMORY:
            oldest = self._memory.popleft()
            self.figures.forgotten += 1
            if oldest.packet_id == 0:
                self._waiting -= 1
        self.figures.unsafe = len(self._memory)

    def _pump(self) -> None:
        """Send what waits, as far as the window allows."""
        if not self.session.ready or not self._waiting:
            return
        room = WINDOW - len(self._travelling)
        if room < min(self._waiting, WINDOW // 2):  # a long memory is sent in large handfuls
            return
        for message in list(islice(self._waiting_messages(), room)):
            message.packet_id = self._next_packet_id()
            self._travelling[message.packet_id] = message
            self._waiting -= 1
            again = message.journeys > 0
            message.journeys += 1
            if again:
                self.figures.resent += 1
            else:
                self.figures.sent += 1
                message.sent_at = time.monotonic()
            self.session.send(message.topic, message.payload, message.packet_id, again=again)

    def _waiting_messages(self) -> Iterable[Message]:
        """Yield the messages that are not on their way, oldest first; they are always the newest of the memory."""
        return islice(self._memory, len(self._memory) - self._waiting, None)

    def _next_packet_id(self) -> int:
        """Return a number from 1 to 65,534 that no travelling message has; the window is far smaller than that."""
        while True:
            self._packet_id = self._packet_id % 65_534 + 1
            if self._packet_id not in self._travelling:
                return self._packet_id


def _note(delays: list[float], message: Message) -> None:
    if len(delays) < _KEPT_DELAYS:
        delays.append((time.monotonic() - message.sent_at) * 1000)
