"""What goes into the record of readings, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ehospital.kernel.readings import Frame, Status
from ehospital.monitoring.live_messages import LiveMessage


@dataclass(frozen=True, slots=True)
class Taken:
    """One message of a device that could be read.

    Attributes:
        received_at: when a door made it durable.
        raw: as it came, for the quarantine.
    """

    device_id: str
    message: Frame | Status
    received_at: datetime
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Unread:
    """One message of a device that lies among the dead letters; with its number where that could be made out."""

    device_id: str
    received_at: datetime
    boot: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a batch reaches in one partition of the stream, and under which epoch its owner holds it."""

    partition: int
    epoch: int
    stream_seq: int


@dataclass(slots=True)
class Recorded:
    """What became of a batch.

    Attributes:
        stored: frames in `vital_frame`.
        statuses: messages about the devices themselves.
        repeated: messages that were dealt with before.
        late: stored, but taken too long ago to call anybody.
        quarantined: by reason.
        acknowledgements: device → (boot, n): every message of the device up to n is dealt with.
        live: to be published after commit.
        opened: ids of the alerts that were opened, as text.
    """

    stored: int = 0
    statuses: int = 0
    repeated: int = 0
    late: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    acknowledgements: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    live: list[LiveMessage] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


class Fenced(RuntimeError):
    """Another process owns a partition by now; nothing was written."""
