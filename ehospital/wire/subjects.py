"""Every NATS subject of the house, built and read in one place; a name that does not fit is refused, never mended.

MQTT shows the same names with slashes: topic `v1/vit/<device>/<kind>` is subject `v1.vit.<device>.<kind>`.
"""

import re
from dataclasses import dataclass
from uuid import UUID

DEVICE_PATTERN = r"[A-Za-z0-9_-]{1,64}"
PARTITIONS = 8
"""Of OBS: the hash of the device id decides, so one device is always read in order by one consumer."""

EVENTS = "event.>"
TECHNICAL = "tech.>"
PULSE = "live.pulse"
"""The stream process says here every second for which partitions the record is in time: {"partitions": [0, …]}."""
DEAD = "dead.>"
GATEWAYS = "gw.v1.>"
AUTH_CALLOUT = "$SYS.REQ.USER.AUTH"

_NAME = re.compile(DEVICE_PATTERN)


class BadName(ValueError):
    """A part of a subject holds characters that could reach another subject, or none at all."""


@dataclass(frozen=True)
class Observed:
    """What the subject of a message in OBS says.

    Attributes:
        partition: 0 … PARTITIONS − 1.
        protocol: "mqtt", "http", "mllp", …: the door it came in by.
        device: the device whose credentials were shown there.
        kind: "frame" or "status".
    """

    partition: int
    protocol: str
    device: str
    kind: str


def checked(name: str) -> str:
    """Return a device id, kind or other single name unchanged.

    Raises:
        BadName: it is not `[A-Za-z0-9_-]{1,64}`.
    """
    if not _NAME.fullmatch(name):
        raise BadName(f"{name[:80]!r} is not a name: letters, digits, _ and - only, 1 to 64 of them")
    return name


def vital(device: str, kind: str) -> str:
    """Where a device publishes over MQTT."""
    return f"v1.vit.{checked(device)}.{checked(kind)}"


def acknowledgement(device: str) -> str:
    """Where a device hears which of its frames are safe."""
    return f"v1.ack.{checked(device)}"


def gateway(protocol: str, device: str, kind: str) -> str:
    """Where a door that speaks for a device publishes what it took."""
    return f"gw.v1.{checked(protocol)}.{checked(device)}.{checked(kind)}"


def observations(partition: int) -> str:
    """What a consumer of one partition of OBS filters by."""
    if not 0 <= partition < PARTITIONS:
        raise BadName(f"partition {partition} is not one of 0 to {PARTITIONS - 1}")
    return f"obs.{partition}.>"


def observed(subject: str) -> Observed:
    """Read the subject of a message in OBS, `obs.<partition>.<protocol>.<device>.<kind>`.

    Raises:
        BadName: it has another shape.
    """
    parts = subject.split(".")
    if len(parts) != 5 or parts[0] != "obs" or not parts[1].isdigit():
        raise BadName(f"{subject[:200]!r} is not the subject of an observation")
    return Observed(int(parts[1]), checked(parts[2]), checked(parts[3]), checked(parts[4]))


def live_ward(ward_id: UUID) -> str:
    """What an open ward board listens to."""
    return f"live.ward.{ward_id}"


def live_patient(patient_id: UUID) -> str:
    """What an open chart listens to."""
    return f"live.patient.{patient_id}"


def live_staff(staff_id: UUID) -> str:
    """What every open page of a member of staff listens to: that other notices wait than before."""
    return f"live.staff.{staff_id}"


def event(domain: str, name: str) -> str:
    """What happened in a domain, told through the outbox."""
    return f"event.{checked(domain)}.{checked(name)}"


def technical(process: str, name: str) -> str:
    """What a process noticed about the machinery, such as `tech.gateway.refused`."""
    return f"tech.{checked(process)}.{checked(name)}"


def dead(reason: str) -> str:
    """Where messages that cannot be understood are kept, by reason."""
    return f"dead.{checked(reason)}"


def mqtt_topic(subject: str) -> str:
    """Return the MQTT topic that NATS shows under this subject."""
    return subject.replace(".", "/")


def partition_of(device: str) -> int:
    """Return the partition that nats-server's `{{partition(PARTITIONS,…)}}` puts a device in (FNV-1a, 32 bits)."""
    digest = 0x811C9DC5
    for byte in checked(device).encode():
        digest = ((digest ^ byte) * 0x01000193) & 0xFFFFFFFF
    return digest % PARTITIONS
