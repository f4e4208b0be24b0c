"""Dead letters: kept as they came, listed, shown, sent again."""

import pytest

from ehospital.wire import dead_letters, subjects
from ehospital.wire.connection import Connection
from ehospital.wire.dead_letters import CannotReplay, DeadLetter, NoSuchLetter
from ehospital.wire.roles import Role
from ehospital.wire.server_config import MAX_PAYLOAD_BYTES
from tests.doors.wire.conftest import Connect

RAW = b'\x00\xff{"v":\r\n'
SUBJECT = f"obs.{subjects.partition_of('bed-7')}.mqtt.bed-7.frame"


async def listed(client: Connection, **more: object) -> list[DeadLetter]:
    return [letter async for letter in dead_letters.letters(client, **more)]  # type: ignore[arg-type]


async def test_a_letter_keeps_the_bytes_the_reason_and_where_it_came_from(
    operator: Connection, connect_as: Connect
) -> None:
    stream = await connect_as(Role.STREAM)
    number = await dead_letters.send(
        stream, "malformed", RAW, SUBJECT, detail="line one\r\nNats-Evil: ä €", origin=("OBS", 17)
    )
    letter = await dead_letters.show(operator, number)
    assert (letter.number, letter.raw, letter.subject, letter.reason) == (number, RAW, SUBJECT, "malformed")
    assert (letter.origin, letter.cut_from) == ("OBS:17", 0)
    assert letter.detail == "line one\\r\\nNats-Evil: \\xe4 \\u20ac"
    assert letter.at.tzinfo is not None and letter.at.year >= 2024
    assert await listed(operator) == [letter]


async def test_the_same_message_sent_again_after_a_crash_is_one_letter(operator: Connection) -> None:
    numbers = {await dead_letters.send(operator, "malformed", RAW, SUBJECT, origin=("OBS", 17)) for _ in range(3)}
    other = await dead_letters.send(operator, "malformed", RAW, SUBJECT, origin=("OBS", 18))
    assert len(numbers) == 1
    assert [letter.number for letter in await listed(operator)] == [*numbers, other]


async def test_letters_are_listed_by_reason_and_in_pages(operator: Connection) -> None:
    for number in range(5):
        await dead_letters.send(operator, "malformed" if number % 2 else "unknown-code", b"%d" % number, SUBJECT)
    assert [letter.raw for letter in await listed(operator)] == [b"0", b"1", b"2", b"3", b"4"]
    assert [letter.raw for letter in await listed(operator, reason="malformed")] == [b"1", b"3"]
    first = await listed(operator, limit=2)
    assert [letter.raw for letter in await listed(operator, after=first[-1].number, limit=2)] == [b"2", b"3"]
    assert await listed(operator, reason="never") == []


async def test_a_replayed_letter_goes_in_again_by_the_same_door_and_is_gone(operator: Connection) -> None:
    number = await dead_letters.send(operator, "malformed", RAW, SUBJECT, origin=("OBS", 17))
    assert await dead_letters.replay(operator, number) == "gw.v1.mqtt.bed-7.frame"
    message = await operator.jetstream().get_msg("OBS", 1)
    assert (message.subject, message.data) == (SUBJECT, RAW)
    for act in (dead_letters.show, dead_letters.replay):
        with pytest.raises(NoSuchLetter):
            await act(operator, number)
    assert (await operator.jetstream().stream_info("OBS")).state.messages == 1


async def test_a_message_too_large_for_a_letter_is_cut_and_says_so(operator: Connection) -> None:
    huge = b"x" * MAX_PAYLOAD_BYTES
    number = await dead_letters.send(operator, "malformed", huge, SUBJECT, origin=("OBS", 17))
    letter = await dead_letters.show(operator, number)
    assert letter.cut_from == MAX_PAYLOAD_BYTES and huge.startswith(letter.raw)
    with pytest.raises(CannotReplay, match="OBS:17"):
        await dead_letters.replay(operator, number)
    assert await dead_letters.show(operator, number) == letter


async def test_an_empty_message_and_a_reason_that_is_none(operator: Connection) -> None:
    number = await dead_letters.send(operator, "malformed", b"", SUBJECT)
    assert (await dead_letters.show(operator, number)).raw == b""
    with pytest.raises(subjects.BadName):
        await dead_letters.send(operator, "no.reason", b"", SUBJECT)
