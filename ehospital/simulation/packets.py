"""The few packets of MQTT 3.1.1 that a bedside device needs, as bytes.

Source: OASIS MQTT Version 3.1.1, sections 2 and 3. A general client library keeps a queue of its own beside the
device's buffer, and a thread or two more sockets per session; a thousand devices in one process need neither.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 0x20, 0x30, 0x40, 0x90, 0xD0
PING = b"\xc0\x00"
GOODBYE = b"\xe0\x00"
REFUSALS = {
    1: "it does not speak MQTT 3.1.1",
    2: "it does not take this client id",
    3: "it is not available",
    4: "the user name or password is wrong",
    5: "the device is not authorised",
}
_LONGEST_PACKET = 256 * 1024


class NotMqtt(ValueError):
    """The other side sent bytes that are no MQTT packet."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet that came in: its kind (upper four bits), its flags (lower four) and the rest."""

    kind: int
    flags: int
    body: bytes


def connect(client_id: str, password: str, keepalive_s: int) -> bytes:
    """Return CONNECT for a persistent session whose user name is the client id."""
    flags = 0x80 | 0x40  # user name, password; "clean session" stays 0
    body = _text("MQTT") + bytes((4, flags)) + struct.pack(">H", keepalive_s)
    return _packet(0x10, body + _text(client_id) + _text(client_id) + _text(password))


def subscribe(packet_id: int, topic: str) -> bytes:
    """Return SUBSCRIBE to one topic at QoS 0."""
    return _packet(0x82, struct.pack(">H", packet_id) + _text(topic) + b"\x00")


def publish(topic: str, payload: bytes, packet_id: int, *, again: bool = False) -> bytes:
    """Return PUBLISH at QoS 1; `again` marks one that was sent before."""
    return _packet(PUBLISH | 0x02 | (0x08 if again else 0), _text(topic) + struct.pack(">H", packet_id) + payload)


def puback(packet_id: int) -> bytes:
    """Return PUBACK."""
    return _packet(PUBACK, struct.pack(">H", packet_id))


def published(packet: Packet) -> tuple[str, bytes, int]:
    """Read an incoming PUBLISH: topic, payload, packet id (0 at QoS 0)."""
    (length,) = struct.unpack_from(">H", packet.body)
    topic, end = packet.body[2 : 2 + length].decode(), 2 + length
    if not packet.flags & 0x06:
        return topic, packet.body[end:], 0
    (packet_id,) = struct.unpack_from(">H", packet.body, end)
    return topic, packet.body[end + 2 :], packet_id


def packet_id_of(packet: Packet) -> int:
    """Read the packet id that opens PUBACK and SUBACK."""
    return int(struct.unpack_from(">H", packet.body)[0])


def split(buffer: bytearray) -> Iterator[Packet]:
    """Take every whole packet off the front of a buffer.

    Raises:
        NotMqtt: the length of a packet is malformed or absurd.
    """
    while True:
        length, shift, start = 0, 0, 1
        while True:
            if len(buffer) <= start:
                return
            length |= (buffer[start] & 0x7F) << shift
            shift, start = shift + 7, start + 1
            if not buffer[start - 1] & 0x80:
                break
            if shift > 21:
                raise NotMqtt("a packet length of more than four bytes")
        if length > _LONGEST_PACKET:
            raise NotMqtt(f"a packet of {length} bytes")
        if len(buffer) < start + length:
            return
        first, body = buffer[0], bytes(buffer[start : start + length])
        del buffer[: start + length]
        yield Packet(first & 0xF0, first & 0x0F, body)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def _packet(first: int, body: bytes) -> bytes:
    length, digits = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes((first,)) + bytes(digits) + body
