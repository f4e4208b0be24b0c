"""The packets are those of MQTT 3.1.1, byte by byte."""

import pytest

from ehospital.simulation import packets
from ehospital.simulation.packets import NotMqtt, Packet


def test_connect_asks_for_a_persistent_session_under_the_devices_own_name() -> None:
    assert packets.connect("mon-1", "secret", 30).hex(" ") == (
        "10 20 00 04 4d 51 54 54 04 c0 00 1e 00 05 6d 6f 6e 2d 31 00 05 6d 6f 6e 2d 31 00 06 73 65 63 72 65 74"
    )


def test_publish_carries_its_number_and_whether_it_was_sent_before() -> None:
    assert packets.publish("a/b", b"{}", 258).hex(" ") == "32 09 00 03 61 2f 62 01 02 7b 7d"
    assert packets.publish("a/b", b"{}", 258, again=True)[0] == 0x3A


def test_a_long_packet_has_a_length_of_several_bytes() -> None:
    assert packets.publish("t", b"x" * 313, 1)[:3].hex(" ") == "32 be 02"
    buffer = bytearray(packets.publish("t", b"x" * 20_000, 7))
    (packet,) = packets.split(buffer)
    assert packets.published(packet) == ("t", b"x" * 20_000, 7)
    assert not buffer


def test_packets_are_split_wherever_the_network_cut_them() -> None:
    whole = packets.puback(9) + b"\xd0\x00" + packets.publish("v1/ack/x", b'{"b":"1","s":2}', 3) + b"\x20\x02\x00\x00"
    for cut in range(len(whole)):
        buffer = bytearray(whole[:cut])
        found = list(packets.split(buffer))
        buffer += whole[cut:]
        found += packets.split(buffer)
        assert [packet.kind for packet in found] == [packets.PUBACK, packets.PINGRESP, packets.PUBLISH, packets.CONNACK]
        assert packets.packet_id_of(found[0]) == 9


def test_a_message_at_qos_0_has_no_number() -> None:
    assert packets.published(Packet(packets.PUBLISH, 0, b"\x00\x01tpayload")) == ("t", b"payload", 0)


@pytest.mark.parametrize("wrong", [b"\x30\xff\xff\xff\xff\x01", b"\x30\xff\xff\xff\x7f"])
def test_an_absurd_length_is_refused(wrong: bytes) -> None:
    with pytest.raises(NotMqtt):
        list(packets.split(bytearray(wrong)))
